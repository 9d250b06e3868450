"""An exam by parts: what is known of each rule, exactly."""
import numpy as np
import pytest
import torch

from labkit.language import Markov
from labkit.language.exams import markov_exam, parts_exam
from labkit.language.models import MLP

PARTS = [f"rule {k}" for k in range(4)]
SMALL = Markov(vocab=5, order=3, seed=2)


class Told:
    """A model whose table of ln q(x | context) is told, as two members."""

    vocab, context, width, members = 5, 3, 4, 2

    def __init__(self, probabilities):
        self.logits = torch.tensor(probabilities).float().log()

    def everywhere(self, at_once):
        yield from self.logits.expand(2, -1, -1).split(at_once, dim=1)


def told(source, probabilities, **more):
    text = torch.zeros(2, 9, dtype=torch.long)
    found = parts_exam(source, text, **more)(Told(probabilities))
    return {name: value.tolist() for name, value in found.items()}


@pytest.mark.parametrize("seen", range(4))
def test_who_sees_some_tokens_knows_just_their_rules(seen):
    joint = SMALL.joint.reshape(-1, 5**seen, 5).sum(0)
    table = np.tile(joint / joint.sum(1, keepdims=True), (5**(3 - seen), 1))
    found = told(SMALL, table)
    ends = [np.log(5), *(SMALL.best_loss(k) for k in range(4))]
    for k in range(4):
        right = ends[k] - ends[k + 1] if k <= seen else 0
        assert found[f"rule {k}"] == pytest.approx([right] * 2, abs=2e-6)
    assert found["validation"] == pytest.approx([ends[seen + 1]] * 2)


def test_the_parts_are_what_the_loss_lacks_to_total_ignorance():
    model = MLP(5, 3, 6, [0, 1], "standard")
    model.head.data *= 9
    text = torch.stack([SMALL.sample(99, seed) for seed in (0, 1)])
    with torch.no_grad():
        found, whole = (exam(SMALL, text)(model) for exam in (parts_exam,
                                                              markov_exam))
    assert sum(found[name] for name in PARTS).numpy() == pytest.approx(
        np.log(5) - whole["validation"].numpy(), abs=2e-6)
    assert found["rule 3"].abs().min() > .01   # wrong opinions: not nothing


def test_shuffled_tokens_have_frequencies_and_no_rules():
    single = SMALL.joint.sum(0)
    found = told(SMALL, np.tile(single, (125, 1)), shuffled=True)
    assert found["rule 0"] == pytest.approx([np.log(5) - SMALL.best_loss(0)]
                                            * 2, abs=2e-6)
    assert all(told(SMALL, SMALL.transition, shuffled=True)[name][0] < 0
               for name in PARTS[1:])
