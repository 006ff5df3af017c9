"""The examples in docstrings run and give what they show.

Of one file: `pytest -n 0 --doctest-modules reference/optimizers.py`.
"""

from __future__ import annotations

import doctest
import importlib
import io
import sys

import pytest

from tests.conftest import ROOT

WITH_EXAMPLES = sorted(
    path
    for package in ("autograder", "reference")
    for path in (ROOT / package).rglob("*.py")
    if "\n>>> " in (text := path.read_text(encoding="utf-8")) or " >>> " in text
)


def test_there_are_examples():
    assert ROOT / "autograder" / "desk" / "rewards.py" in WITH_EXAMPLES


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_examples_give_what_they_show(path, monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())  # no terminal: no bar is drawn
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    said: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    for case in doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(name)):
        runner.run(case, out=said.append)
    assert runner.tries > 0
    assert runner.failures == 0, "".join(said)
