"""The kinds of things that are handed in, as a table: a new report is one line.

Each row: what it is about; the files (name -> content); what is graded (student/topic/file); a word
of the reason for each thing that is not. `*` stands for a file of which nothing needs to be told.
"""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from typing import NamedTuple

STUB = '''"""Optimizers."""


# %%
def sgd_step(param, grad, lr=0.01):
    """Take a step."""
    raise NotImplementedError


# %%
def momentum_step(param, grad, velocity):
    """Take a step with momentum."""
    # here
    raise NotImplementedError
'''
WORK = STUB.replace("    raise NotImplementedError", "    return param - lr * grad", 1)
MORE = WORK.replace("    # here\n    raise NotImplementedError", "    return param, velocity")
OTHER = WORK.replace("param - lr * grad", "param - grad * lr")
LSTM = "def lstm_step(x):\n    return x\n"
HELPER = "def plot(x):\n    return x\n"

Content = str | bytes | Callable[[], bytes]


def notebook(text: str, kind: str = "code") -> str:
    cells = [
        {"cell_type": kind, "metadata": {}, "source": part, "outputs": [], "execution_count": None}
        for part in text.split("# %%\n")
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def zipped(**files: str | bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def link_in_zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        entry = zipfile.ZipInfo("optimizers.py")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return stream.getvalue()


class Kind(NamedTuple):
    """A row of the table."""

    about: str
    files: Mapping[str, Content]
    graded: tuple[str, ...]
    left: tuple[str, ...] = ()


NFD = unicodedata.normalize("NFD", "Zoë")
MOODLE = "Ada Lovelace_1234567_assignsubmission_file"

KINDS = [
    # --- the right file ------------------------------------------------------------------------
    Kind(
        "an untouched notebook beside a worked module",
        {"ada/optimizers.py": WORK, "ada/optimizers.ipynb": notebook(STUB)},
        ("ada/optimizers/optimizers.py",),
        ("untouched stub",),
    ),
    Kind(
        "a worked notebook beside the untouched module, in a folder of the topic",
        {"ada/optimizers/optimizers.py": STUB, "ada/optimizers/optimizers.ipynb": notebook(WORK)},
        ("ada/optimizers/optimizers.ipynb",),
        ("untouched stub",),
    ),
    Kind(
        "a copy of Jupyter's",
        {"bo/optimizers-Copy1.ipynb": notebook(STUB), "bo/optimizers.ipynb": notebook(WORK)},
        ("bo/optimizers/optimizers.ipynb",),
        ("untouched stub",),
    ),
    Kind(
        "a second download, and the worked one is the second",
        {"bo/optimizers (1).ipynb": notebook(WORK), "bo/optimizers.ipynb": notebook(STUB)},
        ("bo/optimizers/optimizers (1).ipynb",),
        ("untouched stub",),
    ),
    Kind(
        "two worked files: the one with more in it, and it is told",
        {"bo/optimizers_old.py": WORK, "bo/optimizers.py": MORE},
        ("bo/optimizers/optimizers.py",),
        ("1 exercises are written in it",),
    ),
    Kind(
        "the same twice",
        {"bo/optimizers.py": WORK, "bo/optimizers - Kopie.py": WORK},
        ("bo/optimizers/optimizers.py",),
        ("the same code",),
    ),
    Kind(
        "a damaged notebook beside the untouched module is what was worked on",
        {"bo/optimizers.py": STUB, "bo/optimizers.ipynb": notebook(WORK)[:-40]},
        ("bo/optimizers/optimizers.ipynb",),
        ("is graded",),
    ),
    Kind(
        "a damaged notebook beside worked code",
        {"bo/optimizers.py": WORK, "bo/optimizers.ipynb": "{"},
        ("bo/optimizers/optimizers.py",),
        ("not valid JSON",),
    ),
    Kind(
        "what systems leave behind, at any depth",
        {
            "eve/optimizers.py": WORK,
            "eve/._optimizers.py": WORK,
            "eve/__MACOSX/x/._optimizers.py": MORE,
            "eve/a/b/.ipynb_checkpoints/optimizers-checkpoint.ipynb": notebook(MORE),
            "eve/__pycache__/optimizers.cpython-311.pyc": b"\0",
            "eve/.git/hooks/optimizers.py": MORE,
            "__MACOSX/eve/._optimizers.py": MORE,
            ".DS_Store": b"\0",
        },
        ("eve/optimizers/optimizers.py",),
        ("macOS", "macOS", "checkpoint", "by Python", "hidden folder", "macOS", "hidden file"),
    ),
    Kind(
        "what comes with the release",
        {"eve/optimizers.py": WORK, "eve/conftest.py": HELPER, "eve/public_checks.npz": b"PK"},
        ("eve/optimizers/optimizers.py",),
        ("with the release", "with the release"),
    ),
    Kind(
        "a helper module is no second submission",
        {"eve/optimizers.py": WORK, "eve/plots.py": HELPER, "eve/data/utils.py": HELPER},
        ("eve/optimizers/optimizers.py",),
        ("helper file", "helper file"),
    ),
    Kind(
        "endings in capitals",
        {"al_optimizers.PY": WORK, "bo/OPTIMIZERS.IPYNB": notebook(WORK)},
        ("al/optimizers/al_optimizers.PY", "bo/optimizers/OPTIMIZERS.IPYNB"),
    ),
    Kind(
        "another name: its functions tell",
        {"bo/final version.py": LSTM, "cy.ipynb": notebook(WORK)},
        ("bo/lstm/final version.py", "cy/optimizers/cy.ipynb"),
    ),
    Kind(
        "named after one topic, holding another",
        {"bo/optimizers.py": LSTM},
        ("bo/lstm/optimizers.py",),
    ),
    Kind(
        "an empty file of its name, and one in a folder of the topic",
        {"bo/lstm.py": "", "cy/lstm/homework.py": ""},
        ("bo/lstm/lstm.py", "cy/lstm/homework.py"),
    ),
    Kind(
        "two topics of one student",
        {"bo/lstm.py": LSTM, "bo/optimizers.py": WORK},
        ("bo/lstm/lstm.py", "bo/optimizers/optimizers.py"),
    ),
    Kind(
        "a zip, flat and in a folder, of all depths",
        {
            "al_optimizers.zip": zipped(**{"x/y/optimizers.py": WORK, "__MACOSX/._a.py": b"\0"}),
            "bo/work.ZIP": zipped(**{"optimizers.ipynb": notebook(WORK), "plot.png": b"\0"}),
            "cy/all.zip": zipped(**{"in.zip": zipped(**{"optimizers.py": WORK})}),
        },
        (
            "al/optimizers/optimizers.py",
            "bo/optimizers/optimizers.ipynb",
            "cy/optimizers/optimizers.py",
        ),
        ("macOS", "not a .py or .ipynb"),
    ),
    Kind(
        "a zip that leads out, one of links, a damaged one",
        {
            "al/a.zip": zipped(**{"../../optimizers.py": WORK}),
            "bo/a.zip": link_in_zip(),
            "cy/a.zip": b"PK\x03\x04 no zip",
        },
        (),
        ("leads out", "a link", "damaged"),
    ),
    Kind(
        "what is neither module nor notebook is named, and no topic is charged",
        {
            "al/optimizers.py.bak": WORK,
            "bo/optimizers.html": "<html>",
            "cy/optimizers.md": WORK,
            "di/optimizers.pdf": b"%PDF",
            "em/optimizers.json": notebook(WORK),
            "fi_optimizers.rar": b"Rar!",
        },
        (),
        ("rename it to optimizers.py", "web page", "a text", "document", "rename it", "archive"),
    ),
    Kind(
        "endings that a browser adds are taken off, copies and attempts told apart as ever",
        {
            "al/optimizers.py.txt": WORK,
            "bo_optimizers.ipynb.json": notebook(WORK),
            "cy/optimizers.ipynb.txt": notebook(WORK),
            "di/optimizers.py (1).txt": WORK,
            "em/homework.zip": zipped(**{"optimizers.ipynb.json": notebook(WORK)}),
            "roejane_12347_1_optimizers.py.txt": WORK,
            "roejane_12347_2_optimizers.py-1.txt": OTHER,
            "fi/notes.txt": WORK,
            "fi/optimizers.PY.TXT": WORK,
        },
        (
            "al/optimizers/optimizers.py.txt",
            "bo/optimizers/bo_optimizers.ipynb.json",
            "cy/optimizers/optimizers.ipynb.txt",
            "di/optimizers/optimizers.py (1).txt",
            "em/optimizers/optimizers.ipynb.json",
            "fi/optimizers/optimizers.PY.TXT",
            "roejane_12347/optimizers/roejane_12347_2_optimizers.py-1.txt",
        ),
        ("earlier attempt", "not a .py or .ipynb"),
    ),
    Kind(
        "a zip that is called a notebook or a module is opened all the same",
        {
            "ada_optimizers.ipynb": zipped(**{"optimizers.ipynb": notebook(WORK)}),
            "bo/optimizers.py": zipped(**{"x/optimizers.py": WORK, "plot.png": b"\0"}),
            "cy/optimizers.ipynb": b"PK\x03\x04 cut short",
            "di/all.zip": zipped(**{"optimizers.py": zipped(**{"optimizers.py": WORK})}),
        },
        (
            "ada/optimizers/optimizers.ipynb",
            "bo/optimizers/optimizers.py",
            "di/optimizers/optimizers.py",
        ),
        ("not a .py or .ipynb", "damaged"),
    ),
    Kind("an empty folder", {"bo/": ""}, (), ("no .py or .ipynb",)),
    Kind("only of another course", {"bo/cook.py": HELPER}, (), ("another course",)),
    # --- the right student -----------------------------------------------------------------------
    Kind(
        "a folder's name is the student's, whole",
        {"holstmann/lstm.py": LSTM, "lstm_fan/lstm.py": LSTM, "lstm/lstm.py": LSTM},
        ("holstmann/lstm/lstm.py", "lstm_fan/lstm/lstm.py", "lstm/lstm/lstm.py"),
    ),
    Kind(
        "a topic is cut off at an end, at a separator",
        {
            "holstmann.py": LSTM,
            "lstm-fan_lstm.py": LSTM,
            "Optimizers bo.py": WORK,
            "cy_optimizers_v2.py": WORK,
            "q-learning-di.py": "def td_target(x): return x",
            "ada (optimizers).py": WORK,
        },
        (
            "holstmann/lstm/holstmann.py",
            "lstm-fan/lstm/lstm-fan_lstm.py",
            "bo/optimizers/Optimizers bo.py",
            "cy_optimizers_v2/optimizers/cy_optimizers_v2.py",
            "di/q_learning/q-learning-di.py",
            "ada/optimizers/ada (optimizers).py",
        ),
    ),
    Kind(
        "two entries of one student: both are graded, each by itself",
        {"ada/optimizers.py": WORK, "ada_optimizers.py": OTHER},
        (
            "ada (ada/optimizers.py)/optimizers/optimizers.py",
            "ada (ada_optimizers.py)/optimizers/ada_optimizers.py",
        ),
    ),
    Kind(
        "module and notebook side by side: the stub is left out",
        {"ada_optimizers.py": WORK, "ada_optimizers.ipynb": notebook(STUB)},
        ("ada/optimizers/ada_optimizers.py",),
        ("untouched stub",),
    ),
    Kind(
        "one name in two spellings of Unicode",
        {f"{NFD}/optimizers.py": WORK, "Zoë_optimizers.py": OTHER},
        (
            "Zoë (Zoë/optimizers.py)/optimizers/optimizers.py",
            "Zoë (Zoë_optimizers.py)/optimizers/Zoë_optimizers.py",
        ),
    ),
    Kind(
        "Canvas: late, attempts, any title",
        {
            "doejohn_LATE_12346_6789013_optimizers.py": WORK,
            "roejane_12347_6789001_optimizers.py": MORE,
            "roejane_12347_6789014_optimizers-1.py": WORK,
            "kimbo_12350_6789017_final version.py": WORK,
            "leeann_12349_6789016_homework.zip": zipped(**{"optimizers.py": WORK}),
        },
        (
            "doejohn_12346/optimizers/doejohn_LATE_12346_6789013_optimizers.py",
            "kimbo_12350/optimizers/kimbo_12350_6789017_final version.py",
            "leeann_12349/optimizers/optimizers.py",
            "roejane_12347/optimizers/roejane_12347_6789014_optimizers-1.py",
        ),
        ("earlier attempt",),
    ),
    Kind(
        "Canvas: the later attempt is an untouched stub",
        {
            "roejane_12347_1_optimizers.py": WORK,
            "roejane_12347_2_optimizers-1.py": STUB,
        },
        ("roejane_12347/optimizers/roejane_12347_1_optimizers.py",),
        ("untouched stub",),
    ),
    Kind(
        "Moodle: a folder each, or flat; a text typed in is named",
        {
            f"{MOODLE}_/optimizers.py": WORK,
            "Bo Lee_22_assignsubmission_file_optimizers.ipynb": notebook(WORK),
            "Cy O_23_assignsubmission_onlinetext/onlinetext.html": "<p>",
        },
        (
            "Ada Lovelace_1234567/optimizers/optimizers.py",
            "Bo Lee_22/optimizers/Bo Lee_22_assignsubmission_file_optimizers.ipynb",
        ),
        ("web page",),
    ),
    # --- the class goes on ---------------------------------------------------------------------
    Kind(
        "a name that is not UTF-8",
        {"b\udce9a/optimizers.py": WORK, "c\udcff_optimizers.py": WORK},
        ("b\\xe9a/optimizers/optimizers.py", "c\\xff/optimizers/c\udcff_optimizers.py"),
    ),
    Kind(
        "a header whose tags are no list",
        {"al/optimizers.py": "# %% tags=[oops]\n" + WORK, "bo/optimizers.py": WORK},
        ("al/optimizers/optimizers.py", "bo/optimizers/optimizers.py"),
    ),
    Kind(
        "a lone surrogate",
        {"al/optimizers.ipynb": notebook(WORK + "# \ud800"), "bo/optimizers.py": WORK},
        ("al/optimizers/optimizers.ipynb", "bo/optimizers/optimizers.py"),
    ),
]
