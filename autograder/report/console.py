"""Text of others in a rich console: no markup, no control characters."""

from rich.markup import escape

from autograder.report.terminal import clean

__all__ = ["printable"]


def printable(text: object) -> str:
    """Return a text, such as a student's name or a file's, as it can be printed."""
    return escape(clean(str(text)))
