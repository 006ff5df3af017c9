"""Text of a chapter's authors as HTML: code, formulas, emphasis and listings, and nothing else."""

from __future__ import annotations

import re
from html import escape

__all__ = ["inline", "paragraphs"]

_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```[^\n]*$", re.MULTILINE | re.DOTALL)
_MARKED = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|\$\$(?P<display>.+?)\$\$"
    r"|(?<![\\$\w])\$(?!\s)(?P<formula>[^$]+?)(?<!\s)\$(?!\d)"
    r"|(?<!\w)\*\*(?!\s)(?P<strong>.+?)(?<!\s)\*\*"
    r"|(?<![\w*])\*(?!\s)(?P<em>[^*]+?)(?<!\s)\*(?![\w*])",
    re.DOTALL,
)
_LISTING = '<pre role="group" aria-label="Listing" tabindex="0">'
_TAGS = {"display": "code", "formula": "code"}  # formulas are shown as they are written


def inline(text: str) -> str:
    """Return a line or a paragraph as HTML; all that is not a mark of Markdown is escaped."""
    parts, end = list[str](), 0
    for found in _MARKED.finditer(text):
        kind = str(found.lastgroup)
        inner = inline(found[kind]) if kind in ("strong", "em") else escape(found[kind])
        tag = _TAGS.get(kind, kind)
        parts += [escape(text[end : found.start()]), f"<{tag}>{inner}</{tag}>"]
        end = found.end()
    return "".join([*parts, escape(text[end:])])


def paragraphs(text: str) -> str:
    """Return a text as paragraphs and listings; a listing scrolls where the page is narrow."""
    parts = list[str]()
    for k, part in enumerate(_FENCE.split(text)):
        if k % 2:
            parts.append(f"{_LISTING}{escape(part)}</pre>")
        else:
            pieces = re.split(r"\n\s*\n", part)
            parts += [f"<p>{inline(piece.strip())}</p>" for piece in pieces if piece.strip()]
    return "".join(parts)
