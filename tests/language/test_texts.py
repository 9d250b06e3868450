"""Languages: entropy against independent arithmetic, samples, real text."""
import hashlib
import os
import subprocess
import sys
import sysconfig
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from labkit.language import Markov, Text, library, read, topics

ROOT = Path(__file__).parents[2]
LETTERS = st.characters(exclude_categories=("Cs",),
                        exclude_characters="\n")


def long_run(language):
    """P(context, next) from the definition, an axis for each token."""
    V, order = language.vocab, language.order
    contexts = list(product(range(V), repeat=order))
    p = np.zeros([V] * (order + 1))
    move = np.zeros((len(contexts), len(contexts)))
    for i, context in enumerate(contexts):
        p[context] = language.weights[0] * language.noise
        for k in range(1, order + 1):
            row = sum(token * V**place for place, token in enumerate(
                reversed(context[-k:])))    # the latest token is last
            p[context][language.tables[k - 1][row]] += language.weights[k]
        for token in range(V):
            after = contexts.index((*context, token)[1:])
            move[i, after] += p[context][token]
    # pi move = pi and sum(pi) = 1, as one linear system
    system = np.vstack([move.T - np.eye(len(move)), np.ones(len(move))])
    pi = np.linalg.lstsq(system, np.r_[np.zeros(len(move)), 1], rcond=None)[0]
    return p * pi.reshape(*[V] * order, 1)


@pytest.mark.parametrize("vocab, order", [(3, 2), (2, 3), (4, 1)])
def test_probabilities_entropy_and_floors_follow_the_definition(vocab, order):
    language = Markov(vocab, order, seed=4)
    joint = long_run(language)
    # the chain is iterated until it moves by less than 1e-13 a step
    np.testing.assert_allclose(language.joint.reshape(joint.shape), joint,
                               rtol=0, atol=1e-12)
    # an entropy is at most a few times further off than its probabilities
    for k in range(order + 1):
        pair = joint.sum(tuple(range(order - k)))   # of k tokens and the next
        by_hand = -(pair * np.log(pair / pair.sum(-1, keepdims=True))).sum()
        assert language.best_loss(k) == pytest.approx(by_hand, rel=0,
                                                      abs=1e-11)
    assert language.entropy == language.best_loss(order)


def test_floors_decrease_with_the_tokens_seen_from_the_unigram_entropy():
    language = Markov(8, 3)
    # quotients of small integers, rounded once
    assert language.weights == pytest.approx((.15, .25, .3, .3), rel=1e-15)
    floors = [language.best_loss(k) for k in range(4)]
    assert floors == sorted(set(floors), reverse=True)
    unigram = language.joint.sum(0)
    # one sum of 8 numbers near one, rounded at 1e-16 each
    assert floors[0] == pytest.approx(-(unigram * np.log(unigram)).sum(),
                                      abs=1e-13)


def test_a_long_sample_has_the_entropy_of_the_language():
    language = Markov(8, 2, seed=1)
    text = language.sample(100_000 + language.order, seed=0)
    nats = -np.log(language.transition.flatten()[language.codes(text)])
    # 100 batches of 1000 tokens are all but independent (the chain forgets
    # within tens of tokens), so their means give the standard error of the
    # overall mean; 5 of them are exceeded once in two million.
    means = nats.reshape(100, 1000).mean(1)
    error = means.std(ddof=1) / 10
    assert error < 0.005            # else the next line would say nothing
    assert abs(means.mean() - language.entropy) < 5 * error


def test_a_long_sample_visits_contexts_as_the_stationary_law_says():
    language = Markov(4, 2, seed=1)
    text = language.sample(100_000, seed=0)
    seen = np.bincount(language.codes(text), minlength=64) / (len(text) - 2)
    # a share p counted on n places: its standard error is sqrt(p / n) for
    # independent places; runs of like places make it at most 3 times that
    # here, and 5 standard errors are allowed
    error = 3 * np.sqrt(language.joint.flatten() / len(text))
    assert (np.abs(seen - language.joint.flatten()) < 5 * error).all()


def test_same_seed_same_text_and_other_seed_other_text():
    text = Markov(8, 2).sample(200, 3)
    assert text.equal(Markov(8, 2).sample(200, 3))
    assert not text.equal(Markov(8, 2).sample(200, 4))
    assert not text.equal(Markov(8, 2, seed=1).sample(200, 3))


def test_independent_tokens_have_the_frequencies_and_nothing_else():
    language = Markov(4, 2)
    p = language.joint.sum(0)
    np.testing.assert_allclose(language.independent.reshape(4, 4, 4),
                               np.einsum("i,j,k->ijk", p, p, p), rtol=1e-12)


def test_contexts_and_codes_agree_with_loops():
    language = Markov(5, 2)
    assert language.contexts().tolist() == [
        list(context) for context in product(range(5), repeat=2)]
    text = torch.stack([language.sample(12, seed) for seed in range(3)])
    expected = [[a * 25 + b * 5 + c for a, b, c in zip(t, t[1:], t[2:])]
                for t in text.tolist()]
    assert language.codes(text).tolist() == expected
    assert Markov(3, 1).contexts().tolist() == [[0], [1], [2]]


def parts(text):
    """Whole paragraphs of the training part and of the part held out."""
    train, validation = (bytes(text.symbols[i] for i in part).decode(
        errors="replace") for part in (text.train, text.validation))
    # the cut may go through one paragraph: the last here, the first there
    return (train.split("\n\n")[:-1], validation.split("\n\n")[1:])


@pytest.mark.parametrize("source, share", [
    ("\n\n".join([f"this is the paragraph with number {i}"
                  for i in range(60)] * 3), 0.3), (topics(), 0.1)])
def test_no_paragraph_held_out_stands_in_the_training_part(source, share):
    text = Text(source, share)
    train, validation = parts(text)
    assert len(train) > 30 and len(validation) > 10
    assert not set(train) & set(validation)
    assert all(paragraph in source for paragraph in train + validation)
    total = len(text.train) + len(text.validation)
    assert len(text.validation) == int(total * share)
    assert 0 <= text.train.min() and text.train.max() < text.vocab < 256


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(LETTERS, min_size=1), min_size=99))
@example(list(map(chr, range(0x10000, 0x10000 + 100_000))))
def test_no_byte_of_a_different_paragraph_is_lost_or_added(paragraphs):
    source = "\n\n".join([f"number {i}: {paragraph}" for i, paragraph in
                          enumerate(paragraphs)] * 2)
    text = Text(source)
    found = np.array([*text.symbols])[torch.cat([text.train,
                                                 text.validation])]
    once = source[:len(source) // 2 - 1].encode()
    assert (np.bincount(found) == np.bincount([*once])).all()
    assert text.vocab == len({*once}) <= 256


def test_the_library_is_what_lies_below_its_root_in_a_fixed_order(
        tmp_path, monkeypatch):
    root = tmp_path / "test" / "site-packages" / "lib"
    files = {"b.py": "é", "a.py": "中", "a/z.py": "2", "a/b.py": "1",
             "B.py": "0", "a/test/c.py": "-", "site-packages/d.py": "-",
             "test/e.py": "-", "f.txt": "-"}
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    monkeypatch.setattr(sysconfig, "get_paths", lambda: {"stdlib": root})
    assert library() == "0\n1\n2\n中\né"


def test_no_locale_changes_a_text(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("大模型只需要几个epoch。", "utf-8")
    script = ("import hashlib; from labkit.language import library, read; "
              f"texts = library() + read({str(path)!r}); "
              "print(hashlib.sha256(texts.encode()).hexdigest())")
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True,
        check=True, cwd=ROOT / "labs", env={
            **os.environ, "LC_ALL": "C", "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0"}).stdout
    texts = library() + read(path)
    assert found.strip() == hashlib.sha256(texts.encode()).hexdigest()


@pytest.mark.parametrize("name, call", [
    ("vocab", lambda: Markov(vocab=1)),
    ("order", lambda: Markov(order=0)),
    ("vocab", lambda: Markov(vocab=512, order=3)),
    ("weights", lambda: Markov(3, 1, weights=(.2, .3, .5))),
    ("weights", lambda: Markov(3, 1, weights=(.2, .7))),
    ("weights", lambda: Markov(3, 1, weights=(0, 1))),
    ("weights", lambda: Markov(3, 2, weights=(.7, .5, -.2))),
    ("weights", lambda: Markov(3, 1, weights=(float("nan"), 1))),
    ("tokens", lambda: Markov(3, 1).best_loss(-1)),
    ("tokens", lambda: Markov(3, 1).best_loss(2)),
    ("tokens", lambda: Markov(3, 1).sample(0, seed=0)),
    ("held_out", lambda: Text("a text " * 200, held_out=0)),
    ("held_out", lambda: Text("a text " * 200, held_out=1)),
    ("vocab is '8'", lambda: Markov(vocab="8")),
    ("order is 1.5", lambda: Markov(order=1.5)),
    ("seed is None", lambda: Markov(seed=None)),
    ("text", lambda: Text("too short")),
    ("text repeats '大'", lambda: Text("大" * 1000)),
    ("text", lambda: Text("a\n\n" * 500)),
    ("text", lambda: Text("a text " * 200, held_out=1e-4)),
])
def test_bad_arguments_are_named(name, call):
    with pytest.raises(ValueError, match=name):
        call()
