"""A course for tests: one topic, released by nbgrader, made once for each run and copied."""

from __future__ import annotations

import atexit
import functools
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

from autograder.course.course import Course
from autograder.course.source import release
from autograder.course.start import init
from autograder.demo.sample_class import hand_in
from autograder.grading import pool
from autograder.judging.official import Judge
from autograder.topic.catalogue import Catalogue
from tests.conftest import CATALOGUE, ROOT
from tests.kit import forked

TOPIC, OTHER = "tuning", "neurons"
NARROW = (  # what nbgrader and what it stands on warn of
    "ignore::sqlalchemy.exc.SAWarning:nbgrader",
    "ignore::DeprecationWarning:nbgrader",
    "ignore::DeprecationWarning:jupyter_core",
    "ignore::ResourceWarning",
)


@functools.cache
def template() -> Path:
    """Make the course that `fresh` copies: released, nothing handed in."""
    folder = Path(tempfile.mkdtemp(prefix="course-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        course, _ = init(folder / "course", CATALOGUE, [TOPIC, OTHER], "Test")
        quietly(release, course, TOPIC)
        quietly(release, course, OTHER)
    return course.folder


def quietly(function, *args):
    logging.disable(logging.WARNING)
    try:
        return function(*args)
    finally:
        logging.disable(logging.NOTSET)


def fresh(folder: Path) -> Course:
    """Return a copy of the course in `folder`, with a gradebook of its own."""
    shutil.copytree(template(), folder / "course")
    return Course.open(folder / "course")


def released(course: Course, name: str = TOPIC) -> str:
    return (course.place("release", ".", name) / f"{name}.ipynb").read_text(encoding="utf-8")


def submit(course: Course, student: str, kind: str | bytes, name: str = TOPIC) -> Path:
    """Hand in a notebook: of a kind of the sample class, or these bytes."""
    if isinstance(kind, str):
        topic = CATALOGUE.topic(name)
        other = (template() / "release" / OTHER / f"{OTHER}.ipynb").read_text(encoding="utf-8")
        kind = hand_in(kind, topic, student, released(course, name), other)
    path = course.place("submitted", student, name) / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(kind)
    return path


def nbgrader(course: Course, *args: str, whole: bool = False) -> subprocess.CompletedProcess[str]:
    """Run an nbgrader command in the course, as an instructor would; `whole`: in a new Python."""
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, "PATH": search, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    if not whole:
        return forked.nbgrader(*args, cwd=course.folder, env=env)
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *args],
        cwd=course.folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def command(*args: object, **env: str) -> subprocess.CompletedProcess:
    """Run a command of the package, as an instructor would."""
    return forked.autograder(*args, env={**os.environ, **env})


def without_rewards(path: Path) -> None:
    """Take the figure and the capstone out of a notebook: a kernel needs long for them."""
    content = json.loads(path.read_text(encoding="utf-8"))
    cells = [c for c in content["cells"] if "reward" not in c["metadata"].get("tags", [])]
    path.write_text(json.dumps({**content, "cells": cells}), encoding="utf-8")


def answer(path: Path, text: str) -> None:
    """Answer every question of a notebook: nbgrader's Validate asks for that."""
    content = json.loads(path.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "markdown" and about.get("solution"):
            cell["source"] = text
    path.write_text(json.dumps(content), encoding="utf-8")


def judge_here(monkeypatch) -> None:
    """Let `grade_all` judge in this process: starting others takes longer than a test has."""

    def run(work, jobs, settings):
        judge = _judge(settings.catalogue, settings.secret, settings.sandbox)
        monkeypatch.setattr(pool, "_judge", judge)
        for number, item in work.items():
            content = pool._grade(item)
            yield number, pool._grade(item) if content["stopped"] else content

    monkeypatch.setattr(pool, "run_here", run)


@functools.cache
def _judge(catalogue: Catalogue, secret: bytes, sandbox: str) -> Judge:
    judge = Judge(catalogue, secret, sandbox)
    judge.__enter__()
    atexit.register(judge.__exit__, None, None, None)
    return judge


def scores(course: Course, name: str = TOPIC) -> dict[str, dict[str, float | None]]:
    """Return the gradebook's scores by student and part, without the topic's questions."""
    by_hand = {question.name for question in CATALOGUE.topic(name).questions}
    with course.gradebook() as gradebook:
        return {
            submission.student.id: {
                grade.name: grade.auto_score
                for notebook in submission.notebooks
                for grade in notebook.grades
                if grade.name not in by_hand
            }
            for submission in gradebook.assignment_submissions(name)
        }
