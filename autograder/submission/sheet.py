"""Tables as other systems write them: comma, semicolon or tab, a mark of the encoding, `sep=`."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Sheet", "SheetError"]

_SEPARATOR = re.compile(r"\s*\"?sep=(.)\"?\s*\r?\n", re.IGNORECASE)
_BY_MARK = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class SheetError(Exception):
    """A table that cannot be read; the message says what to do."""


@dataclass
class Sheet:
    """The rows of a table, and how it was written.

    Attributes
    ----------
    rows : list of list of str
        All as long as the first, which has the heads.
    mark : str
        What separates cells.
    lead : str
        What stood before the first row: a byte-order mark, a line `sep=;`.
    ending : str
        What ends a line.
    encoding : str
        Of the file.
    """

    rows: list[list[str]] = field(default_factory=list)
    mark: str = ","
    lead: str = ""
    ending: str = "\n"
    encoding: str = "utf-8"

    @classmethod
    def load(cls, path: Path) -> Sheet:
        """Read a file.

        Raises
        ------
        SheetError
            If its encoding is unknown.
        """
        raw = path.read_bytes()
        try:
            encoding = _BY_MARK.get(raw[:2], "utf-8")
            found = cls.read(raw.decode(encoding))
            found.encoding = encoding
            return found
        except UnicodeDecodeError:
            raise SheetError(f"{path.name} is not UTF-8: save it with that encoding") from None

    @classmethod
    def read(cls, text: str) -> Sheet:
        """Read a table; empty lines are no rows."""
        body = text.removeprefix("\ufeff")
        told = _SEPARATOR.match(body)
        body = body[told.end() :] if told else body
        first = body.lstrip("\r\n").split("\n", 1)[0]
        mark = told[1] if told else max(",;\t", key=first.count)
        rows = [row for row in csv.reader(io.StringIO(body), delimiter=mark) if any(row)]
        width = len(rows[0]) if rows else 0
        rows = [row + [""] * (width - len(row)) for row in rows]
        ending = "\r\n" if "\r\n" in body else "\n"
        return cls(rows, mark, text[: len(text) - len(body)], ending)

    @property
    def heads(self) -> list[str]:
        """The first row."""
        return self.rows[0] if self.rows else []

    def column(self, name: str) -> int | None:
        """Return the number of a column, whatever its capitals; None if there is none."""
        found = [head.strip().casefold() for head in self.heads]
        return found.index(name.casefold()) if name.casefold() in found else None

    def records(self, columns: Sequence[str]) -> list[dict[str, str]]:
        """Return the rows below the heads, with the columns named, as far as they are there."""
        places = {name: self.column(name) for name in columns}
        return [
            {name: row[at].strip() for name, at in places.items() if at is not None}
            for row in self.rows[1:]
        ]

    def text(self) -> str:
        """Return the table as it was written."""
        stream = io.StringIO()
        csv.writer(stream, delimiter=self.mark, lineterminator=self.ending).writerows(self.rows)
        return self.lead + stream.getvalue()

    def content(self) -> bytes:
        """Return the table as the bytes of a file, in the encoding it had."""
        return self.text().encode(self.encoding)

    @property
    def decimal_comma(self) -> bool:
        """Whether its numbers have a comma where others have a point."""
        cells = [cell for row in self.rows[1:] for cell in row]
        comma = any(re.fullmatch(r"\d+,\d+", cell) for cell in cells)
        return comma and not any(re.fullmatch(r"\d+\.\d+", cell) for cell in cells)
