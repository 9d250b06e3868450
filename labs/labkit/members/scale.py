"""Directions and lengths of vectors of any size.

Squares leave the range of a number type long before the numbers do: in
float32 that of 1e-23 is zero, and that of 1e20 infinite.
"""
import torch


def sized(values, dim=-1):
    """Values over a power of two, and this power, along ``dim``.

    The largest entry becomes 1 to 2, so that sums of squares neither vanish
    nor overflow, once half precision is made float32. Nothing is rounded.
    Zeros stay; all is NaN where an entry is not finite. What is smaller than
    the smallest normal number stays below 1.
    """
    values = values.to(torch.promote_types(values.dtype, torch.float32))
    largest = values.detach().abs().amax(dim, keepdim=True).clamp(
        min=torch.finfo(values.dtype).tiny)
    power = largest / (2 * torch.frexp(largest).mantissa)
    return values / power, power


def length(values, dim=-1):
    """Euclidean length along ``dim``; NaN where an entry is not finite."""
    values, power = sized(values, dim)
    return values.norm(dim=dim) * power.squeeze(dim)


def unit(values, dim=-1):
    """Vectors of length one; NaN where there is no direction.

    Zeros have none, nor has what is not finite.
    """
    values, _ = sized(values, dim)
    return values / values.norm(dim=dim, keepdim=True)
