"""The files a judge opens: what is not a plain, small submission is refused before it costs."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
import time

import pytest

from autograder.sandbox import Cell, Sandbox
from autograder.submission.cells import SubmissionError
from autograder.submission.reading import read_submission
from tests.kit.memory import Peak
from tests.sandbox.test_machines import LINUX, ROOT

pytestmark = pytest.mark.skipif(not LINUX, reason="confinement is Linux's")
GROWTH = 100 << 20


@pytest.fixture(scope="module")
def box():
    with Sandbox("best") as sandbox:
        yield sandbox


@pytest.fixture
def thrifty():
    """Hold a test to some seconds of this process and a hundred megabytes."""
    peak, start = Peak(), time.process_time()
    yield
    assert peak.growth < GROWTH
    assert time.process_time() - start < 10


def sparse(path, size):
    with path.open("wb") as stream:
        stream.truncate(size)


def notebook(*sources, **more):
    cells = [{"cell_type": "code", "source": source, "metadata": {}} for source in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more})


MAKERS = {
    "link to the solutions": lambda p: p.symlink_to(ROOT / "solutions/optimizers/chapter.py"),
    "link to nothing": lambda p: p.symlink_to("nothing"),
    "link to itself": lambda p: p.symlink_to(p.name),
    "device that never ends": lambda p: p.symlink_to("/dev/zero"),
    "pipe that nobody writes": os.mkfifo,
    "folder": lambda p: p.mkdir(),
    "100 MB": lambda p: sparse(p, 100 << 20),
    "1 GB": lambda p: sparse(p, 1 << 30),
    "null bytes": lambda p: p.write_bytes(b"x = 1\0"),
    "not UTF-8": lambda p: p.write_bytes(b"x = '\xff\xfe'"),
}


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
@pytest.mark.parametrize("kind", MAKERS)
def test_what_is_no_plain_file_is_not_read(kind, suffix, tmp_path, thrifty):
    path = tmp_path / f"work{suffix}"
    MAKERS[kind](path)
    with pytest.raises(SubmissionError, match=r"work\.(py|ipynb)"):
        read_submission(path)


def test_a_socket_and_a_device_are_not_read(tmp_path, thrifty):
    path = tmp_path / "work.py"
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(str(path))
        with pytest.raises(SubmissionError):
            read_submission(path)
    if os.geteuid() == 0:
        device = tmp_path / "device.py"
        try:
            os.mknod(device, 0o020666, os.makedev(1, 5))
        except PermissionError:
            return
        with pytest.raises(SubmissionError):
            read_submission(device)


NOT_NOTEBOOKS = {
    "Python": "def f(x):\n    return x\n",
    "a list": "[1, 2]",
    "a number": "3",
    "cells that are none": json.dumps({"cells": 5}),
    "nothing": "",
    "brackets": "[" * 1_000_000,
    "a long number": "1" * 100_000,
    "half of one": notebook("x = 1")[:-5],
}


@pytest.mark.parametrize("kind", NOT_NOTEBOOKS)
def test_a_notebook_that_is_none_is_named(kind, tmp_path, thrifty):
    path = tmp_path / "work.ipynb"
    path.write_text(NOT_NOTEBOOKS[kind])
    with pytest.raises(SubmissionError, match=r"work\.ipynb"):
        read_submission(path)


def test_a_notebook_of_strange_parts_is_read_without_harm(tmp_path, box, thrifty):
    path = tmp_path / "work.ipynb"
    strange = {"cell_type": "code", "source": ["a = 1\n", 5, None], "metadata": [1]}
    cells = [strange, 7, None, {"cell_type": {}}, {"cell_type": "code", "source": "b = '\ud800'"}]
    path.write_text(json.dumps({"cells": cells}))
    submission = read_submission(path)
    with box.worker() as worker:
        outcomes = worker.load([Cell(c.source, c.name, c.line) for c in submission.cells])
    assert outcomes[0].failure is None
    assert outcomes[-1].failure.type_name == "SyntaxError"


COSTLY = {
    "names": "a;" * 120_000,
    "a tuple": "x = " + "a," * 110_000,
    "a dictionary": "x = {" + "1:1," * 55_000 + "}",
    "a comparison": "x = " + "1<" * 110_000 + "1",
    "calls": "f" + "()" * 110_000,
    "attributes": "f" + ".a" * 110_000,
    "signs": "x = " + "-" * 220_000 + "1",
    "braces in a text": "x = f'" + "{a}" * 70_000 + "'",
    "lambdas": "x = " + "lambda:" * 30_000 + "1",
    "branches": "if a:pass\n" + "elif a:pass\n" * 18_000,
}


OF_EVERY_RUN = {"names", "a comparison", "calls", "lambdas", "braces in a text"}
"""Wide, long, chained, deep; and a text, which has a parser of its own."""


@pytest.mark.parametrize(
    "kind", [pytest.param(k, marks=[pytest.mark.slow] * (k not in OF_EVERY_RUN)) for k in COSTLY]
)
def test_a_source_that_costs_its_parser_too_much_is_parsed_elsewhere(kind, box, thrifty):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = box.vet([Cell("x = 1"), Cell(COSTLY[kind])])
    assert found[0] is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 << 10
    with box.worker() as worker:
        outcomes = worker.load([Cell("x = 1"), Cell(COSTLY[kind])])
    assert outcomes[0].failure is None


BOMBS = {
    "lists": '{"cells": [' + "[]," * 5_000_000 + "[]]}",
    "cells": '{"cells": [' + "{}," * 5_000_000 + "{}]}",
    "numbers": '{"cells": [' + "1.5," * 4_000_000 + "1]}",
}


@pytest.mark.parametrize(
    "kind", ["lists", pytest.param("cells", marks=pytest.mark.slow), "numbers"]
)
def test_a_notebook_that_unfolds_is_read_elsewhere(kind, box, thrifty):
    with contextlib.suppress(SubmissionError):  # either way, at no cost to the judge
        assert box.parse_notebook(BOMBS[kind], "work.ipynb") == []


def test_an_honest_notebook_with_large_outputs_is_read(box):
    text = notebook("x = 1", "def f():\n    return 2", outputs="y" * 3_000_000)
    cells = box.parse_notebook(text, "work.ipynb")
    assert [cell.source for cell in cells] == ["x = 1", "def f():\n    return 2"]
    assert [cell.name for cell in cells] == ["cell 1", "cell 2"]
    assert cells == box.parse_notebook(text[: text.index(', "outputs"')] + "}", "work.ipynb")
