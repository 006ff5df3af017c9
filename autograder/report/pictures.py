"""Pictures of a difference, drawn as SVG by hand: nothing to import, sharp in light and dark.

Curves where values run along one axis, a path where they are points in the plane, side-by-side maps
where they fill a plane, numbers where there are few. Nothing is told by colour alone: curves differ
in dash, maps in lightness, wrong numbers carry a mark.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.values.nested import Array

__all__ = ["difference_svg"]

BLUE, ORANGE = "#1f77b4", "#e07b00"  # told apart by people who see colours differently
TABLE_UP_TO = 48  # numbers up to which a table is drawn
WIDE, HIGH = 520, 190


def difference_svg(expected: object, actual: object, *, kind: str = "") -> str:
    """Return HTML that shows how `actual` differs from `expected`; ``""`` where no picture helps.

    Parameters
    ----------
    expected, actual : array_like
        Of equal shapes.
    kind : str
        ``"path"`` where the rows are points in the plane; else the shape decides.
    """
    e, a = np.asarray(expected), np.asarray(actual)
    if e.shape != a.shape or e.ndim == 0 or not e.size:
        return ""
    if e.dtype.kind not in "fiub" or a.dtype.kind not in "fiub":
        return ""
    e, a = e.astype(float), a.astype(float)
    if kind == "path" and e.ndim == 2 and e.shape[1] == 2 and len(e) > 2:
        return _path(e, a)
    if e.ndim >= 3 and e.shape[-1] == 2 and min(e.shape[-3:-1]) > 2:  # a sampling grid
        return _path(e.reshape(-1, *e.shape[-3:])[0].reshape(-1, 2), _first_grid(a), lines=False)
    e, a, where = _slice(e, a)
    if e.ndim == 1 and e.size > 8:
        return where + _curves(e[:, None], a[:, None])
    if e.ndim == 2 and e.shape[0] > 16 and e.shape[1] <= 3:
        return where + _curves(e, a)
    if e.size <= TABLE_UP_TO:
        return where + _table(np.atleast_2d(e), np.atleast_2d(a))
    return where + _maps(np.atleast_2d(e), np.atleast_2d(a))


def _first_grid(a: Array) -> Array:
    return np.asarray(a.reshape(-1, *a.shape[-3:])[0].reshape(-1, 2))


def _slice(e: Array, a: Array) -> tuple[Array, Array, str]:
    """Return the plane that holds the worst value, and which one it is."""
    if e.ndim <= 2:
        return e, a, ""
    gap = np.nan_to_num(np.abs(e - a), nan=np.inf)
    worst = np.unravel_index(int(np.argmax(gap)), e.shape)[:-2]
    index = ", ".join([*(str(int(i)) for i in worst), ":", ":"])
    return e[worst], a[worst], f"<div>The plane with the worst value: [{index}]</div>"


# --- curves and paths ----------------------------------------------------------------------------


def _svg(width: float, height: float, body: str, label: str) -> str:
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" role="img" '
        f'aria-label="{escape(label)}" style="max-width:100%;height:auto" '
        f'font-family="sans-serif" font-size="11" fill="currentColor">{body}</svg>'
    )


class _Axes:
    """A frame with numbers at its corners."""

    def __init__(self, x: tuple[float, float], y: tuple[float, float], width: float, height: float):
        self.x, self.y = _room(x), _room(y)
        self.left, self.top, self.width, self.height = 52.0, 8.0, width - 60, height - 30

    def at(self, x: float, y: float) -> str:
        u = self.left + (x - self.x[0]) / (self.x[1] - self.x[0]) * self.width
        v = self.top + (self.y[1] - y) / (self.y[1] - self.y[0]) * self.height
        return f"{u:.1f},{v:.1f}"

    def frame(self) -> str:
        low, right = self.top + self.height, self.left + self.width
        return (
            f'<rect x="{self.left}" y="{self.top}" width="{self.width}" height="{self.height}" '
            'fill="none" stroke="currentColor" stroke-opacity="0.35"/>'
            f'<text x="{self.left - 4}" y="{self.top + 9}" text-anchor="end">{self.y[1]:.3g}</text>'
            f'<text x="{self.left - 4}" y="{low}" text-anchor="end">{self.y[0]:.3g}</text>'
            f'<text x="{self.left}" y="{low + 14}">{self.x[0]:.3g}</text>'
            f'<text x="{right}" y="{low + 14}" text-anchor="end">{self.x[1]:.3g}</text>'
        )


def _room(limits: tuple[float, float]) -> tuple[float, float]:
    low, high = limits
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _limits(*arrays: Array) -> tuple[float, float]:
    values = np.concatenate([array.ravel() for array in arrays])
    values = values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)


def _line(axes: _Axes, points: Array, colour: str, dash: str, title: str) -> str:
    """Draw a line through the finite points; a gap where there is none."""
    pieces, piece = list[list[str]](), list[str]()
    for x, y in points:
        if np.isfinite(x) and np.isfinite(y):
            piece.append(axes.at(float(x), float(y)))
        elif piece:
            pieces, piece = [*pieces, piece], []
    pieces = [*pieces, piece] if piece else pieces
    style = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
    drawn = "".join(f'<polyline points="{" ".join(part)}" {style}/>' for part in pieces)
    return f"<g><title>{title}</title>{drawn}</g>"


def _legend(left: float, top: float) -> str:
    rows = (("expected", BLUE, ""), ("yours", ORANGE, "5 3"))
    return "".join(
        f'<line x1="{left}" x2="{left + 24}" y1="{top + 14 * k}" y2="{top + 14 * k}" '
        f'stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
        f'<text x="{left + 30}" y="{top + 4 + 14 * k}">{name}</text>'
        for k, (name, colour, dash) in enumerate(rows)
    )


def _thin(values: Array, most: int = 600) -> NDArray[np.intp]:
    """Return the steps to draw: all, or evenly chosen ones."""
    count = len(values)
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.intp))


def _curves(e: Array, a: Array) -> str:
    steps = _thin(e)
    axes = _Axes((0.0, float(len(e) - 1)), _limits(e, a), WIDE, HIGH)
    body = axes.frame()
    for values, colour, dash, name in ((e, BLUE, "", "expected"), (a, ORANGE, "5 3", "yours")):
        for column in values.T:
            body += _line(axes, np.stack([steps, column[steps]], 1), colour, dash, name)
    return _svg(WIDE, HIGH, body + _legend(64, 20), "expected and your values along the axis")


def _path(e: Array, a: Array, *, lines: bool = True) -> str:
    side = 260
    axes = _Axes(_limits(e[:, 0], a[:, 0]), _limits(e[:, 1], a[:, 1]), side + 60, side)
    body = axes.frame()
    for points, colour, dash, sign in ((e, BLUE, "", "circle"), (a, ORANGE, "5 3", "cross")):
        points = points[_thin(points, 400)]
        if lines:
            body += _line(axes, points, colour, dash, sign)
        body += "".join(_dots(axes, points, colour, sign))
    legend = "circles: expected, crosses: yours"
    body += f'<text x="60" y="{side - 2}" text-anchor="start">{legend}</text>'
    return _svg(side + 60, side + 6, body, f"points in the plane; {legend}")


def _dots(axes: _Axes, points: Array, colour: str, sign: str) -> Iterator[str]:
    for x, y in points:
        if not (np.isfinite(x) and np.isfinite(y)):
            continue
        u, v = map(float, axes.at(float(x), float(y)).split(","))
        if sign == "circle":
            yield f'<circle cx="{u}" cy="{v}" r="3.5" fill="none" stroke="{colour}"/>'
        else:
            yield (
                f'<path d="M{u - 3} {v - 3}l6 6m0 -6l-6 6" stroke="{colour}" '
                'stroke-width="1.5" fill="none"/>'
            )


# --- numbers and maps ----------------------------------------------------------------------------


def _table(e: Array, a: Array) -> str:
    scale = float(np.nanmax(np.abs(np.where(np.isfinite(e), e, np.nan)), initial=0.0)) or 1.0
    wrong = ~np.isclose(e, a, rtol=1e-6, atol=1e-6 * scale, equal_nan=True)

    def rows(values: Array, marks: Any) -> str:
        return "".join(
            "<tr>" + "".join(_cell(v, m) for v, m in zip(row, flags, strict=True)) + "</tr>"
            for row, flags in zip(values, marks, strict=True)
        )

    none = np.zeros_like(wrong)
    style = "display:inline-block;vertical-align:top;margin:0 1.5em 0.5em 0"
    return "".join(
        f'<div style="{style}"><div>{name}</div><table>{rows(values, marks)}</table></div>'
        for name, values, marks in (
            ("expected", e, none),
            ("yours (wrong ones in brackets)", a, wrong),
        )
    )


def _cell(value: float, wrong: bool) -> str:
    text = f"{value:.4g}"
    style = "text-align:right;padding:1px 6px;font-variant-numeric:tabular-nums;white-space:nowrap"
    if wrong:
        return f'<td style="{style};outline:1px solid {ORANGE}"><b>[{text}]</b></td>'
    return f'<td style="{style}">{text}</td>'


def _maps(e: Array, a: Array) -> str:
    gap = np.abs(e - a)
    low, high = _limits(e, a)
    panels = (
        ("expected", e, (low, high)),
        ("yours", a, (low, high)),
        ("error (dark: large)", -gap, (-(_limits(gap)[1] or 1.0), 0.0)),
    )
    return "".join(_panel(name, values, limits) for name, values, limits in panels)


def _panel(name: str, values: Array, limits: tuple[float, float]) -> str:
    low, high = _room(limits)
    levels = np.nan_to_num((values - low) / (high - low), nan=0.0, posinf=1.0, neginf=0.0)
    image = png((np.clip(levels, 0.0, 1.0) * 255).astype(np.uint8)[: 1 << 10, : 1 << 10])
    height, width = values.shape
    zoom = 150 / max(height, width)
    style = "display:inline-block;vertical-align:top;margin:0 1em 0.5em 0"
    source = base64.b64encode(image).decode()
    tall, wide = max(8, round(height * zoom)), max(8, round(width * zoom))
    return (
        f'<div style="{style}"><div>{name}, {height} × {width}</div><img alt="{name}" '
        f'width="{wide}" height="{tall}" style="image-rendering:pixelated" '
        f'src="data:image/png;base64,{source}"></div>'
    )


def png(levels: NDArray[np.uint8]) -> bytes:
    """Encode a grey picture as PNG."""
    height, width = levels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in levels)
    chunks: Sequence[tuple[bytes, bytes]] = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
