"""`autograder reset TOPIC EXERCISE`."""

from __future__ import annotations

import json

import pytest

from autograder.desk.kept import Kept
from tests.conftest import CATALOGUE
from tests.kit.release import as_notebook, make_release, shell, written

TOPIC = "optimizers"
STUB = CATALOGUE.topic(TOPIC).chapter.without_solutions()
GOOD = {
    "sgd_step": "return param - lr * grad",
    "momentum_step": "velocity = beta * velocity + lr * grad\nreturn param - velocity, velocity",
}
FULL = written(TOPIC, **GOOD)
KEPT = written(TOPIC, sgd_step=GOOD["sgd_step"])
BODY = GOOD["momentum_step"].split("\n")[0]


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return make_release(tmp_path_factory.mktemp("release"), [TOPIC])


CASES = {
    "as written": (FULL, KEPT),
    "not to be parsed": (FULL.replace(BODY, BODY + " )"), KEPT),
    "Windows": (FULL.replace("\n", "\r\n"), KEPT.replace("\n", "\r\n")),
    "without cells": (FULL.replace("# %%", "# %"), KEPT.replace("# %%", "# %")),
    "neither cells nor parsed": (
        FULL.replace("# %%", "# %").replace(BODY, BODY + " )"),
        KEPT.replace("# %%", "# %"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_stub_comes_back_and_nothing_else_changes(release, tmp_path, case):
    before, after = CASES[case]
    path = tmp_path / "optimizers.py"
    path.write_bytes(before.encode())
    done = shell(release, "reset", str(path), "momentum_step", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    squeezed = path.read_bytes().decode()
    assert [x for x in squeezed.split("\n") if x.strip()] == [
        x for x in after.split("\n") if x.strip()
    ]
    (copy,) = (tmp_path / ".gradus").rglob("*before_reset_momentum_step.py")
    assert copy.read_bytes().decode() == before
    assert str(copy) in done.stdout


def test_a_notebook_gets_its_stub_back(release, tmp_path):
    path = tmp_path / "optimizers.ipynb"
    path.write_text(as_notebook(FULL), encoding="utf-8")
    done = shell(release, "reset", "optimizers", "momentum_step", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert cells == json.loads(as_notebook(KEPT))["cells"]


def test_where_the_release_itself_is_worked_in_head_and_text_stay(release):
    path = release / "assignments" / TOPIC / "optimizers.py"
    path.write_text(FULL, encoding="utf-8")
    assert shell(release, "reset", "optimizers", "momentum_step").returncode == 0
    assert path.read_text(encoding="utf-8") == KEPT


def test_after_a_reset_the_next_pass_is_kept_again(release, tmp_path):
    path = tmp_path / "optimizers.py"
    path.write_text(FULL, encoding="utf-8")
    shell(release, "check", "optimizers.py", cwd=tmp_path)
    shell(release, "reset", "optimizers.py", "sgd_step", cwd=tmp_path)
    assert list(Kept(path).passed) == ["momentum_step"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("optimizers", "sgd_stp"), "did you mean sgd_step"),
        (("nothing.py", "sgd_step"), "nothing.py"),
    ],
)
def test_what_cannot_be_reset_is_one_line_and_code_2(release, tmp_path, given, said):
    (tmp_path / "optimizers.py").write_text(FULL, encoding="utf-8")
    done = shell(release, "reset", *given, cwd=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert said in done.stderr
    assert (tmp_path / "optimizers.py").read_text(encoding="utf-8") == FULL
