"""Dice of the page: even, and alike in nothing, from seeds side by side."""
import json
import subprocess

import numpy as np
import pytest
from scipy import stats

from live.directive import HERE

SEEDS = 2000


def node(program):
    """What a program in JavaScript, after dice.js, returns."""
    text = (f"require({str(HERE / 'dice.js')!r});"
            f"console.log(JSON.stringify((() => {{{program}}})()))")
    return json.loads(subprocess.run(["node", "-e", text], check=True,
                                     capture_output=True, text=True).stdout)


def unevenness(numbers, bins=20):
    """Chance that even numbers are spread less evenly than these."""
    return stats.chisquare(np.histogram(numbers, bins, (0, 1))[0]).pvalue


def alike(numbers):
    """Correlation of a seed's number with the next seed's."""
    return np.corrcoef(numbers[:-1], numbers[1:])[0, 1]


@pytest.fixture(scope="module")
def numbers():
    """The first ten of each seed: (seeds, 10)."""
    return np.array(node(f"""const {{uniform}} = Live.dice();
      return Array.from({{length: {SEEDS}}}, (_, seed) => {{
        const random = uniform(seed);
        return Array.from({{length: 10}}, random);
      }});"""))


@pytest.mark.parametrize("place", [0, 1, 9])
def test_numbers_of_neighbouring_seeds_are_even_and_uncorrelated(numbers,
                                                                 place):
    there = numbers[:, place]
    assert 0 <= there.min() and there.max() < 1
    assert .001 < unevenness(there) < .999
    assert abs(alike(there)) < .06


def test_numbers_of_one_seed_are_uncorrelated(numbers):
    off = np.corrcoef(numbers.T) - np.eye(10)
    assert np.abs(off).max() < 4.5 * SEEDS ** -.5    # 45 pairs


def test_normals_are_normal_from_each_seed_and_over_seeds():
    found = np.array(node(f"""const {{uniform, normal}} = Live.dice();
      return Array.from({{length: {SEEDS}}}, (_, i) => {{
        const random = uniform(i);
        return Array.from({{length: 10}}, () => normal(random));
      }});"""))
    for draws in (found.ravel(), *found.T):
        assert abs(draws.mean()) < 4 * draws.size ** -.5
        assert abs(draws.var() - 1) < 4 * (2 / draws.size) ** .5
    assert stats.kstest(found.ravel(), "norm").pvalue > .001


def test_a_seed_repeats_and_each_part_of_it_has_dice_of_its_own():
    once, again, parts, large = node("""const {uniform} = Live.dice();
      const three = (...seed) => Array.from({length: 3}, uniform(...seed));
      return [three(7), three(7), [[7, 0], [7, 1], [8, 0], [1, 7]].map(
        seed => three(...seed)), [2 ** 31, 2 ** 32 - 1].map(s => three(s))];
    """)
    assert once == again == parts[0]
    firsts = [seed[0] for seed in (*parts, *large)]
    assert len(set(firsts)) == len(firsts)
