"""A student's words, made harmless to the browser of whoever reads them; mathematics stays.

An answer in Markdown may hold HTML, links and formulas, and formgrader shows it in the page that
also reaches the gradebook. Tags are taken apart, links that run code lead nowhere, and the few
commands of MathJax that make links or attributes are shown as words. A heading gets its text as an
id: one that is called like a cell would stand where formgrader looks for that cell's score.
"""

from __future__ import annotations

import html
import re

__all__ = ["harmless"]

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_DESTINATION = re.compile(r"(\](?:\(|:)[\s>]*)([^\s)]+)")
_UNSEEN = re.compile(r"[\x00-\x20\\\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_RUNS = re.compile(r"(?:javascript|vbscript|livescript|data|file|blob):", re.IGNORECASE)
_COMMAND = re.compile(
    r"\\(?=(?:href|class|cssId|style|require|html[A-Za-z]*|csname|special|data)\b)"
)
_HEADING = re.compile(
    r"^[ \t>*+\-\d.)]*#{1,6}[ \t]+"  # marked, in a list or a quotation too
    r"|^[ \t>]*(?=[^\s>].*\n[ \t>]*(?:=+|-+)[ \t]*$)",  # underlined
    re.MULTILINE,
)
_UNLIKE = "\u2060"  # joins words: nothing to see, and no name of a cell has it


def harmless(text: str) -> str:
    """Return Markdown that shows the same words and formulas, and does nothing else.

    A ``<`` that could open a tag is parted from what follows by a space: in a formula, in code and
    in a sentence that reads the same.
    """
    text = _TAG.sub("< ", text)
    text = _DESTINATION.sub(lambda found: found[1] + _nowhere(found[2]), text)
    text = _HEADING.sub(lambda found: found[0] + _UNLIKE, text)
    return _COMMAND.sub(r"\\ ", text)


def _nowhere(destination: str) -> str:
    """Return a link's destination, or one that leads nowhere if it would run code."""
    plain = destination
    for _ in range(3):  # an entity may hold an entity
        plain = html.unescape(plain)
    return "#" if _RUNS.match(_UNSEEN.sub("", plain).lstrip("<")) else destination
