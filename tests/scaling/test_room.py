"""Room, luck and text: what a pupil is taught, and how a gap is split."""
import pandas as pd
import pytest
import torch

from labkit import records
from labkit.language import runs
from labkit.language.models import MLP
from labkit.language.train import AdamW
from labkit.scaling import room, taught
from tests.scaling.cases import after, told

approx = pytest.approx


def random_case(width=5, members=2):
    """Networks with no parameter at zero, and targets for them."""
    model = MLP(4, 3, width, [*range(members)], "standard")
    AdamW(model, torch.ones(members))    # makes room for the gradient
    model.bias.data.normal_(generator=torch.Generator().manual_seed(0))
    generator = torch.Generator().manual_seed(1)
    target = torch.rand(members, 64, 4, generator=generator)
    weight = torch.rand(64, generator=generator)
    return (model, target / target.sum(-1, keepdim=True),
            weight / weight.sum())


@pytest.mark.parametrize("at_once", [4, 24, 2**11])
def test_the_gradient_is_that_of_autograd(monkeypatch, at_once):
    monkeypatch.setattr(taught, "AT_ONCE", at_once)
    model, target, weight = random_case()
    logs = torch.cat([logs for _, logs in taught.said(model)], 1)
    loss = -((logs * target).sum(-1) * weight).sum()
    known = torch.autograd.grad(loss, [*model.parameters()])
    with torch.no_grad():
        taught.descend(model, target, weight)
    for parameter, gradient in zip(model.parameters(), known):
        assert parameter.grad == approx(gradient, rel=1e-4, abs=1e-6)


def test_contexts_come_in_the_order_of_the_language():
    model, _, _ = random_case()
    tokens = torch.cartesian_prod(*[torch.arange(4)] * 3)
    known = model(tokens.expand(2, -1, -1)).log_softmax(-1)
    for part, logs in taught.said(model):
        assert logs.detach() == approx(known[:, part].detach(), abs=1e-6)


def test_nats_above_are_the_divergence_by_hand():
    target = torch.tensor([[[0.5, 0.5], [1.0, 0.0]]])
    logs = torch.tensor([[[0.25, 0.75], [0.5, 0.5]]]).log()
    nats = taught.above(logs, target, torch.tensor([0.25, 0.75]))
    #  1/4 of log(1/2 / (1/4 * 3/4)^(1/2)), 3/4 of log 2
    assert nats.tolist() == approx([0.25 * 0.143841 + 0.75 * 0.693147])


def test_a_pupil_comes_to_know_what_it_is_told(speak, monkeypatch):
    def read(width, corpora, starts, *settings):    # no pupil starts so
        assert corpora == [0, 1] and not {*starts} & {*corpora}
        return reader(width, corpora, starts, *settings)

    speak(vocab=4)
    reader = taught.reader
    monkeypatch.setattr(taught, "reader", read)
    cell = dict(seeds=[0, 1], width=32, lr=.03, unique=1280, epochs=2)
    found = {teacher: pd.DataFrame(taught.measure(
        teacher=teacher, steps=200, **cell)) for teacher in taught.TEACHERS}
    truth = found["truth"][found["truth"].nets == 1]
    assert (truth.excess < 0.01).all() and (truth.excess == truth.apart).all()
    for teacher in ("wide", "same"):
        rows = found[teacher]
        assert (rows.apart < 0.01).all() and (rows.taught > 0.02).all()
        assert rows.excess.tolist() == approx(rows.taught.tolist(), rel=0.2)
    tables = [taught.lesson(teacher, 32, [0, 1], 1280, 2)
              for teacher in ("wide", "shuffled")]
    assert not torch.equal(*tables)
    assert torch.equal(*(table[1][table[1, :, 0].sort().indices]
                         for table in tables))


def test_readers_differ_by_text_or_by_start_only(speak):
    speak(vocab=4)
    three = taught.reader(4, [0, 0, 1], [0, 1000, 0], .01, 1280, 1)
    assert not torch.equal(three.head[0], three.head[1])
    alone = taught.reader(4, [0], [1000], .01, 1280, 1)
    assert three.head[1].detach() == approx(alone.head[0].detach(), abs=1e-5)
    rows = pd.DataFrame(room.measure([0, 1], 4, .01, 3, 1280, 1))
    assert (rows.together < rows.alone).all()   # the logarithm is concave
    one = pd.DataFrame(room.measure([0], 4, .01, 1, 1280, 1))
    assert one.together.tolist() == approx(one.alone.tolist(), rel=1e-4)
    source = runs.language()
    logits = torch.cat([logs for _, logs in taught.said(
        taught.reader(4, [0], [0], .01, 1280, 1))], 1)[0].double()
    loss = -(torch.tensor(source.joint) * logits.detach()).sum()
    assert one.alone[0] == approx(float(loss) - source.entropy, abs=1e-4)


def test_a_gap_is_split_into_three_parts_that_make_it_up():
    rows = pd.concat([after({8: (1.0, 0.9), 32: (0.5, 0.45)}),
                      told({8: 0.7, 32: 0.3}, {8: 0.65, 32: 0.28})])
    parts = {name: part[8].median() for name, part in room.split(rows).items()}
    assert parts == approx({"room": 0.4, "luck": 0.02, "text": 0.08})
    assert sum(parts.values()) == approx(0.5)
    assert room.closed_by_mean(rows)[8].median() == approx(0.2)
    # a worse rate, and fewer steps, are not looked at
    worse = [after({8: (9, 9), 32: (9, 9)}).assign(lr=1.0),
             told({8: 9, 32: 9}, {8: 9, 32: 9}).assign(steps=1)]
    every = pd.concat([rows, *worse])
    assert room.closed_by_mean(every)[8].median() == approx(0.2)
    assert room.split(every)["room"][8].median() == approx(0.4)
    assert taught.last_doubling(pd.concat([rows, worse[1]]))[
        8].median() == approx(8.3)
    with pytest.raises(ValueError, match="4 times"):
        room.closed_by_mean(after({8: (1, 1), 16: (1, 1)}))


def test_the_record_says_what_the_figure_and_the_prose_say():
    rows = pd.concat([records.load("scaling", name)
                      for name in ("starts", "taught")])
    parts, alone = room.shares(rows), room.after_text(rows, "alone")
    assert (parts["room"] > 1).all(axis=None)
    assert (parts["text"] < 0).all(axis=None)
    assert (parts["luck"][[8, 32]] < 0).all(axis=None)
    assert (parts["luck"][128] > 0).all()
    # could the smaller one, told all, be where the larger is after a text?
    best_told = taught.told(rows, "truth")
    could = {width: (best_told[width] < alone[4 * width]).all()
             for width in (8, 32, 128)}
    assert could == {8: False, 32: False, 128: True}
