"""What n-grams foretell: by hand, and as an exam whose kinds sum up."""
import math

import pytest
import torch
import torch.nn.functional as F

from labkit.language import Text
from labkit.language.models import GPT
from labkit.language.ngrams import (
    KNOWN,
    LONGEST,
    NAMES,
    WINDOWS,
    alike,
    known,
    likely,
    ngrams_exam,
    shortest,
)

TRAIN = torch.tensor([0, 1, 0, 1, 0, 1, 0, 2])


def test_the_probabilities_are_those_of_the_formula():
    one, two = likely(TRAIN, torch.tensor([[1, 0], [2, 1]]), 3)
    # p0 = 4/8, 3/8, 1/8; 0 is followed by 1, 1, 1, 2 and 1 by 0, 0, 0
    torch.testing.assert_close(one, torch.tensor([
        [5 * 4 / 8, 3 + 5 * 3 / 8, 1 + 5 / 8],
        [3 + 5 * 4 / 8, 5 * 3 / 8, 5 / 8]], dtype=torch.double)
        / torch.tensor([[9.], [8.]], dtype=torch.double))
    # 1 0 is followed by 1, 1, 2; 2 1 never comes: nothing is added
    after = torch.tensor([0, 2, 1]) + 5 * one[0]
    torch.testing.assert_close(two[0], after / 8)
    torch.testing.assert_close(two[1], one[1])
    assert all(p.sum(1).allclose(torch.ones(2).double()) for p in (one, two))


def test_a_place_is_of_the_shortest_context_that_foretells():
    # after a: b or c, evenly; b a: always b, c a: always c; d: anything
    text = torch.tensor(([1, 0] * 20 + [2, 0] * 20) * 9)
    kinds = shortest(text, torch.tensor([[0, 2], [1, 0], [2, 0]]), 8)
    assert kinds.tolist() == [0, 1, 1]
    noise = torch.randint(8, (4000,), generator=torch.Generator())
    assert shortest(noise, torch.tensor([[3, 1, 2]]), 8).tolist() == [3]


@pytest.fixture
def text():
    """A text with something to foretell, and something not to."""
    draw = torch.Generator().manual_seed(0)
    words = ["there", "this", "that", "quite", "xyz", "and"]
    picks = torch.randint(6, (9000,), generator=draw).tolist()
    return Text("\n\n".join(" ".join(words[i] for i in picks[k:k + 9])
                            for k in range(0, 9000, 9)))


def test_the_kinds_of_places_sum_up_to_all_of_them(text):
    model = GPT(text.vocab, 16, 16, [0, 1])
    torch.nn.init.normal_(model.head)
    found = ngrams_exam(model, text.train[None], text)(model)
    windows = text.validation.unfold(0, 17, 16)[:WINDOWS]
    seen = windows.unfold(1, LONGEST + 1, 1).flatten(0, 1)
    kinds = shortest(text.train, seen[:, :-1], text.vocab)
    shares = torch.bincount(kinds, minlength=len(NAMES)) / len(kinds)
    assert (shares[:2] > 0.1).all()
    assert list(found) == ["validation", *NAMES, *KNOWN]
    total = sum(share * found[name].nan_to_num()
                for share, name in zip(shares, NAMES))
    torch.testing.assert_close(total, found["validation"])
    # and the loss is the model's, window by window, of each member
    logits = model(windows[:, :-1].expand(2, -1, -1))[:, :, LONGEST - 1:]
    for one, whole in zip(logits, found["validation"]):
        torch.testing.assert_close(whole, F.cross_entropy(
            one.flatten(0, 1), windows[:, LONGEST:].flatten()))


def test_what_is_known_sums_up_and_rests_on_no_more_than_was_read(text):
    class Bigrams:
        members, context = 1, 16

        def __call__(self, tokens):
            p, = likely(text.train, tokens.reshape(-1, 1), text.vocab)
            return p.log().view(*tokens.shape, -1)

    found = ngrams_exam(Bigrams(), text.train[None], text)(Bigrams())
    assert found["1 byte"] < found["validation"] < found["none"]
    one, *more = (found[name].item() for name in KNOWN[1:])
    assert one > 1 and more == pytest.approx([0, 0, 0], abs=1e-5)
    assert found["frequencies"] + one == pytest.approx(
        math.log(text.vocab) - found["validation"].item(), abs=1e-5)


def test_what_a_byte_adds_is_by_hand():
    # two contexts, and of each one place of 0 and one of 1
    p = torch.tensor([[.9, .1], [.3, .7], [.8, .2], [.4, .6]])
    comes = torch.tensor([0, 1, 0, 1])
    all_, pairs = (alike(torch.tensor(contexts), 2) for contexts in (
        [[], [], [], []], [[1, 0], [1, 0], [0, 1], [0, 1]]))
    found = known(p, comes, [all_, pairs])
    losses = [math.log(2), -math.log(.6 * .4) / 2,
              -math.log(.6 * .4 * .6 * .4) / 4,
              -math.log(.9 * .7 * .8 * .6) / 4]
    assert [*found.values()] == pytest.approx(
        [a - b for a, b in zip(losses, losses[1:])], abs=1e-6)
