"""Axes and device: numbers worked out by hand, and the choice of machine."""
import pytest
import torch

from labkit.axes import Axes
from labkit.device import choose


@pytest.fixture
def cpu_only(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_ten_steps_by_hand():
    axes = Axes(batch=4, context=8, unique_tokens=1280, parameters=100)
    assert axes.tokens(10) == 320            # 10 * 4 * 8
    assert axes.epoch(10) == 0.25            # 320 / 1280
    assert axes.flops(10) == 192_000         # 6 * 100 * 320
    assert axes.steps(0.25) == 10
    assert axes.steps(3) == 120


def test_before_the_first_step_nothing_was_spent():
    axes = Axes(batch=4, context=8, unique_tokens=1280, parameters=100)
    assert axes.tokens(0) == axes.epoch(0) == axes.flops(0) == 0


def test_an_epoch_of_single_predictions():
    axes = Axes(batch=128, context=1, unique_tokens=16_384, parameters=1)
    assert axes.steps(1) == 128
    assert axes.epoch(32) == 0.25


def test_steps_are_rounded_to_whole_ones():
    axes = Axes(batch=3, context=1, unique_tokens=10, parameters=1)
    assert axes.steps(1) == 3                # 10 / 3 = 3.33
    assert axes.steps(2) == 7                # 20 / 3 = 6.67


@pytest.mark.parametrize("name", ["batch", "context", "unique_tokens",
                                  "parameters"])
def test_a_size_below_one_is_named(name):
    sizes = dict(batch=1, context=1, unique_tokens=1, parameters=1)
    with pytest.raises(ValueError, match=name):
        Axes(**{**sizes, name: 0})


@pytest.mark.parametrize("epochs", [0, -1])
def test_no_epochs_at_all_are_refused(epochs):
    with pytest.raises(ValueError, match="epochs"):
        Axes(1, 1, 1, 1).steps(epochs)


def test_without_a_gpu_the_cpu_is_chosen_and_the_reason_given(cpu_only):
    machine = choose(threads=1)
    assert machine.device == torch.device("cpu")
    assert machine.dtype == torch.float32
    assert machine.threads == torch.get_num_threads() == 1
    assert "no CUDA GPU" in str(machine) and "1 CPU threads" in str(machine)


def test_threads_follow_the_environment(cpu_only, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert choose().threads == 1


def test_a_gpu_is_chosen_where_there_is_one(cpu_only, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Some GPU")
    machine = choose()
    assert machine.device.type == "cuda" and machine.reason == "Some GPU"
    assert choose("cpu").device.type == "cpu"
    assert machine.workers == 1 and choose("cpu", threads=3).workers == 3


@pytest.mark.parametrize("name, arguments", [
    ("device", dict(device="cuda")), ("device", dict(device="mps")),
    ("threads", dict(threads=0))])
def test_bad_arguments_are_named(cpu_only, name, arguments):
    with pytest.raises(ValueError, match=name):
        choose(**arguments)
