"""Reading what was written against its reader takes no longer than reading anything else.

Each is read in a process that is ended after some processor seconds: what looks at each place of a
file from each other place needs a hundred times as many.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.sandbox.test_machines import LINUX

pytestmark = pytest.mark.skipif(not LINUX, reason="limits of processor time")
SECONDS = 6
READ = """
import sys
from pathlib import Path
from autograder.submission.cells import SubmissionError
from autograder.submission.reading import read_submission
try:
    print(len(read_submission(Path(sys.argv[1])).cells))
except SubmissionError as error:
    print(error)
"""


def notebook(*sources: str, **more: object) -> str:
    cells = [{"cell_type": "code", "source": source, "metadata": {}} for source in sources]
    return json.dumps({"cells": cells, "nbformat": 4, "metadata": {}, **more})


KINDS = {
    "escaped quotes": ("a.py", '# %%\nx = "' + '\\"' * 120_000 + "\n", "1"),
    "open texts": ("a.py", "# %%\n" + "x = '\\\n" * 40_000, "1"),
    "markers": ("a.py", "# %%\n'''\n" * 25_000, "1"),
    "magics": ("a.ipynb", notebook("%a b\n" * 480 + "x = 1 + 2\n" * 12_000), "1"),
    "questions": ("a.ipynb", notebook("a?\n" * 60_000), "1"),
    "spaces": ("a.ipynb", notebook("x" + " " * 200_000 + "= %a\n"), "1"),
    "values": ("a.ipynb", notebook("1", x=[[]] * 2_000_000), "values"),
    "punycode": ("a.py", "# coding: punycode\n-" + "a" * 250_000, "no encoding of programs"),
    "undefined": ("a.py", "# coding: undefined\n", "no encoding of programs"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_reading_ends_soon(tmp_path, kind):
    name, text, told = KINDS[kind]
    (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", READ, str(tmp_path / name)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS)),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert told in done.stdout
