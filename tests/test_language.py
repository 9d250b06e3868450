"""Languages: entropy against independent arithmetic, samples, real text."""
from itertools import product
from math import log

import numpy as np
import pytest
import torch

from labkit.language import Markov, Text, read, topics

SMALL = [(3, 2), (2, 3), (4, 1)]   # vocab, order


def next_token(language, context):
    """p(next | context), from the definition; the latest token is last."""
    V = language.vocab
    p = [language.weights[0] * noise for noise in language.noise]
    for k in range(1, language.order + 1):
        row = 0
        for token in context[-k:]:
            row = row * V + token
        p[language.tables[k - 1][row]] += language.weights[k]
    return p


def long_run(language):
    """P(context, next) as a dict, from the full matrix over contexts."""
    V, order = language.vocab, language.order
    contexts = list(product(range(V), repeat=order))
    move = np.zeros((len(contexts), len(contexts)))
    for i, context in enumerate(contexts):
        for token, p in enumerate(next_token(language, context)):
            move[i, contexts.index((*context, token)[1:])] += p
    # pi move = pi and sum(pi) = 1, as one linear system
    system = np.vstack([move.T - np.eye(len(move)), np.ones(len(move))])
    pi = np.linalg.lstsq(system, np.r_[np.zeros(len(move)), 1], rcond=None)[0]
    return {(context, token): share * p
            for context, share in zip(contexts, pi)
            for token, p in enumerate(next_token(language, context))}


def conditional_entropy(joint, tokens):
    """H(next | last ``tokens``), by loops."""
    pair, alone = {}, {}
    for (context, token), p in joint.items():
        seen = context[len(context) - tokens:]
        pair[seen, token] = pair.get((seen, token), 0) + p
        alone[seen] = alone.get(seen, 0) + p
    return -sum(p * log(p / alone[seen]) for (seen, _), p in pair.items())


@pytest.mark.parametrize("vocab, order", SMALL)
def test_entropy_and_floors_agree_with_loops(vocab, order):
    language = Markov(vocab, order, seed=4)
    joint = long_run(language)
    # the chain is iterated until it moves by less than 1e-13 a step; an
    # entropy is at most a few times further off than its probabilities
    close = dict(rel=0, abs=1e-11)
    for k in range(order + 1):
        by_hand = conditional_entropy(joint, k)
        assert language.best_loss(k) == pytest.approx(by_hand, **close)
    assert language.entropy == language.best_loss(order)


@pytest.mark.parametrize("vocab, order", SMALL)
def test_joint_puts_each_probability_where_codes_would(vocab, order):
    language = Markov(vocab, order, seed=4)
    flat = language.joint.flatten()
    for (context, token), p in long_run(language).items():
        cell = language.codes(torch.tensor([*context, token]))
        assert flat[cell.item()] == pytest.approx(p, abs=1e-12)   # as above


def test_floors_decrease_with_the_tokens_seen_from_the_unigram_entropy():
    language = Markov(8, 3)
    floors = [language.best_loss(k) for k in range(4)]
    assert all(more > less for more, less in zip(floors, floors[1:]))
    unigram = language.joint.sum(0)
    # one sum of 8 numbers near one, rounded at 1e-16 each
    assert floors[0] == pytest.approx(-(unigram * np.log(unigram)).sum(),
                                      abs=1e-13)


def test_default_weights_of_order_3():
    # quotients of small integers, rounded once
    assert Markov(2, 3).weights == pytest.approx((.15, .25, .3, .3), rel=1e-15)
    assert sum(Markov(2, 5).weights) == pytest.approx(1, rel=1e-15)


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
    language, again = Markov(8, 2), Markov(8, 2)
    assert language.sample(200, 3).equal(again.sample(200, 3))
    assert not language.sample(200, 3).equal(language.sample(200, 4))
    assert not language.sample(200, 3).equal(Markov(8, 2, 1).sample(200, 3))


def test_independent_tokens_have_the_frequencies_and_nothing_else():
    language = Markov(4, 2)
    table = language.independent.reshape(4, 4, 4)
    single = language.joint.sum(0)
    for a, b, c in product(range(4), repeat=3):
        # three products of float64 numbers
        assert table[a, b, c] == pytest.approx(
            single[a] * single[b] * single[c], rel=1e-12)


def test_codes_agree_with_a_loop():
    language = Markov(5, 2)
    text = torch.stack([language.sample(12, seed) for seed in range(3)])
    expected = [[a * 25 + b * 5 + c for a, b, c in zip(t, t[1:], t[2:])]
                for t in text.tolist()]
    assert language.codes(text).tolist() == expected


@pytest.mark.parametrize("order", [1, 3])
def test_contexts_stand_in_the_order_of_their_numbers(order):
    contexts = Markov(3, order).contexts().tolist()
    assert contexts == [list(c) for c in product(range(3), repeat=order)]


def parts(text):
    """Whole paragraphs of the training part and of the part held out."""
    train, validation = (bytes(text.symbols[i] for i in part).decode(
        errors="replace") for part in (text.train, text.validation))
    # the cut may go through one paragraph: the last here, the first there
    return (train.split("\n\n")[:-1], validation.split("\n\n")[1:])


def test_no_paragraph_held_out_stands_in_the_training_part():
    paragraphs = [f"this is the paragraph with number {i}" for i in range(60)]
    text = Text("\n\n".join(paragraphs * 3), held_out=0.3)
    train, validation = parts(text)
    assert len(train) > 30 and len(validation) > 10
    assert not set(train) & set(validation)
    assert set(train) | set(validation) <= set(paragraphs)


def test_the_help_texts_are_split_into_two_parts():
    text = Text(topics())
    train, validation = parts(text)
    assert len(train) > 100 and len(validation) > 10
    assert not set(train) & set(validation)
    total = len(text.train) + len(text.validation)
    assert len(text.validation) == int(total * 0.1)
    assert 0 <= text.train.min() and text.train.max() < text.vocab < 256


def test_a_learners_own_file_is_read(tmp_path):
    file = tmp_path / "mine.txt"
    file.write_text("Grüße\n\n" + "a line of my own\n" * 100,
                    encoding="utf-8")
    text = Text(read(file))
    assert read(str(file)).startswith("Grüße")
    assert text.symbols == bytes(sorted(set(file.read_bytes())))


def test_a_chinese_text_keeps_its_bytes():
    sentence = "大模型只需要几个epoch就能把loss压低。"
    text = Text("\n\n".join(f"{i} {sentence}" for i in range(40)))
    train, _ = parts(text)
    assert all(sentence in paragraph for paragraph in train)


@pytest.mark.parametrize("name, call", [
    ("vocab", lambda: Markov(vocab=1)),
    ("order", lambda: Markov(order=0)),
    ("vocab", lambda: Markov(vocab=512, order=3)),
    ("weights", lambda: Markov(3, 1, weights=(.2, .3, .5))),
    ("weights", lambda: Markov(3, 1, weights=(.2, .7))),
    ("weights", lambda: Markov(3, 1, weights=(0, 1))),
    ("weights", lambda: Markov(3, 2, weights=(.7, .5, -.2))),
    ("tokens", lambda: Markov(3, 1).best_loss(-1)),
    ("tokens", lambda: Markov(3, 1).best_loss(2)),
    ("tokens", lambda: Markov(3, 1).sample(0, seed=0)),
    ("held_out", lambda: Text("a text " * 200, held_out=0)),
    ("held_out", lambda: Text("a text " * 200, held_out=1)),
    ("text", lambda: Text("too short")),
    ("text", lambda: Text("a\n\n" * 500)),
    ("text", lambda: Text("a text " * 200, held_out=1e-4)),
    ("weights", lambda: Markov(3, 1, weights=(float("nan"), 1))),
    ("path", lambda: read("there/is/no/such/file.txt")),
    ("path", lambda: read(__file__)),
])
def test_bad_arguments_are_named(name, call):
    with pytest.raises(ValueError, match=name):
        call()
