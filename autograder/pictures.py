"""Pictures of a difference, as inline SVG: curves for vectors, an error heat map for the rest."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["difference_svg"]

Array = NDArray[Any]
_MOST = 64  # cells or points along a side
_EXPECTED, _ACTUAL = "#1f4e9c", "#b3261e"


def difference_svg(expected: Array, actual: Array) -> str:
    """Return an SVG that shows where `actual` differs, or "" where a picture says nothing."""
    if expected.shape != actual.shape or expected.ndim == 0 or expected.size < 4:
        return ""
    if expected.dtype.kind not in "biuf" or actual.dtype.kind not in "biuf":
        return ""
    e, a = expected.astype(np.float64), actual.astype(np.float64)
    if e.ndim == 1:
        return _curves(_thinned(e), _thinned(a))
    return _heat_map(*_plane(e, a))


def _thinned(values: Array) -> Array:
    return values[:: max(1, -(-values.size // (4 * _MOST)))]


def _curves(e: Array, a: Array) -> str:
    width, height = 320, 120
    both = np.concatenate([e, a])
    finite = both[np.isfinite(both)]
    if not finite.size:
        return ""
    low, high = float(finite.min()), float(finite.max())
    span = high - low or 1.0

    def line(values: Array, colour: str, dash: str) -> str:
        points = " ".join(
            f"{8 + 304 * k / max(1, values.size - 1):.1f},{110 - 100 * (v - low) / span:.1f}"
            for k, v in enumerate(values)
            if np.isfinite(v)
        )
        return (
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.6"{dash}/>'
        )

    return _svg(
        width,
        height + 18,
        "expected (solid) and yours (dashed)",
        line(e, _EXPECTED, "") + line(a, _ACTUAL, ' stroke-dasharray="5 3"'),
    )


def _plane(e: Array, a: Array) -> tuple[Array, str]:
    """Return |a − e| of the two-dimensional slice where it is worst, and that slice's name."""
    gap = np.abs(a - e)
    gap = np.where(np.isfinite(gap), gap, np.inf)
    if gap.ndim == 2:
        return gap, ""
    worst = np.unravel_index(int(np.argmax(gap)), gap.shape)[:-2]
    name = ", ".join(str(int(i)) for i in worst)
    return gap[worst], f" at [{name}, :, :]"


def _heat_map(gap: Array, name: str) -> str:
    rows, columns = gap.shape
    gap = gap[:_MOST, :_MOST]
    finite = gap[np.isfinite(gap)]
    top = float(finite.max()) if finite.size else 0.0
    side = max(3, min(18, 320 // max(gap.shape)))
    squares = []
    for i, row in enumerate(gap):
        for j, value in enumerate(row):
            share = 1.0 if not np.isfinite(value) else (value / top if top else 0.0)
            squares.append(
                f'<rect x="{j * side}" y="{i * side}" width="{side}" height="{side}" '
                f'fill="{_shade(share)}"/>'
            )
    title = f"absolute error{name}, {rows} by {columns}; darker is worse"
    return _svg(gap.shape[1] * side, gap.shape[0] * side + 18, title, "".join(squares))


def _shade(share: float) -> str:
    """From near white to dark red, in 16 steps (a picture should not be a table of numbers)."""
    step = round(15 * share) / 15
    low, high = (246, 241, 238), (134, 16, 22)
    return "#" + "".join(f"{round(x + (y - x) * step):02x}" for x, y in zip(low, high, strict=True))


def _svg(width: int, height: int, title: str, content: str) -> str:
    words = escape(title)
    shown = max(width, 300)
    return (
        f'<svg role="img" aria-label="{words}" viewBox="0 0 {shown} {height}" width="{shown}" '
        f'height="{height}" xmlns="http://www.w3.org/2000/svg"><title>{words}</title>{content}'
        f'<text x="0" y="{height - 4}" font-size="12" font-family="sans-serif" fill="#333">{words}'
        "</text></svg>"
    )
