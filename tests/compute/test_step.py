"""The measured cost of a step: bytes that can be counted by hand."""
import json
import os

import pytest
import torch

from labkit.compute import step
from labkit.compute.step import CLAIMS, Timing, steps
from labkit.device import one_thread
from labkit.language.runs import BATCH, language
from labkit.records import Record
from tests.compute.cases import steps_of

# weights, gradient, rate, decay, scaled weights and two moments; 4 bytes each
STATE = 7 * 4
PER_UNIT = 129   # parameters of a hidden unit


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(step, "SECONDS", 0.001)


def size(width, members=1):
    one, *others = {row["bytes"] for row in step.measure(width, members)}
    assert not others
    return one


def test_a_row_per_repeat_says_what_one_member_costs(monkeypatch):
    class Timer(step.Timer):
        def blocked_autorange(self, **settings):
            self.timeit(1)
            return self

        median = 6.0

    monkeypatch.setattr(step, "Timer", Timer)
    rows = steps.run(width=[4], members=[3])
    assert rows.repeat.tolist() == list(range(step.REPEATS))
    same = dict(experiment="steps", size=4, members=3, seconds=2.0,
                parameters=4 * PER_UNIT, flops=6 * 4 * PER_UNIT * BATCH)
    assert (rows[[*same]] == same).all(axis=None)
    assert {*rows} == {*same, "repeat", "bytes"}


def test_time_is_measured_alone_on_all_threads(monkeypatch, tmp_path):
    def measure(device, width):
        return [dict(threads=torch.get_num_threads(), process=os.getpid())]

    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    record = Record(tmp_path, "t")
    with one_thread():   # as in a lab
        rows = Timing("t", {"quick": {"width": [1, 2]}}, measure,
                      lambda width: 1).run(seeds=[3, 4], workers=2,
                                           record=record)
        assert torch.get_num_threads() == 1
    assert rows.threads.tolist() == [3, 3]
    assert set(rows.process) == {os.getpid()}
    cells = json.loads(record.json.read_text("utf-8"))["cells"]
    assert {cell["threads"] for cell in cells} == {3}


def test_bytes_grow_by_the_state_and_the_activation_of_each_unit():
    unit = STATE * PER_UNIT + 4 * BATCH
    assert size(64) - size(8) == 56 * unit
    # besides: the log-probabilities, the batch and its indices
    window, vocab = language().order + 1, language().vocab
    least = BATCH * (4 * vocab + 8 * window)
    assert least <= size(8) - 8 * unit <= 1.5 * least
    assert size(16, 4) == pytest.approx(size(16), rel=0.01)   # of one member


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
@pytest.mark.parametrize("label", ["experiment", "members", "parameters",
                                   "repeat"])
def test_a_row_without_its_label_is_refused_not_left_out(claim, label):
    rows = steps_of({100: 1, 200: [2, 3, 4]}).astype({label: object})
    claim.test(rows)
    rows.loc[0, label] = None
    with pytest.raises(ValueError, match=f"{label} is missing in 1 of"):
        claim.test(rows)


def test_a_size_that_could_not_be_measured_once_has_no_time_of_a_step():
    rows = steps_of({100: 1, 200: [2, 3, float("nan")]})
    assert step.per_step(rows).isna().tolist() == [False, True]


@pytest.mark.parametrize("sizes", [(0, 1), (1, 0), (float("nan"), 1)])
def test_a_size_that_cannot_be_is_refused_before_anything_is_measured(sizes):
    with pytest.raises(ValueError, match="at least 1|whole numbers"):
        steps.run(width=[sizes[0]], members=[sizes[1]])
