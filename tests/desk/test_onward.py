"""What is said and kept after a pass: no end is a dead end."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from autograder.desk.kept import Kept
from tests.conftest import CATALOGUE
from tests.kit.release import as_notebook, environment, make_release, shell, written

TOPIC = "optimizers"
GOOD = {
    "sgd_step": "return param - lr * grad",
    "momentum_step": "velocity = beta * velocity + lr * grad\nreturn param - velocity, velocity",
}
CHAPTER = CATALOGUE.topic(TOPIC).chapter.text
QUESTIONS = CATALOGUE.topic(TOPIC).questions


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return make_release(tmp_path_factory.mktemp("release"), [TOPIC])


def flat(text):
    return " ".join(text.split())


def test_after_one_exercise_the_next_is_named_by_what_has_passed(release, tmp_path):
    path = tmp_path / "optimizers.py"
    path.write_text(written(TOPIC, momentum_step=GOOD["momentum_step"]), encoding="utf-8")
    told = shell(release, "check", "optimizers.py", "-e", "momentum_step", cwd=tmp_path).stdout
    assert "Next: nesterov_step: autograder check optimizers.py --exercise nesterov_step" in told
    path.write_text(written(TOPIC, **GOOD), encoding="utf-8")
    told = shell(release, "check", "optimizers.py", "-e", "sgd_step", cwd=tmp_path).stdout
    assert "Next: nesterov_step: " in told


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
def test_after_the_last_check_all_that_is_beyond_is_said(release, tmp_path, suffix):
    name = f"optimizers{suffix}"
    text = CHAPTER if suffix == ".py" else as_notebook(CHAPTER)
    (tmp_path / name).write_text(text, encoding="utf-8")
    done = shell(release, "check", name, cwd=tmp_path)
    assert done.returncode == 0
    told = flat(done.stdout)
    points = sum(question.points for question in QUESTIONS)
    assert f"a person reads them ({points:g} points)" in told
    assert all(question.name in told for question in QUESTIONS)
    assert f"autograder submit {name}" in told
    assert ("python optimizers.py: drawn" in told) is (suffix == ".py")
    assert ("Target: " in told) is (suffix == ".py")
    assert ("show(capstone) in the notebook" in told) is (suffix == ".ipynb")
    again = flat(shell(release, "check", name, "-e", "sgd_step", cwd=tmp_path).stdout)
    assert f"All together: autograder check {name}" in again


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_the_figure_celebrates_the_last_pass_once(release, tmp_path):
    pty = pytest.importorskip("pty")
    small = CHAPTER.replace("def figure(", "def drawn(") + (
        "\n\n# %%\ndef figure():\n    import matplotlib.pyplot as plt\n    return plt.figure()\n"
    )
    (tmp_path / "optimizers.py").write_text(small, encoding="utf-8")

    def check():
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "autograder", "check", "optimizers.py"]
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environment(release), stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        said = b""
        try:
            while chunk := os.read(ours, 65536):
                said += chunk
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        assert process.wait() == 0
        return said.decode()

    assert "Here it is: " in check()
    assert (tmp_path / "optimizers.png").is_file()
    assert "Here it is: " not in check()


def test_a_copy_is_kept_at_each_first_pass(release, tmp_path):
    path = tmp_path / "optimizers.py"
    texts = [written(TOPIC, sgd_step=GOOD["sgd_step"]), written(TOPIC), written(TOPIC, **GOOD)]
    for text in texts:
        path.write_text(text, encoding="utf-8")
        shell(release, "check", "optimizers.py", cwd=tmp_path)
    kept = Kept(path)
    assert list(kept.passed) == ["sgd_step", "momentum_step"]
    copies = [(kept.folder / name).read_text(encoding="utf-8") for name in kept.passed.values()]
    assert copies == [texts[0], texts[2]]
    assert (kept.folder.parent / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_where_nothing_can_be_written_nothing_is_kept_and_all_works(tmp_path):
    path = tmp_path / "file" / "optimizers.py"
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    kept = Kept(path)
    assert kept.copy("x") == ""
    assert kept.once("figure")
    (tmp_path / ".gradus").write_text("no folder either", encoding="utf-8")
    (tmp_path / "optimizers.py").write_text(written(TOPIC), encoding="utf-8")
    assert Kept(tmp_path / "optimizers.py").passed == {}
