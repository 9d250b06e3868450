"""Small products are computed on one thread, wherever it is that they are."""
import numpy as np
import pandas as pd
import pytest
import scipy.linalg  # noqa: F401 (it brings a BLAS of its own)
import torch
from threadpoolctl import threadpool_info, threadpool_limits

from labkit import claims, device, experiment
from labkit.experiment import Experiment
from labkit.scaling import fitting


def threads():
    """Of torch, and the most that any BLAS would take."""
    blas = [pool["num_threads"] for pool in threadpool_info()
            if pool["user_api"] == "blas"]
    return torch.get_num_threads(), max(blas)


@pytest.fixture(autouse=True)
def two_threads():
    """As a machine of two cores has it at first."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    with threadpool_limits(2):
        assert threads() == (2, 2)
        yield
    torch.set_num_threads(before)


def told(seeds):
    return [dict(zip(("torch", "blas"), threads()))]


probe = Experiment("probe", {"quick": {}}, told, lambda seeds: 1)


def job(device):
    return pd.DataFrame(told([]))


def in_a_claim():
    tests = []
    claims.judge({"C9a": claims.claim(
        "C9a", "", lambda rows: tests.append(threads()), "")}, None)
    return tests


def in_a_fit(monkeypatch):
    seen, huber = [], fitting.huber
    monkeypatch.setattr(fitting, "huber", lambda *data: (
        seen.append(threads()), huber(*data))[1])
    n, d = (10.0**np.mgrid[2:6, 3:7]).reshape(2, -1)
    found = fitting.fit(n, d, 1 + n**-.5 + d**-.5)
    yield seen[-1]
    seen.clear()
    found.interval(draws=2)
    yield seen[-1]


@pytest.mark.parametrize("where", [
    lambda patch: probe.run().to_numpy()[:, :2],
    lambda patch: probe.run(workers=2, seeds=[1]).to_numpy()[:, :2],
    lambda patch: experiment._job(0, job, {}, "cpu")[1].to_numpy(),
    lambda patch: in_a_claim(), in_a_fit],
    ids=["a cell", "a worker", "a job", "a claim", "a fit and its refits"])
def test_it_takes_one_thread_and_gives_the_others_back(where, monkeypatch):
    found = [tuple(row) for row in where(monkeypatch)]
    assert found and set(found) == {(1, 1)}
    assert threads() == (2, 2)


def test_the_others_are_given_back_after_an_error():
    with pytest.raises(ZeroDivisionError), device.one_thread():
        raise ZeroDivisionError
    assert threads() == (2, 2)


@pytest.mark.parametrize("asked, chosen", [
    ("3", 3), ("3,1", 3), ("", 2), ("many", 2)])
def test_a_lab_computes_on_one_and_knows_of_the_others(monkeypatch, asked,
                                                       chosen):
    monkeypatch.setenv("OMP_NUM_THREADS", asked)
    monkeypatch.setattr(device.joblib, "cpu_count", lambda: 2)
    assert device.choose().threads == chosen
    assert threads() == (1, 1)
