"""What is wrong with a sampler's draws, in the exercise's own terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from autograder.values.difference import Difference

__all__ = ["in_own_terms"]

_TELLS = {
    "shape": "the array of draws has another shape",
    "mean": "the mean of your draws is wrong",
    "std": "the standard deviation of your draws is wrong",
    "quantiles": "your draws follow another distribution",
    "largest": "your draws reach too far, or not far enough",
    "distinct": "your draws repeat: each entry is to be drawn by itself",
    "same seed repeats": "the same generator gives other draws: draw from the one you are given",
    "another seed differs": "another generator gives the same draws: draw from the one given",
}
_SIGNS = {"mean": "mean", "std": "σ"}


def in_own_terms(found: Difference, expected: object, actual: object, scale: float) -> Difference:
    """Tell a difference between two descriptions of draws, which were divided by `scale`."""
    key = next((key for key in _TELLS if found.text.startswith(f"the entry {key!r}")), None)
    if key is None or not (isinstance(expected, Mapping) and isinstance(actual, Mapping)):
        return found
    values = ""
    if key in _SIGNS:
        came, asked = actual[key] * scale, expected[key] * scale
        values = f"your {_SIGNS[key]} is {came:.3g}, {asked:.3g} is asked"
    elif key == "shape":
        values = found.values
    return replace(found, text=_TELLS[key], values=values, pattern=None)
