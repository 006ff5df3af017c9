"""The line that says what a function takes: from text to `Line`.

A line names every parameter in order, with what it must be, and after an arrow whose dtype the
outputs have::

    x (N, C, H, W), w (F, C, KH, KW), b (F), stride int >= 1, padding int >= 0 -> x

=========================  =========================================================================
``(N, D)``                 floating numbers of this shape; ``(...)``: of any shape; ``(*S)``: of any
                           shape, and all that say so of the same; ``(N, *S)``: so after N
``(N, D)?``                the same, or None; ``bool? (N)``: truth values, or None
``double (N, D)``          the same, always float64
``kept (N, D)``            real numbers of any dtype, left as they are
``int (N) >= 0 < K``       whole numbers, here from 0 to K - 1
``bool (N)``               truth values; 0 and 1 will do
``int >= 1``               one whole number; ``int? >= 1``: or None
``real > 0``               one number
``ints(KH, KW) >= 1``      so many whole numbers; ``ints >= 1``: any count of them
``'relu' | 'tanh'``        one of these words; ``int >= 0 | 'same'``: or a word
``list(...)``              any number of the same; ``D'`` in one is ``D`` in the next
``tuple(..., ...)``        exactly these
``flag``, ``call``         a truth value, something to call
``rng``, ``any``           a `numpy.random.Generator` or alike, what the function itself looks at
=========================  =========================================================================

A dimension is a symbol, a number, or a formula of symbols and of whole numbers that are given, as
in ``(4*H, H+D)``; ``fit(H, KH, stride, padding)`` counts windows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

__all__ = ["Kind", "Line", "parsed"]

_BOUND = re.compile(r"(>=|<=|<|>)\s*([^<>=]+)")
_HEAD = re.compile(r"(\w+)(\?)?\s*")
_ARRAYS = ("float", "double", "kept", "int", "bool")


@dataclass(frozen=True)
class Kind:
    """What one value must be."""

    name: str  # one of the words above; "float" for a bare shape, "word" for one of some words
    dims: tuple[str, ...] | None = None  # None: a single number, or any count of them
    bounds: tuple[tuple[str, str], ...] = ()  # (">=", "1")
    words: tuple[str, ...] = ()
    parts: tuple[Kind, ...] = ()  # of a list or tuple
    optional: bool = False

    @cached_property
    def array(self) -> bool:
        """Whether this is an array."""
        return self.dims is not None and self.name in _ARRAYS

    def __str__(self) -> str:
        return self._said

    @cached_property
    def _said(self) -> str:
        if self.array:
            inside = ", ".join(self.dims or ())
            single = len(self.dims or ()) == 1 and not inside.startswith("*")
            nothing = " or None" if self.optional else ""
            return f"of shape ({inside}{',' if single else ''}){nothing}"
        limits = "".join(f" {sign} {limit}" for sign, limit in self.bounds)
        if self.name == "ints":
            count = f"{len(self.dims)} " if self.dims is not None else ""
            return f"as {count}whole numbers{limits}"
        if self.name == "word":
            return "as " + " or ".join(map(repr, self.words))
        plain = {"int": "as a whole number", "real": "as a number", "flag": "as True or False"}
        plain |= {"call": "as something to call", "list": "as a list"}
        plain["rng"] = "as a numpy.random.Generator"
        plain["tuple"] = f"as a tuple of {len(self.parts)}"
        words = "".join(f" or {word!r}" for word in self.words)
        return plain.get(self.name, "") + limits + words


@dataclass(frozen=True)
class Line:
    """A whole contract."""

    text: str
    kinds: dict[str, Kind]  # by parameter
    gives: tuple[str, ...]  # parameters whose dtype the outputs have
    where: tuple[str, ...]  # further conditions


def _cut(text: str) -> list[str]:
    """Split at the commas that stand in no parentheses."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def _closed(text: str) -> tuple[str, str]:
    """Return what stands in the parentheses that `text` begins with, and what follows them."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return text[1:place], text[place + 1 :].strip()
    raise ValueError(f"contract: ) is missing in {text!r}")


def _kind(text: str) -> Kind:
    text, *others = (part.strip() for part in text.split("|"))
    words = tuple(other.strip("'") for other in others)
    if text.startswith("'"):
        return Kind("word", words=(text.strip("'"), *words))
    name, optional, rest = "float", False, text
    if not text.startswith("("):
        head = _HEAD.match(text)
        if not head:
            raise ValueError(f"contract: {text!r} is no kind")
        name, optional, rest = head[1], bool(head[2]), text[head.end() :]
    inside, rest = _closed(rest) if rest.startswith("(") else (None, rest)
    if rest.startswith("?"):
        optional, rest = True, rest[1:].strip()
    bounds = tuple((sign, limit.strip()) for sign, limit in _BOUND.findall(rest))
    if _BOUND.sub("", rest).strip():
        raise ValueError(f"contract: {rest!r} is no bound")
    if name in ("list", "tuple"):
        return Kind(name, parts=tuple(map(_kind, _cut(inside or ""))))
    if name not in (*_ARRAYS, "ints", "real", "flag", "call", "rng", "any"):
        raise ValueError(f"contract: {name!r} is no kind")
    dims = None if inside is None else tuple(_cut(inside))
    return Kind(name, dims, bounds, words, optional=optional)


def parsed(text: str, where: tuple[str, ...]) -> Line:
    """Read a line."""
    before, _, after = text.partition("->")
    kinds = {}
    for item in _cut(before):
        name, _, kind = item.partition(" ")
        kinds[name] = _kind(kind.strip())
    return Line(" ".join(text.split()), kinds, tuple(_cut(after)), where)
