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


def test_steps_by_hand():
    axes = Axes(batch=4, context=8, unique_tokens=1280, parameters=100)
    assert axes.tokens(10) == 320            # 10 * 4 * 8
    assert axes.epoch(10) == 0.25            # 320 / 1280
    assert axes.flops(10) == 192_000         # 6 * 100 * 320
    assert axes.steps(0.25) == 10
    assert axes.steps(3) == 120
    assert axes.tokens(0) == axes.epoch(0) == axes.flops(0) == 0
    thirds = Axes(batch=3, context=1, unique_tokens=10, parameters=1)
    assert thirds.steps(1) == 3 and thirds.steps(2) == 7    # 3.33 and 6.67


SIZES = dict(batch=1, context=1, unique_tokens=1, parameters=1)


@pytest.mark.parametrize("name, call", [
    *((name, lambda name=name: Axes(**SIZES | {name: 0})) for name in SIZES),
    ("epochs", lambda: Axes(**SIZES).steps(0)),
    ("epochs", lambda: Axes(**SIZES).steps(-1)),
    ("device", lambda: choose(device="cuda")),
    ("device", lambda: choose(device="mps")),
    ("threads", lambda: choose(threads=0))])
def test_bad_arguments_are_named(cpu_only, name, call):
    with pytest.raises(ValueError, match=name):
        call()


def test_without_a_gpu_the_cpu_is_chosen_and_the_reason_given(cpu_only,
                                                              monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    machine = choose()
    assert machine.device == torch.device("cpu")
    assert machine.dtype == torch.float32
    assert machine.threads == 3
    assert "no CUDA GPU" in str(machine) and "3 CPU threads" in str(machine)


def test_a_gpu_is_chosen_where_there_is_one(cpu_only, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Some GPU")
    machine = choose()
    assert machine.device.type == "cuda" and machine.reason == "Some GPU"
    assert choose("cpu").device.type == "cpu"
    assert choose("cpu", threads=3).threads == 3
