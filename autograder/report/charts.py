"""Two charts as inline SVG: a histogram and bars. Every value also stands there as text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

__all__ = ["bars", "histogram"]

CHART_WIDTH, ROW, LABELS = 560, 20, 210
INK, FILL = "#1c1c1c", "#2a6099"


def _svg(height: float, body: str, title: str, told: str) -> str:
    label = escape(f"{title}: {told}")
    return (
        f'<svg viewBox="0 0 {CHART_WIDTH} {height:g}" width="{CHART_WIDTH}" role="img" '
        f'aria-label="{label}" font-family="sans-serif" font-size="12" fill="{INK}">'
        f"<title>{label}</title>{body}</svg>"
    )


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(text)}</text>'


def bars(names: Sequence[str], shares: Sequence[float], title: str) -> str:
    """Return horizontal bars of shares from 0 to 1.

    Parameters
    ----------
    names : sequence of str
    shares : sequence of float
    title : str
        Begins the alternative text, which then tells every value.
    """
    if not names:
        return ""
    body, room = "", CHART_WIDTH - LABELS - 50
    for row, (name, share) in enumerate(zip(names, shares, strict=True)):
        y, length = row * ROW, max(share, 0.0) * room
        shown = name if len(name) <= 30 else name[:29] + "…"
        body += _text(LABELS - 6, y + 14, shown, "end")
        body += (
            f'<rect x="{LABELS}" y="{y + 3}" width="{room}" height="{ROW - 6}" fill="none" '
            f'stroke="#767676"/><rect x="{LABELS}" y="{y + 3}" width="{length:.1f}" '
            f'height="{ROW - 6}" fill="{FILL}"/>'
        )
        body += _text(LABELS + room + 6, y + 14, f"{share:.0%}")
    told = ", ".join(f"{name} {share:.0%}" for name, share in zip(names, shares, strict=True))
    return _svg(len(names) * ROW + 4, body, title, told)


def histogram(scores: Sequence[float], points: float, title: str) -> str:
    """Return how many have how much, in ten classes of equal width from 0 to `points`.

    A score on a border counts in the upper class, full marks in the last.
    """
    if not scores or points <= 0:
        return ""
    counts = [0] * 10
    for score in scores:
        counts[min(9, max(0, int(score / points * 10 + 1e-9)))] += 1
    high, base, width, most = 120, 140, (CHART_WIDTH - 40) / 10, max(counts)
    body = f'<line x1="20" y1="{base}" x2="{CHART_WIDTH - 20}" y2="{base}" stroke="{INK}"/>'
    for number, count in enumerate(counts):
        x, tall = 20 + number * width, high * count / most
        body += (
            f'<rect x="{x + 2:.1f}" y="{base - tall:.1f}" width="{width - 4:.1f}" '
            f'height="{tall:.1f}" fill="{FILL}"/>'
        )
        if count:
            body += _text(x + width / 2, base - tall - 4, str(count), "middle")
        body += _text(x, base + 16, f"{number * points / 10:g}", "middle")
    body += _text(20 + 10 * width, base + 16, f"{points:g}", "middle")
    told = ", ".join(
        f"{count} from {number * points / 10:g} to {(number + 1) * points / 10:g}"
        for number, count in enumerate(counts)
        if count
    )
    return _svg(base + 24, body, title, told)
