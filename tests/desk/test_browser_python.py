"""A Python as Pyodide's, simulated: no thread and no process can start, `resource` is not there."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import CATALOGUE
from tests.kit.release import as_notebook, environment, make_release, written

TOPIC = "optimizers"
BODY = "velocity = beta * velocity + grad\nreturn param - lr * velocity, velocity"
FUNCTION = """
def momentum_step(param, grad, velocity, lr=0.01, beta=0.9):
    velocity = beta * velocity + grad
    return param - lr * velocity, velocity
"""
BROWSER = """
import sys, threading

for name in ("resource", "fcntl", "termios", "pwd", "grp", "_posixsubprocess", "_multiprocessing"):
    sys.modules[name] = None


def refuse(*args, **kwargs):
    raise RuntimeError("can't start new thread")


threading.Thread.start = refuse
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return make_release(tmp_path_factory.mktemp("release"), [TOPIC])


def run(release, folder, code):
    return subprocess.run(
        [sys.executable, "-c", BROWSER + code],
        cwd=folder,
        env=environment(release, GRADUS_ROOT=str(release)),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
def test_check_explain_reset_and_progress_work(release, tmp_path, suffix):
    text = written(TOPIC, momentum_step=BODY)
    name = f"optimizers{suffix}"
    (tmp_path / name).write_text(text if suffix == ".py" else as_notebook(text), encoding="utf-8")
    done = run(
        release,
        tmp_path,
        f"""
from autograder.cli.fast import fast
codes = [
    fast("check", [{name!r}, "--explain"]),
    fast("progress", []),
    fast("reset", [{name!r}, "momentum_step"]),
    fast("check", [{name!r}, "-e", "momentum_step"]),
]
print("CODES", codes)
""",
    )
    assert "CODES [1, 0, 0, 1]" in done.stdout, done.stderr
    assert "To try it yourself" in done.stdout
    assert done.stderr == ""


def test_all_right_is_code_0(release, tmp_path):
    (tmp_path / "optimizers.py").write_text(CATALOGUE.topic(TOPIC).chapter.text, encoding="utf-8")
    done = run(
        release,
        tmp_path,
        "from autograder.cli.fast import fast\nprint('CODE', fast('check', ['optimizers.py']))\n",
    )
    assert "CODE 0" in done.stdout, done.stderr


def test_a_notebooks_check_gives_points_and_html(release, tmp_path):
    done = run(
        release,
        tmp_path,
        f"""
import json
import numpy as np
from autograder.desk.notebook import Notebook
space = {{"np": np, "__name__": "__main__"}}
exec({FUNCTION!r}, space)
notebook = Notebook(space)
notebook.set_topic({TOPIC!r})
points = notebook.check("momentum_step", explain=True)
print("FOUND", json.dumps([float(points), "PyTorch" in points._repr_html_()]))
""",
    )
    line = next((x for x in done.stdout.splitlines() if x.startswith("FOUND ")), "FOUND null")
    points, told = json.loads(line.removeprefix("FOUND ")) or (None, None)
    assert told, done.stderr
    assert 0 < points < 2
