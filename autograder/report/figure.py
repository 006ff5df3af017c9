"""A chapter's figure as results carry it: a picture with a text, or why there is none."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["NO_FIGURE", "Drawn", "figure_png"]


@dataclass(frozen=True)
class Drawn:
    """A figure, or the reason why there is none.

    Attributes
    ----------
    picture : str
        A data URI.
    alt : str
        What it shows, in words.
    why : str
        One sentence; empty where there is nothing to say.
    """

    picture: str = ""
    alt: str = ""
    why: str = ""


NO_FIGURE = Drawn()


def figure_png(figure: Figure, dpi: int, colours: int) -> bytes:
    """Write a figure as a small PNG of at most 256 colours."""
    from PIL import Image

    full, small = io.BytesIO(), io.BytesIO()
    figure.savefig(full, dpi=dpi, format="png")
    Image.open(full).convert("RGB").quantize(colours).save(small, "PNG", optimize=True)
    return small.getvalue()
