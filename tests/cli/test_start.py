"""What a command prints as the next one works as printed, from where it was printed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from tests.conftest import CATALOGUE
from tests.kit.release import as_notebook, environment, make_release, shell, written

TOPIC = "optimizers"


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    made = make_release(tmp_path_factory.mktemp("release"), [TOPIC, "neurons"])
    for name in (TOPIC, "neurons"):
        stub = CATALOGUE.topic(name).chapter.without_solutions()
        notebook = made / "assignments" / name / f"{name}.ipynb"
        notebook.write_text(as_notebook(stub), encoding="utf-8")
    return made


def follow(release, told, cwd):
    """Run the command at the end of a line; it must be `autograder` and stand in that line."""
    (command,) = re.findall(r"(?:run|More): (autograder .*)$", told, re.MULTILINE)
    words = command.replace("autograder", f"{sys.executable} -m autograder", 1)
    return subprocess.run(
        words,
        shell=True,
        cwd=cwd,
        env=environment(release),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell reads the line")
@pytest.mark.parametrize(
    ("folder", "other"),
    [((), False), (("hw1",), True), (("my homework",), False), ((TOPIC,), False)],
)
def test_what_start_prints_checks_what_it_made(release, tmp_path, folder, other):
    if other:
        shell(release, "start", "neurons", *folder, cwd=tmp_path)
    for _ in range(2):
        told = shell(release, "start", TOPIC, *folder, cwd=tmp_path)
        assert told.returncode == 0, told.stderr
        done = follow(release, told.stdout, tmp_path)
        assert done.returncode == 1, done.stderr
        assert done.stdout.startswith("optimizers: ")
    assert len(list(tmp_path.rglob("optimizers.*"))) == 2


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell reads the line")
@pytest.mark.parametrize(
    ("name", "more"), [("my file's.py", ()), ("odd.py", ("--topic", TOPIC))], ids=["name", "topic"]
)
def test_what_check_prints_explains_the_mistake(release, tmp_path, name, more):
    text = written(TOPIC, sgd_step="return param + lr * grad")
    (tmp_path / name).write_text(text, encoding="utf-8")
    told = shell(release, "check", name, *more, cwd=tmp_path, COLUMNS="40")
    for _ in range(3):  # the cause, the hint, the smallest case
        told = follow(release, told.stdout, tmp_path)
    assert "To try it yourself" in told.stdout, told.stderr


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell reads the line")
def test_a_topic_started_in_a_folder_is_found_from_above(release, tmp_path, monkeypatch):
    """Where the topics are installed with the package, no file of theirs is the student's."""
    installed = tmp_path / "_assignments"
    shutil.copytree(release / "assignments", installed)
    work = tmp_path / "my work"
    shell(release, "start", TOPIC, "hw 1", "--root", str(installed), cwd=tmp_path)
    work.mkdir()
    (tmp_path / "hw 1").rename(work / "hw 1")
    told = shell(release, "check", TOPIC, "--root", str(installed), cwd=work)
    assert told.returncode == 2
    (line,) = told.stderr.splitlines()
    (command,) = re.findall(r"`autograder ([^`]*)`", line)
    done = shell(release, *shlex.split(command), "--root", str(installed), cwd=work)
    assert done.stdout.startswith("optimizers: "), done.stderr


def test_of_two_fresh_formats_the_module_is_taken_and_nothing_is_said(release, tmp_path):
    shell(release, "start", TOPIC, "hw1", cwd=tmp_path)
    head = shell(release, "check", "hw1", cwd=tmp_path).stdout.splitlines()[1]
    assert head == f"hw1{os.sep}optimizers.py"
