"""One choice of device, number type and threads, with its reason."""
import os
from contextlib import contextmanager
from dataclasses import dataclass

import joblib
import torch
from threadpoolctl import threadpool_limits


@dataclass(frozen=True)
class Machine:
    """Where a lab computes, and why there."""

    device: torch.device
    dtype: torch.dtype
    threads: int
    reason: str

    def __str__(self):
        return (f"device {self.device.type} ({self.reason}), "
                f"{str(self.dtype).removeprefix('torch.')}, "
                f"{self.threads} CPU thread{'s' * (self.threads > 1)}, torch "
                f"{torch.__version__}")


def choose(device=None, threads=None):
    """Choose the device once: a CUDA GPU if there is one, else the CPU.

    Everything is computed in float32; TF32 stays off, so that a GPU and
    a CPU differ by rounding only. Apple's MPS is not chosen by itself:
    no recorded number was measured on it. From here on torch, NumPy and
    SciPy compute on one thread: the ``threads`` are for workers side by
    side, and for what measures time. Raises ValueError for a device that
    this machine lacks, or for fewer than one thread.
    """
    gpu = torch.cuda.is_available()
    if device is None:
        device = "cuda" if gpu else "cpu"
        reason = torch.cuda.get_device_name() if gpu else "no CUDA GPU found"
    else:
        reason = "as asked"
    if device not in ("cpu", "cuda") or (device == "cuda" and not gpu):
        raise ValueError(f"device is {device!r}; this machine has "
                         f"{['cpu', 'cuda'] if gpu else ['cpu']}")
    if threads is None:
        threads = available()
    if threads < 1:
        raise ValueError(f"threads (or OMP_NUM_THREADS) is {threads}; at "
                         "least 1 is needed")
    torch.set_num_threads(1)
    threadpool_limits(1, user_api="blas")
    return Machine(torch.device(device), torch.float32, threads, reason)


def available():
    """Threads that this program may have: OMP_NUM_THREADS, or all cores."""
    asked = os.environ.get("OMP_NUM_THREADS", "").split(",")[0]
    return int(asked) if asked.isdecimal() else joblib.cpu_count()


@contextmanager
def on(threads):
    """Compute on so many threads in here: torch, NumPy and SciPy.

    Decorates functions, too.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with threadpool_limits(threads, user_api="blas"):
            yield
    finally:
        torch.set_num_threads(before)


def one_thread():
    """Compute on one thread in here.

    Products as small as ours gain nothing from more threads, and lose much
    where another program keeps a core busy: each waits for the slowest.
    """
    return on(1)


@contextmanager
def flushed():
    """Take numbers too small to be normal for zero in here.

    Moments of dead units shrink for ever, and such numbers are slow.
    Decorates functions, too.
    """
    before = (torch.tensor(1e-20) ** 2).item() == 0
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)
