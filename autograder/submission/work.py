"""How much of a file was worked on, told from its text alone: hostile code is not parsed here."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["written"]

_BEGINS = re.compile(r"^(?=(?:async[ \t]+def|def|class)\b)", re.MULTILINE)
_NAME = re.compile(r"(?:async[ \t]+)?def[ \t]+([^\W\d]\w*)")
_STUB = "raise NotImplementedError"


def written(sources: Iterable[str], exercises: frozenset[str]) -> frozenset[str]:
    """Return the exercises that are defined with more in them than the stub has.

    Parameters
    ----------
    sources : iterable of str
        The cells of code.
    exercises : frozenset of str
    """
    found = set()
    for source in sources:
        for part in _BEGINS.split(source.replace("\r\n", "\n")):
            head = _NAME.match(part)
            if head and head[1] in exercises and not _untouched(part):
                found.add(head[1])
    return frozenset(found)


def _untouched(definition: str) -> bool:
    """Tell whether nothing but the stub's last line follows the docstring."""
    before, stub, after = definition.rpartition(_STUB)
    if not stub:
        return False
    following = [line for line in after.split("\n")[1:] if line.strip()]
    if following and following[0][0].isspace():
        return False
    leading = [line.strip() for line in before.split("\n")]
    while leading and (not leading[-1] or leading[-1].startswith("#")):
        leading.pop()
    return bool(leading) and leading[-1].endswith(('"""', "'''", ":"))
