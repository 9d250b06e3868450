"""The measured cost of a step: bytes that can be counted by hand."""
import pytest
import torch

from labkit.compute import step as steps
from labkit.language.models import MLP
from labkit.language.runs import BATCH, language
from labkit.language.train import AdamW, losses

# weights, gradient, rate, decay, scaled weights and two moments; 4 bytes each
STATE = 7 * 4
PER_UNIT = 129   # parameters of a hidden unit


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(steps, "SECONDS", 0.001)


def size(width, members=1):
    found = steps.measure(width, members)["bytes"].unique()
    assert len(found) == 1
    return found[0]


def trained(width, seeds):
    """A model and its optimiser after one step."""
    source = language()
    model = MLP(source.vocab, source.order, width, seeds)
    optimiser = AdamW(model, torch.full((len(seeds),), 1e-3))
    window = torch.zeros(len(seeds), 2, source.order + 1, dtype=torch.long)
    losses(model, window).sum().backward()
    optimiser.step()
    return model, optimiser, window


def test_a_row_per_repeat_says_what_one_member_costs():
    rows = steps.measure(4, 3, experiment="steps")
    assert list(rows) == ["experiment", "size", "parameters", "members",
                          "repeat", "flops", "seconds", "bytes"]
    assert rows.repeat.tolist() == list(range(steps.REPEATS))
    for column, value in dict(experiment="steps", size=4, members=3,
                              parameters=4 * PER_UNIT,
                              flops=6 * 4 * PER_UNIT * BATCH).items():
        assert (rows[column] == value).all(), column
    assert (rows.seconds > 0).all()


def test_seconds_are_those_of_one_member(monkeypatch):
    class Timer(steps.Timer):
        def blocked_autorange(self, **settings):
            self.timeit(1)
            return self

        median = 6.0

    monkeypatch.setattr(steps, "Timer", Timer)
    assert (steps.measure(4, 3).seconds == 2).all()


def test_seven_numbers_are_kept_for_each_parameter():
    for width, seeds in ((1, [0]), (8, [0]), (8, [0, 1, 2])):
        model, optimiser, _ = trained(width, seeds)
        count = STATE * PER_UNIT * width * len(seeds) + 4   # a step counter
        assert steps.held(model, optimiser) == count


def test_bytes_grow_by_the_state_and_the_activation_of_each_unit():
    unit = STATE * PER_UNIT + 4 * BATCH
    assert size(64) - size(8) == 56 * unit
    assert size(1024) / size(512) == pytest.approx(2, rel=0.02)
    # besides: the log-probabilities, the batch and its indices
    window, vocab = language().order + 1, language().vocab
    least = BATCH * (4 * vocab + 8 * window)
    assert least <= size(8) - 8 * unit <= 1.5 * least


def test_bytes_of_a_member_do_not_depend_on_how_many_there_are():
    assert size(16, 4) == pytest.approx(size(16), rel=0.01)


def test_memory_that_tensors_share_is_counted_once():
    numbers = torch.zeros(10)
    places = steps.storages([numbers, numbers[3:], numbers.view(2, 5),
                             torch.zeros(3, dtype=torch.long)])
    assert sorted(places.values()) == [24, 40]


def test_what_is_saved_is_none_of_what_is_kept_anyway():
    narrow, wide = (steps.saved(model, window, optimiser)
                    for model, optimiser, window in (
                        trained(8, [0]), trained(1008, [0])))
    assert wide - narrow == 1000 * 4 * 2   # activations of two windows


@pytest.mark.parametrize("width, members", [
    (0, 1), (-4, 1), (4, 0), (4, -1), (0.5, 1)])
def test_bad_sizes_are_refused_beforehand(width, members):
    with pytest.raises(ValueError, match=rf"width is {width} and members "
                       f"{members}; at least 1"):
        steps.cost(width, members)
    assert steps.cost(1, 1, experiment="steps") > 0
