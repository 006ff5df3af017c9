"""How far a value may be off: by the precision of the data, and how many terms a sum had."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from autograder.values.nested import leaves

__all__ = ["Tolerance", "tolerance"]


_SET = "set for this check"


@dataclass(frozen=True)
class Tolerance:
    """How far a value may be off: ``atol + rtol * max|expected|``.

    Attributes
    ----------
    rtol, atol : float
    reason : str
        Where the figures come from, for the student.
    dtype : bool
        The exact dtype counts.
    """

    rtol: float
    atol: float
    reason: str
    dtype: bool = False

    @property
    def derived(self) -> bool:
        """Whether it covers rounding alone, and is not set for its check."""
        return self.reason != _SET

    def at_scale_of(self, expected: object) -> Tolerance:
        """Return one to which rounding around a zero is none beside the largest expected number."""
        floats = [leaf for leaf in map(np.asarray, leaves(expected)) if leaf.dtype.kind == "f"]
        sizes = [np.abs(leaf[np.isfinite(leaf)]) for leaf in floats]
        largest = max((float(leaf.max()) for leaf in sizes if leaf.size), default=0.0)
        return replace(self, atol=self.atol + self.rtol * largest)

    def __str__(self) -> str:
        parts = [f"{self.rtol:.1e} of the largest value"] if self.rtol else []
        parts += [f"{self.atol:.1e}"] if self.atol > 1e-200 else []
        return " + ".join(parts) + f" ({self.reason})" if parts else "none: exact values asked"


def tolerance(
    expected: object,
    inputs: object = (),
    *,
    rtol: float | None = None,
    atol: float | None = None,
    dtype: bool = False,
) -> Tolerance:
    """Derive the tolerance for `expected`, computed from `inputs`.

    The relative part is c·eps·sqrt(n): eps of the least precise float array involved, n the size of
    the largest one, c = 4096 for float64 and 64 for float32. `rtol` and `atol` override it.
    """
    if rtol is not None or atol is not None:
        return Tolerance(rtol or 0.0, atol or 0.0, _SET, dtype)
    arrays = [leaf for leaf in leaves((expected, inputs)) if isinstance(leaf, np.ndarray)]
    single = any(leaf.dtype in (np.float32, np.complex64) for leaf in arrays)
    size = max([leaf.size for leaf in arrays], default=1)
    eps, factor = (2.0**-23, 64.0) if single else (2.0**-52, 4096.0)
    derived = factor * eps * math.sqrt(max(size, 1))
    name = "float32" if single else "float64"
    return Tolerance(
        derived, 1e-300, f"{name}, sums of up to {size} terms" if size > 1 else name, dtype
    )
