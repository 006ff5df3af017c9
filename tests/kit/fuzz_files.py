"""Files as nobody would write them: right ones, changed at random places in random ways."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.submission.script import split_script

WORDS = (
    *(
        "# %%",
        "# %% [markdown]",
        "# %% tags=[",
        "%%time",
        "%matplotlib inline",
        "!ls",
        "f?",
        "x = !a",
    ),
    *(
        "def ",
        "class ",
        "async ",
        "await x",
        "lambda: ",
        "yield ",
        "return ",
        "import scipy",
        "del ",
    ),
    *("(", ")", "[", "]", "{", "}", '"', "'", '"""', "'''", "\\", ":", ";", "=", ":=", "@", "->"),
    *("\t", "\n", "\r", "\x0c", "\x00", "\x1b[31m", "\ufeff", "\u202e", "\xa0", "\u200b", "“", "−"),
    *(
        "0x",
        "1e999",
        "10**400",
        "nan",
        "None",
        "...",
        "0/0",
        "raise ValueError('<script>')",
        "exit()",
    ),
    *(
        "np.nan",
        "np.inf",
        "np.zeros(0)",
        ".astype(object)",
        "[::-1]",
        ".T",
        "[None]",
        "-",
        "* 2",
        "+ 1",
    ),
    *("get_ipython()", "print('=1+1')", "while True: pass", "1/0", "global x", "from x import *"),
)
ODD = (
    None,
    True,
    0,
    -1,
    1e308,
    "",
    "x",
    "code",
    "raw",
    [],
    {},
    [[]],
    {"a": []},
    "\ud800",
    "# %%\n1/0",
)
NAMES = (
    "{}_neurons",
    "{}-Copy1",
    "Copy of {}_neurons",
    "{} (2)_neurons",
    "{}",
    "<b>{}_neurons",
)
_SWAPS = (
    ("+", "-"),
    ("*", "/"),
    ("<", ">="),
    ("0", "1"),
    ("1", "2"),
    ("axis", "ax"),
    ("np.", "numpy."),
)


class Fuzzer:
    """Makes entries of a class from right text.

    Parameters
    ----------
    seed : int
    text : str
        A chapter with its solutions.
    """

    def __init__(self, seed: int, text: str) -> None:
        self.rng = random.Random(seed)
        self.text = text

    def plant(self, folder: Path, number: int) -> None:
        """Put one entry into a class's folder."""
        name = self.rng.choice(NAMES).format(f"m{number}")
        kind, make = self.rng.choice([(".py", self.module), (".ipynb", self.notebook)])
        content = self._bytes(make())
        if self.rng.random() < 0.15:
            content, kind = self._zip(f"neurons{kind}", content), self.rng.choice([".zip", kind])
        if self.rng.random() < 0.3:
            (folder / f"m{number}").mkdir()
            name = f"m{number}/neurons"
        path = folder / f"{name}{kind}"
        path.write_bytes(content)

    def module(self) -> str:
        """Return a module, changed."""
        return self._changed(self.text)

    def notebook(self) -> str:
        """Return a notebook whose cells and structure are changed."""
        cells: list[Any] = [
            {
                "cell_type": cell.kind,
                "metadata": {"tags": list(cell.tags)},
                "source": self._changed(cell.source) if self.rng.random() < 0.2 else cell.source,
            }
            for cell in split_script(self.text)
        ]
        content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        for _ in range(self.rng.choice([0, 1, 3])):
            self._bend(content)
        return json.dumps(content)

    def _bend(self, content: Any) -> None:
        """Put something odd into a nested value."""
        while isinstance(content, dict | list) and content:
            keys = list(content) if isinstance(content, dict) else range(len(content))
            key = self.rng.choice(list(keys))
            if self.rng.random() < 0.4 or not isinstance(content[key], dict | list):
                content[key] = self.rng.choice(ODD)
                return
            content = content[key]

    def _changed(self, text: str) -> str:
        changes: tuple[Callable[[str], str], ...] = (
            *(self._inserted, self._cut, self._swapped, self._doubled, self._wrong, self._wrong),
            *(self._truncated, self._indented),
        )
        for _ in range(self.rng.choice([1, 1, 2, 4, 9])):
            text = self.rng.choice(changes)(text)
        return text

    def _at(self, text: str) -> int:
        return self.rng.randrange(len(text) + 1)

    def _inserted(self, text: str) -> str:
        at = self._at(text)
        times = self.rng.choice([1, 1, 1, 3, 300])
        return text[:at] + self.rng.choice(WORDS) * times + text[at:]

    def _cut(self, text: str) -> str:
        at = self._at(text)
        return text[:at] + text[at + self.rng.choice([1, 5, 80, 2000]) :]

    def _doubled(self, text: str) -> str:
        at, length = self._at(text), self.rng.choice([1, 40, 3000])
        return text[: at + length] + text[at:]

    def _truncated(self, text: str) -> str:
        return text[: self._at(text)] if self.rng.random() < 0.3 else text

    def _indented(self, text: str) -> str:
        lines = text.split("\n")
        at = self.rng.randrange(len(lines))
        lines[at] = self.rng.choice([" ", "\t", "    "]) + lines[at]
        return "\n".join(lines)

    def _swapped(self, text: str) -> str:
        lines = text.split("\n")
        one, other = self.rng.randrange(len(lines)), self.rng.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
        return "\n".join(lines)

    def _wrong(self, text: str) -> str:
        """Change one operator or number: what runs, and gives other values."""
        old, new = self.rng.choice(_SWAPS)
        places = [found.start() for found in re.finditer(re.escape(old), text)]
        if not places:
            return text
        at = self.rng.choice(places)
        return text[:at] + new + text[at + len(old) :]

    def _bytes(self, text: str) -> bytes:
        raw = text.encode(self.rng.choice(["utf-8"] * 9 + ["utf-16", "latin-1"]), "replace")
        if self.rng.random() < 0.1 and raw:
            at = self.rng.randrange(len(raw))
            raw = raw[:at] + self.rng.randbytes(self.rng.choice([1, 4, 400])) + raw[at + 1 :]
        return raw

    def _zip(self, name: str, content: bytes) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
            archive.writestr("__MACOSX/._x", b"\0")
        raw = stream.getvalue()
        return raw if self.rng.random() < 0.7 else raw[: self.rng.randrange(len(raw))]
