"""Right work is never lost: kinds of ordinary files, and what is told of those that lose something.

A kind is a line of a table. Each is judged as `autograder grade` judges, behind walls, and as the
self-check does: both must agree.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from autograder.desk import selfcheck
from autograder.desk.target import Target
from autograder.judging.official import Judge
from autograder.submission.cells import SubmissionError
from autograder.submission.newer import newer_than_oldest
from autograder.submission.reading import read_submission
from tests.conftest import CATALOGUE

TOPIC = "optimizers"
HEAD = "import math\n\nimport numpy as np\n\n\n"
SGD = "def sgd_step(param, grad, lr=0.01):\n    return param - lr * grad\n\n\n"
MOMENTUM = (
    "def momentum_step(param, grad, velocity, lr=0.01, beta=0.9):\n"
    "    velocity = beta * velocity + lr * grad\n"
    "    return param - velocity, velocity\n\n\n"
)
BOTH = SGD + MOMENTUM
ALL = HEAD + BOTH
STUB = "def sgd_step(param, grad, lr=0.01):\n    raise NotImplementedError\n"
GUARDED = SGD.replace("\n    ", "\n        ").replace("def", "    def", 1)

# --- notebooks that run in a kernel ---------------------------------------------------------------

NOTEBOOKS: dict[str, list[str]] = {
    "plain": [ALL],
    "magics first": ["%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n" + ALL],
    "magics last": [ALL + "%timeit sgd_step(np.ones(3), np.ones(3))"],
    "magic in a block": [ALL + "if True:\n    %cd .\n    !ls\n"],
    "magic assigned": ["where = %pwd\n" + ALL],
    "shell assigned": ["files = !ls -la\nfirst = files[0]\n" + ALL],
    "shell with braces": ["!echo {1 + 1} $HOME\n" + ALL],
    "shell twice": ["!!ls\n" + ALL],
    "pip continued": ["!pip install numpy \\\n    matplotlib\n" + ALL],
    "magic continued": ["%config \\\n    InlineBackend.figure_format = 'svg'\n" + ALL],
    "magic with a comment": ["%pip install -q numpy  # quietly\n" + ALL],
    "timed statement": ["%time BASE = 1\n" + ALL.replace("lr * grad", "BASE * lr * grad")],
    "question after": [ALL + "sgd_step?"],
    "two questions": [ALL + "sgd_step??"],
    "question before": [ALL + "?sgd_step"],
    "question of a method": [ALL + "np.zeros?\n"],
    "await first": ["import asyncio\nawait asyncio.sleep(0.001)\n" + ALL],
    "await gathers": ["import asyncio\nawait asyncio.gather(asyncio.sleep(0))\n" + ALL],
    "async for": [
        "async def ticks():\n    yield 1\nasync for k in ticks():\n    last = k\n" + ALL,
    ],
    "display first": ["display('start')\n" + ALL],
    "display imported": ["from IPython.display import display, HTML\ndisplay(HTML('x'))\n" + ALL],
    "display inside": [
        ALL.replace("    return param - lr", "    display(grad)\n    return param - lr")
    ],
    "get_ipython": ["get_ipython().run_line_magic('matplotlib', 'inline')\n" + ALL],
    "shell asked for": [
        "shell = get_ipython()\nshell.system('ls')\nshell.user_ns['K'] = 1\n" + ALL
    ],
    "imported shell": ["from IPython import get_ipython\nget_ipython().magic('pwd')\n" + ALL],
    "main guard": [HEAD + "if __name__ == '__main__':\n" + GUARDED + "    print(1)\n\n" + MOMENTUM],
    "main guard runs": [ALL + "if __name__ == '__main__':\n    raise SystemExit(sgd_step(1, 2))\n"],
    "writefile": [ALL, "%%writefile helper.py\ndef sgd_step(param, grad, lr):\n    return 0\n"],
    "bash": ["%%bash\nfor f in *; do echo $f; done\n", ALL],
    "html": ["%%html\n<b>hello</b>\n", ALL],
    "javascript": ["%%javascript\nalert('x')\n", ALL],
    "latex": ["%%latex\n$x$\n", ALL],
    "timed cell": ["%%time\n" + ALL],
    "captured cell": ["%%capture out\n" + ALL, "out.show()"],
    "magics in magics": ["%%time\n%%capture\n%matplotlib inline\n" + ALL],
    "quit between": [HEAD + SGD + "quit()\n\n" + MOMENTUM],
    "exit after": [ALL + "exit()"],
    "underscore": [ALL, "1 + 1", "print(_, __, _i)"],
    "In and Out": [ALL, "print(In[0], Out)"],
    "input": ["name = input('Your name: ')\n" + ALL],
    "input as a number": ["n = int(input())\n" + ALL],
    "help": [ALL + "help(sgd_step)"],
    "indented": ["    import numpy as np\n", ALL],
    "prompts": [">>> import numpy as np\n>>> x = 1\n", ALL],
    "pylab": ["%pylab inline\n", BOTH.replace("lr * grad", "multiply(lr, grad)")],
    "run a helper": ["%run helper.py\n" + ALL],
    "own checks": [ALL, "from autograder.notebook import check\ncheck('sgd_step')"],
    "check without its magic": [ALL, "check('sgd_step')"],
    "colab drive": ["from google.colab import drive\ndrive.mount('/content')\n" + ALL],
    "colab form": ["#@title Solution { display-mode: 'form' }\nlr = 0.1 #@param\n" + ALL],
    "torch unused": ["import torch\n" + ALL],
    "scipy by name": ["from scipy.special import expit, logit\n" + ALL],
    "several imports": ["import math, torch, random\nDRAWN = random.random()\n" + ALL],
    "torch at once": ["import torch\ndevice = torch.device('cpu')\ntorch.manual_seed(0)\n" + ALL],
    "torch in a class": ["import torch.nn as nn\nclass Net(nn.Module):\n    pass\n" + ALL],
    "torch annotated": [
        "import torch\n" + ALL.replace("(param, grad, lr", "(param: torch.Tensor, grad, lr"),
    ],
    "torch or not": ["try:\n    import torch\nexcept ImportError:\n    torch = None\n" + ALL],
    "pandas reads": ["import pandas as pd\ntable = pd.read_csv('data.csv')\n" + ALL],
    "a file read": ["data = np.load('data.npy')\n".join([HEAD, BOTH])],
    "a file written": ["with open('log.txt', 'w') as log:\n    log.write('x')\n" + ALL],
    "drawing": ["import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1])\n" + ALL],
    "drawing measured": [
        "import matplotlib.pyplot as plt\nw = plt.gcf().dpi + 2 * plt.a.b\n" + ALL
    ],
    "progress": ["from tqdm.auto import tqdm\nfor k in tqdm(range(3)):\n    last = k\n" + ALL],
    "widgets": ["import ipywidgets\n@ipywidgets.interact(x=3)\ndef f(x):\n    pass\n" + ALL],
    "numpy star": ["from numpy import *\n" + BOTH.replace("lr * grad", "multiply(lr, grad)")],
    "standard library": [
        "import cProfile, graphlib, asyncio, uuid, gzip, sqlite3, tkinter\n" + ALL
    ],
    "stopped after": [ALL + "assert sgd_step(np.ones(1), np.ones(1))[0] == 5"],
    "percent on a new line": [
        ALL.replace(
            "param - lr * grad", "(\n        param - lr * grad\n        + (2\n        % 2)\n    )"
        ),
    ],
    "signs in a text": [
        ALL.replace("    return param - lr", '    """\n%a\n!b\n?c\n"""\n    return param - lr')
    ],
    "named tuple": [
        ALL.replace("return param - velocity, velocity", "return Pair(param - velocity, velocity)"),
        "from collections import namedtuple\nPair = namedtuple('Pair', 'param velocity')",
    ],
    "by a class": [
        HEAD + MOMENTUM + "class Steps:\n    def step(self, param, grad, lr=0.01):\n"
        "        return param - lr * grad\n\n\nsgd_step = Steps().step\n"
    ],
    "lambda": [HEAD + MOMENTUM + "sgd_step = lambda param, grad, lr=0.01: param - lr * grad\n"],
    "partial": [
        HEAD + MOMENTUM + "from functools import partial\ndef step(sign, param, grad, lr=0.01):\n"
        "    return param + sign * lr * grad\nsgd_step = partial(step, -1)\n"
    ],
    "decorated": [
        HEAD + "from functools import lru_cache, wraps\ndef loud(f):\n    @wraps(f)\n"
        "    def g(*a, **k):\n        return f(*a, **k)\n    return g\n\n@loud\n" + BOTH
    ],
    "in a condition": [HEAD + MOMENTUM + "if np.__version__ > '0':\n" + GUARDED],
    "magic in a lost magic": ["%unknown_magic\n%%also\n", ALL],
}

# --- modules -------------------------------------------------------------------------------------

MODULES: dict[str, str | bytes] = {
    "plain": ALL,
    "percent on a new line": ALL.replace(
        "param - lr * grad",
        "(\n        param\n        - lr * grad\n        + (2\n        % 2)\n    )",
    ),
    "signs in a text": ALL.replace(
        "    return param - lr", '    """\n% a\n! b\n? c\n"""\n    return param - lr'
    ),
    "a marker in a text": ALL.replace(
        "    return param - lr", '    """\n# %%\nx\n"""\n    return param - lr'
    ),
    "code below a text": "# %% [markdown]\n# # Title\n#\n# words\n" + ALL + "# %%\nx = 1\n",
    "code below a raw cell": "# %% [raw]\n# words\n\n" + ALL,
    "strange tags": "# %% tags=[oops]\n" + ALL + "# %% tags=[[[\nx = 1\n",
    "nbconvert": "#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\n\nget_ipython()"
    ".run_line_magic('load_ext', 'autograder')\n\n\n# # Optimizers\n\n# In[ ]:\n\n\n"
    + ALL
    + "# In[3]:\n\n\ncheck('sgd_step')\n\n\n# In[4]:\n\n\nget_ipython().system('ls')\n",
    "nbconvert timed": f"# In[1]:\n\n\nget_ipython().run_cell_magic('time', '', {ALL!r})\n",
    "marimo": "import marimo\n\n__generated_with = '0.18.0'\napp = marimo.App()\n\n\n"
    "@app.cell\ndef _():\n"
    "    import numpy as np\n    return (np,)\n\n\n@app.function\n"
    + SGD
    + "@app.cell\ndef _(np):\n"
    + "".join(f"    {line}\n" if line else "\n" for line in MOMENTUM.split("\n"))
    + "    return (momentum_step,)\n\n\nif __name__ == '__main__':\n    app.run()\n",
    "jupytext commented magics": "# ---\n# jupyter:\n#   jupytext:\n# ---\n\n"
    "# %%\n# %matplotlib inline\n# !ls\n" + ALL,
    "jupytext light": "# + tags=['a']\n" + ALL + "# -\n\n# # Title\n\n# + [markdown]\n# words\n",
    "utf-16": ("# ä\n" + ALL).encode("utf-16"),
    "utf-16 big": b"\xfe\xff" + ("# ä\n" + ALL).encode("utf-16-be"),
    "utf-8 with a mark": b"\xef\xbb\xbf" + ALL.encode(),
    "latin-1 declared": ("# -*- coding: latin-1 -*-\n# für\n" + ALL).encode("latin-1"),
    "windows-1252 in line two": (
        "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n# – ä\n" + ALL
    ).encode("cp1252"),
    "old Macintosh lines": ALL.replace("\n", "\r").encode(),
    "Windows lines": ALL.replace("\n", "\r\n").encode(),
    "no-break space in a comment": ALL + "#\u00a0comment “quoted”\n",
    "main guard": ALL + "if __name__ == '__main__':\n    print(sgd_step(1, 2))\n    lr = 3\n",
    "own folder": "import os, sys\nsys.path.append(os.path.dirname(__file__))\n" + ALL,
    "helper beside": "from helper import *\nimport helper2 as h\n" + ALL,
}

# --- what loses something, and what is said ------------------------------------------------------

TOLD: dict[str, tuple[str, bool, bool, str]] = {
    # text, does sgd_step earn, does momentum_step earn, what is said
    "scipy used": (
        "from scipy.special import expit\n"
        + ALL.replace("return param - lr", "expit(1)\n    return param - lr"),
        False,
        True,
        "No module named 'scipy' in grading",
    ),
    "scipy imported inside": (
        ALL.replace("    return param - lr", "    import scipy.special\n    return param - lr"),
        False,
        True,
        "No module named 'scipy' in grading",
    ),
    "no-break space": (
        ALL + "# %%\nx\u00a0= 1\n",
        True,
        True,
        "no-break space, U+00A0) stands there: replace it with a space",
    ),
    "zero width": (
        ALL + "# %%\nx\u200b = 1\n",
        True,
        True,
        "zero width space, U+200B) stands there: delete it",
    ),
    "curly quotes": (ALL + "# %%\nx = “a”\n", True, True, 'stands there: replace it with "'),
    "minus sign": (
        ALL + "# %%\nx = 3 \u2212 1\n",
        True,
        True,
        "minus sign, U+2212) stands there: replace it with -",
    ),
    "type statement": (
        HEAD + SGD + "# %%\ntype X = int\n" + MOMENTUM,
        True,
        False,
        "new in Python 3.12",
    ),
    "generic function": (
        HEAD + SGD + "# %%\ndef f[T](x: T): ...\n" + MOMENTUM,
        True,
        False,
        "new in Python 3.12",
    ),
    "quotes in an f-string": (
        HEAD + SGD + '# %%\nd = {}\nx = f"{d["a"]}"\n' + MOMENTUM,
        True,
        False,
        "new in Python 3.12",
    ),
    "except without brackets": (
        HEAD + SGD + "# %%\ntry:\n    pass\nexcept A, B:\n    pass\n" + MOMENTUM,
        True,
        False,
        "new in Python 3.14",
    ),
    "t-string": (HEAD + SGD + "# %%\nx = t'a'\n" + MOMENTUM, True, False, "new in Python 3.14"),
    "above its stub": (ALL + STUB, False, True, "below yours in work.py, line 6. Delete the stub"),
    "a magic in a module": (
        "%matplotlib inline\n# %%\n" + ALL,
        True,
        True,
        "SyntaxError in line 1",
    ),
}

FILES: dict[str, tuple[str, bytes, str]] = {
    "web page": ("work.ipynb", b"<!DOCTYPE html>\n<html></html>", "is a web page"),
    "merge conflict": ("work.ipynb", b'{"cells": [\n<<<<<<< HEAD\n', "merge conflict (line 2)"),
    "conflict in a module": (
        "work.py",
        b"<<<<<<< HEAD\nx = 1\n=======\n>>>>>>> b\n",
        "conflict (line 1)",
    ),
    "zip": ("work.ipynb", b"PK\x03\x04rest", "is a zip archive"),
    "empty": ("work.ipynb", b"", "is empty"),
    "pdf": ("work.py", b"%PDF-1.4", "is a PDF"),
    "module called notebook": ("work.ipynb", ALL.encode(), "holds a Python module"),
    "notebook called module": ("work.py", b'{\n "cells": []}', "holds a notebook"),
    "no utf-8": ("work.py", b"x = 1\n# f\xfcr\n", "is not UTF-8 (line 2, byte 0xfc)"),
    "unknown encoding": ("work.py", b"# coding: klingon\n", "cannot be read (unknown encoding"),
}


@pytest.fixture(scope="module")
def judge():
    with Judge(CATALOGUE, b"x" * 32) as judge:
        yield judge


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # at the desk a student's code may write files


def notebook(cells: list[str | dict[str, object]]) -> str:
    code = {"cell_type": "code", "metadata": {}, "outputs": []}
    made = [{**code, "source": cell} if isinstance(cell, str) else cell for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def judged(judge: Judge, path: Path):
    """Judge a file as grading and as the desk do; return both reports."""
    record = CATALOGUE.record(TOPIC)
    only = ["sgd_step", "momentum_step"]
    desk = selfcheck.run(Target(TOPIC, path, record), only).report
    return judge.grade_file(path, TOPIC, "ada", only=only), desk


def earns(report) -> dict[str, bool]:
    return {exercise.name: exercise.passed for exercise in report.exercises}


@pytest.mark.parametrize("kind", NOTEBOOKS)
def test_a_notebook_that_runs_in_its_kernel_keeps_its_points(kind, judge, tmp_path):
    path = tmp_path / "work.ipynb"
    path.write_text(notebook(NOTEBOOKS[kind]), encoding="utf-8")
    for report in judged(judge, path):
        assert earns(report) == {"sgd_step": True, "momentum_step": True}, report.notes


@pytest.mark.parametrize("kind", MODULES)
def test_a_module_keeps_its_points(kind, judge, tmp_path):
    path, content = tmp_path / "work.py", MODULES[kind]
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    for report in judged(judge, path):
        assert earns(report) == {"sgd_step": True, "momentum_step": True}, report.notes


@pytest.mark.parametrize("kind", TOLD)
def test_what_is_lost_is_named_by_both_in_the_same_words(kind, judge, tmp_path):
    text, first, second, told = TOLD[kind]
    path = tmp_path / "work.py"
    path.write_text(text, encoding="utf-8")
    for report in judged(judge, path):
        assert earns(report) == {"sgd_step": first, "momentum_step": second}, report.notes
        said = [check.message for exercise in report for check in exercise.checks]
        said += [*report.notes, *(exercise.message for exercise in report)]
        assert told in "\n".join(said)


@pytest.mark.parametrize("kind", FILES)
def test_what_is_no_submission_is_named(kind, tmp_path):
    name, content, told = FILES[kind]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SubmissionError) as raised:
        read_submission(tmp_path / name)
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("metadata", [True, False])
def test_a_cell_that_was_turned_into_text_is_read_as_code(kind, metadata, judge, tmp_path):
    about = {"nbgrader": {"solution": True, "grade": False, "grade_id": "a"}} if metadata else {}
    cell = {"cell_type": kind, "metadata": about, "source": SGD}
    words = {"cell_type": "markdown", "metadata": {}, "source": "Write `def sgd_step(...)`.\n"}
    path = tmp_path / "work.ipynb"
    path.write_text(notebook([words, HEAD + MOMENTUM, cell]), encoding="utf-8")
    for report in judged(judge, path):
        assert earns(report) == {"sgd_step": True, "momentum_step": True}, report.notes
        assert f"cell 3: read as code: it was turned into {kind.capitalize()}" in report.notes


def test_both_pythons_are_named_where_the_notebook_says_which_it_ran_with(judge, tmp_path):
    content = json.loads(notebook([HEAD + SGD, "type X = int\n" + MOMENTUM]))
    content["metadata"] = {"language_info": {"name": "python", "version": "3.99.1"}}
    path = tmp_path / "work.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    official, _ = judged(judge, path)
    if official.python.startswith("3.11"):
        assert f"yours is Python 3.99.1, grading runs Python {official.python}" in official.notes[0]
    assert official.python and official.numpy


@pytest.mark.skipif(sys.version_info < (3, 12), reason="a newer Python reads newer syntax")
@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("type X = int", "a `type` statement is new in Python 3.12"),
        ("def f[T](x: T) -> T:\n    return x", "type parameters"),
        ("class A[T]:\n    pass", "type parameters"),
        ('x = f"{d["a"]}"', "f-string"),
        ("x = f\"{'\\n'.join(y)}\"", "f-string"),
        ('x = f"{1 # c\n}"', "f-string"),
        ("type = 3\nx = f'{1:>{2}}' + f\"{'a'}\"", ""),
    ],
)
def test_a_newer_desk_says_what_an_older_grader_cannot_read(source, told):
    found = newer_than_oldest(f"y = 1\n{source}\n")
    assert [line for line, _ in found] == ([2] if told else [])
    assert told in "".join(words for _, words in found)
