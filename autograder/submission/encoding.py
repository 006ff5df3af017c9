"""From bytes to text: the encodings that Python and Jupyter themselves would read, and UTF-16."""

from __future__ import annotations

import codecs
import io
import json
import tokenize
import unicodedata

__all__ = ["DecodingError", "decoded", "stray"]

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_NO_TEXT = {"punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape"}
"""Names that Python knows and that say nothing of a file; some take very long to decode."""
_INSTEAD = {
    "'": "‘’‚‛′´`＇",
    '"': "“”„‟″«»＂",
    "-": "‐‑‒–—―−－﹣",
    "*": "×∗⋅·＊",
    "/": "÷∕⁄／",
    "...": "…",
    "<=": "≤",
    ">=": "≥",
    "!=": "≠",
}


class DecodingError(ValueError):
    """Bytes that are not text; the message says which and what to do."""


def decoded(raw: bytes, name: str, *, notebook: bool = False) -> str:
    """Return the text of a module or a notebook, lines ending as in Python.

    UTF-16 and UTF-32 are known by their mark; a module may name its encoding in one of its first
    two lines (PEP 263).

    Raises
    ------
    DecodingError
        The bytes are no text in the encoding that holds.
    """
    encoding = next((found for mark, found in _MARKS if raw.startswith(mark)), "")
    try:
        encoding = encoding or (json.detect_encoding(raw) if notebook else _declared(raw))
        if codecs.lookup(encoding).name.replace("-", "_") in _NO_TEXT:
            raise LookupError(f"{encoding} is no encoding of programs")
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DecodingError(
            f"{name} is not {encoding.upper().removesuffix('-SIG')} (line {line}, byte "
            f"0x{raw[error.start]:02x}): save it as UTF-8, or name its encoding in the first line"
        ) from None
    except (SyntaxError, LookupError, UnicodeError) as error:
        raise DecodingError(f"{name} cannot be read ({error}): save it as UTF-8") from None
    if "\0" in text:
        raise DecodingError(f"{name} holds null bytes: it is not a text file")
    return text if notebook else text.replace("\r\n", "\n").replace("\r", "\n")


def _declared(raw: bytes) -> str:
    """Return the encoding a module declares, or UTF-8."""
    first = raw[:1000].replace(b"\r\n", b"\n").replace(b"\r", b"\n").splitlines(keepends=True)[:2]
    head = b"".join(line for line in first if line.isascii() or b"coding" in line)
    encoding, _ = tokenize.detect_encoding(io.BytesIO(head).readline)
    return encoding


def stray(character: str) -> str:
    """Say what a character that Python cannot read is, and what belongs there."""
    number, name = f"U+{ord(character):04X}", unicodedata.name(character, "a control character")
    shown = f"{character} ({name.lower()}, {number})" if character.isprintable() else ""
    shown = shown or f"an invisible character ({name.lower()}, {number})"
    return f"{shown} stands there: {_instead(character)}"


def _instead(character: str) -> str:
    if unicodedata.category(character) == "Zs":
        return "replace it with a space"
    if unicodedata.category(character) in ("Cf", "Cc"):
        return "delete it"
    for wanted, kinds in _INSTEAD.items():
        if character in kinds:
            return f"replace it with {wanted}"
    plain = unicodedata.normalize("NFKC", character)
    return f"replace it with {plain}" if plain.isascii() else "replace it"
