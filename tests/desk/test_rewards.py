"""`python TOPIC.py`: figure and capstone, and what is said where they cannot run."""

from __future__ import annotations

import subprocess
import sys
import tomllib

import pytest

from autograder import data
from autograder.desk.trouble import not_installed
from tests.conftest import CATALOGUE, ROOT
from tests.kit.release import environment, make_release

TOPIC = "neurons"
HEAD = "import numpy as np\n\n\ndef half(x):\n    return {body}\n\n\n"
TAIL = """
def figure():
    half(4.0)
    import matplotlib.pyplot as plt
    return plt.figure()


def capstone():
    {capstone}
    return {{"half": half(2.0), "target_reached": True}}


if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return make_release(tmp_path_factory.mktemp("release"), [TOPIC])


def run(release, folder, body, capstone="pass"):
    path = folder / "neurons.py"
    path.write_text(HEAD.format(body=body) + TAIL.format(capstone=capstone), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "neurons.py"],
        cwd=folder,
        env=environment(release, MPLBACKEND="agg"),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_what_is_right_ends_with_the_target(release, tmp_path):
    done = run(release, tmp_path, "x / 2")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Target reached." in done.stdout
    assert (tmp_path / "neurons.png").is_file()


def test_a_mistake_is_told_by_its_line_and_a_hint_without_our_frames(release, tmp_path):
    done = run(release, tmp_path, "y / 2")
    assert done.returncode == 1
    first, *rest = done.stderr.splitlines()
    assert first == "NameError in line 5 of neurons.py: name 'y' is not defined"
    assert "> 5 |     return y / 2" in done.stderr
    assert "The arguments are x" in done.stderr
    assert rest[-1].endswith("autograder check neurons.py")
    assert "Traceback" not in done.stderr


def test_without_the_extra_one_line_says_what_to_install(release, tmp_path):
    missing = "raise ModuleNotFoundError('No module named sklearn.base', name='sklearn.base')"
    done = run(release, tmp_path, "x / 2", missing)
    assert done.returncode == 1
    told = f"This needs scikit-learn, which is not installed here: {data.CAPSTONES}\n"
    assert done.stderr == told
    assert not_installed(ModuleNotFoundError("no", name="torch")) == ""


def test_what_is_to_be_installed_is_the_extra():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = project["optional-dependencies"]["capstones"]
    assert "pip install " + " ".join(f'"{name}"' for name in listed) == data.CAPSTONES
    assert any(name.startswith("threadpoolctl") for name in project["dependencies"])


def test_every_chapter_ends_by_the_address_that_is_kept():
    for name in CATALOGUE.names():
        assert "from autograder.rewards import main" in CATALOGUE.topic(name).chapter.text
