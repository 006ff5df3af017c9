"""Where the running kernel and the file part, `check` says what grading would say."""

from __future__ import annotations

import json

import pytest

from tests.desk.test_notebook import TOPIC, notebook, release

__all__ = ["notebook", "release"]  # fixtures

HELPED = "def sgd_step(param, grad, lr=0.01):\n    return scaled(param, grad, lr)\n"
HELPER = "def scaled(param, grad, lr):\n    return param - lr * grad\n"
OTHER = "def scaled(param, grad, lr):\n    return param + lr * grad\n"
RATED = "def sgd_step(param, grad, lr=0.01):\n    return param - SIGN * lr * grad\n"
KINDS = {
    # cells that ran, cells of the file, what is said
    "a cell is gone": ([HELPER, HELPED], [HELPED], "no cell of the file sets it"),
    "a helper comes again later": (
        [HELPER, HELPED],
        [HELPER, HELPED, OTHER],
        "`scaled` is set in cell 2 and cell 4: the last one counts",
    ),
    "a number changes later": (
        ["SIGN = 1", RATED],
        ["SIGN = 1", RATED, "SIGN = -1"],
        "`SIGN` is set in cell 2 and cell 4: the last one counts",
    ),
    "cells in another order": (
        ["BASE = 1", "SIGN = BASE * 1", RATED],
        ["SIGN = BASE * 1", RATED, "BASE = 1"],
        "SIGN",
    ),
    "the stub stands below": (
        [HELPED.replace("scaled(param, grad, lr)", "param - lr * grad")],
        [
            HELPED.replace("scaled(param, grad, lr)", "param - lr * grad"),
            "def sgd_step(param, grad, lr=0.01):\n    raise NotImplementedError",
        ],
        "`sgd_step` is set in cell 2 and cell 3: the last one counts",
    ),
    "a module beside the file": (
        ["from helping import scaled", HELPED],
        ["from helping import scaled", HELPED],
        "comes from a module that grading does not have",
    ),
    "deleted later": ([HELPER, HELPED], [HELPER, HELPED, "del scaled"], "`scaled` is set in"),
    "the same": ([HELPER, HELPED], [HELPER, HELPED], None),
    "edited and not saved": ([HELPER, HELPED], [OTHER, HELPED], None),
    "renamed by an import": (["import numpy as scaled_np", HELPER, HELPED], [HELPER, HELPED], None),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_difference_is_told(kind, notebook, monkeypatch, tmp_path):
    ran, saved, told = KINDS[kind]
    (tmp_path / "helping.py").write_text(HELPER, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "work.ipynb"
    cells = [
        {"cell_type": "code", "metadata": {}, "source": source, "outputs": []}
        for source in ("import numpy as np", *saved)
    ]
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}), encoding="utf-8")
    notebook(f"__session__ = {str(path)!r}")
    for source in ran:
        notebook(source)
    result = notebook('check("sgd_step")')
    assert float(result) == 1.0, "in the kernel it is right"
    said = result._repr_html_()
    assert ("Grading runs work.ipynb afresh" in said) == (told is not None)
    assert (told or "") in said.replace("&#x27;", "'")
    if told is not None:
        assert "0 of 1 points" in said
    assert TOPIC not in path.name
