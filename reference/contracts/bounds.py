# mypy: allow-untyped-defs
"""Whole numbers within bounds: one pass, compiled, since NumPy's least and largest cost more."""

from __future__ import annotations

from reference.compiler.jit import SERIAL, njit
from reference.compiler.late import in_python

__all__ = ["within"]


@njit(**SERIAL)
def within(flat, least, most):
    """Return whether all numbers are from `least` to `most`."""
    good = True
    for i in range(flat.size):
        good &= (flat[i] >= least) & (flat[i] <= most)
    return good


@in_python(within)
def _within(flat, least, most):
    """See `within`."""
    return bool(((flat >= least) & (flat <= most)).all())
