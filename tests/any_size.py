"""Numbers of any size and type, for tests of what has no scale."""
import torch
from hypothesis import settings
from hypothesis import strategies as st

DTYPES = torch.float16, torch.bfloat16, torch.float32, torch.float64
FEW = settings(deadline=None, max_examples=60, derandomize=True)


def exponents(dtype, bits=7):
    """Powers of two that make normal numbers of 1 and of so many bits."""
    number = torch.finfo(dtype)
    smallest, most = (torch.frexp(torch.tensor(size, dtype=torch.float64))
                      .exponent.item() for size in (number.tiny, number.max))
    return st.integers(smallest - 1, most - bits - 1)


def lifted(values, exponent, dtype):
    """Whole numbers times a power of two, nothing rounded."""
    exact = torch.tensor(values, dtype=torch.float64) * 2.0**exponent
    assert torch.equal(exact.to(dtype).double(), exact)
    return exact.to(dtype)
