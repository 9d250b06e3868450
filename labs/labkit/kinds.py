"""Kinds of settings: checked, and made plain, before anything is computed."""
from collections.abc import Iterable
from numbers import Integral, Real
from os import PathLike

KINDS = (   # the word, what it is, and how JSON knows it
    ("True or False", bool, bool), ("whole numbers", Integral, int),
    ("numbers", Real, float), ("texts", (str, PathLike), str))


def like(model, name, value, formal=True):
    """A setting in plain Python; ValueError if its kind is not the model's.

    Ranges, arrays and the like become lists. If ``formal``, it must be one
    value where the ``model`` is one, and several where it has several.
    """
    (models, many), (values, listed) = _several(model), _several(value)
    word, kind, plain = next(entry for entry in KINDS if all(
        isinstance(m, entry[1]) for m in models))
    fits = all(isinstance(v, kind) and isinstance(v, bool) == (kind is bool)
               for v in values)
    if not fits or (formal and many != listed):
        raise ValueError(f"{name} is {value!r}; allowed are {word}, for "
                         f"example {model!r}")
    return [plain(v) for v in values] if listed else plain(value)


def _several(value):
    """Its values, and whether it may have any other number than one."""
    listed = isinstance(value, Iterable) and not isinstance(value, str)
    return ([*value] if listed else [value]), listed
