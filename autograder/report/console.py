"""The consoles of the commands, and text of others in them: no markup, no control characters."""

from rich.console import Console
from rich.markup import escape

from autograder.report.terminal import clean

__all__ = ["err", "out", "printable"]

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def printable(text: object) -> str:
    """Return a text, such as a student's name or a file's, as it can be printed."""
    return escape(clean(str(text)))
