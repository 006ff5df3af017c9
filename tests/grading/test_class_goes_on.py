"""One submission never stops the class, and a fault of the grader's is never a grade."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from autograder.cli.main import main
from autograder.grading import pool, run
from autograder.institution.exports import export
from autograder.institution.results import load
from autograder.institution.stats import topic_stats
from autograder.judging.official import Judge, broken, load_secret
from autograder.report.model import CheckResult, ExerciseResult, Report
from autograder.submission.item import Item
from tests.conftest import CATALOGUE
from tests.kit.courses import judge_here

TOPIC = "tuning"
RIGHT = """import numpy as np

def initial_loss(shares):
    seen = shares[shares > 0]
    return float(np.log(len(shares))), float(-np.sum(seen * np.log(seen)))
"""
FAULTS = {
    "judged": (Judge, "grade", RuntimeError("boom \ud800")),
    "read": (Judge, "grade_file", UnicodeEncodeError("utf-8", "\ud800", 0, 1, "no")),
    "drawn": (run, "report_page", ValueError("boom")),
}


class Done(NamedTuple):
    exit_code: int
    output: str


@pytest.fixture
def command(capsys):
    def run(*args: object) -> Done:
        code = main([str(arg) for arg in args])
        told = capsys.readouterr()
        return Done(code, told.out + told.err)

    return run


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    """One secret for all classes here, and so one judge."""
    path = tmp_path_factory.mktemp("secret") / "secret"
    load_secret(path)
    return path


@pytest.fixture
def graded(tmp_path, monkeypatch, command, secret):
    """Grade `ada`, `mallory` and `zoe`, where something fails on mallory alone."""
    judge_here(monkeypatch)

    def grade(place=None, **files: str | bytes):
        for name in ("ada", "zoe"):
            files[f"{name}_{TOPIC}.py"] = RIGHT
        files.setdefault(f"mallory_{TOPIC}.py", RIGHT)
        (tmp_path / "in").mkdir()
        for name, content in files.items():
            raw = content if isinstance(content, bytes) else content.encode()
            (tmp_path / "in" / name).write_bytes(raw)
        if place:
            _fail(monkeypatch, *place)
        out = tmp_path / "out"
        return command("grade", tmp_path / "in", "--out", out, "--secret", secret), out

    return grade


def _fail(monkeypatch, owner, name, error) -> None:
    real = getattr(owner, name)

    def fail(*args, **options):
        whose = [str(getattr(arg, "student", arg)) for arg in args]
        if any("mallory" in one for one in whose) and getattr(args[0], "exercises", True):
            raise error
        return real(*args, **options)

    monkeypatch.setattr(owner, name, fail)


def _points(out) -> dict[str, float]:
    reports = json.loads((out / "results.json").read_text(encoding="utf-8"))["reports"]
    return {report["student"]: report["earned"] for report in reports}


@pytest.mark.parametrize("fault", ["judged", "read"])
def test_a_fault_of_ours_is_no_grade_anywhere(graded, command, fault, tmp_path):
    done, out = graded(FAULTS[fault])
    assert done.exit_code == 1, done.output
    assert "mallory" in done.output and "no verdict" in done.output
    assert _points(out)["ada"] == _points(out)["zoe"] > 0
    rows = list(csv.DictReader((out / "results.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["earned"] for row in rows if row["student"] == "mallory"} == {""}
    assert all(row["earned"] for row in rows if row["student"] == "ada")
    assert "no verdict" in (out / "index.html").read_text(encoding="utf-8")
    results = load(out)
    for kind in ("canvas", "moodle"):
        (written,), _ = export(results, kind, tmp_path / kind)
        assert "mallory" not in written.read_text(encoding="utf-8")
    files, _ = export(results, "gradescope", tmp_path / "g")
    assert sorted(path.stem for path in files) == ["ada", "zoe"]
    export(results, "junit", tmp_path / "j")
    suite = ElementTree.parse(tmp_path / "j" / TOPIC / "mallory.xml").getroot()
    assert suite.get("failures") == "0" and suite.get("errors") == suite.get("tests") != "0"
    assert topic_stats(results.of(TOPIC)).scores == [_points(out)["ada"]] * 2
    told = command("export", out, "--format", "canvas")
    assert told.exit_code == 1 and "no grade: mallory" in told.output


def test_what_failed_is_graded_by_the_next_run(graded, command, secret, tmp_path, monkeypatch):
    _, out = graded(FAULTS["judged"])
    monkeypatch.undo()
    judge_here(monkeypatch)
    done = command("grade", tmp_path / "in", "--out", out, "--resume", "--secret", secret)
    assert done.exit_code == 0, done.output
    assert _points(out)["mallory"] > 0


def test_a_page_that_cannot_be_drawn_costs_itself_alone(graded):
    done, out = graded(FAULTS["drawn"])
    assert done.exit_code == 0
    assert set(_points(out).values()) == {_points(out)["ada"]}
    assert "cannot be shown" in (out / TOPIC / "mallory.html").read_text(encoding="utf-8")
    assert "initial_loss" in (out / TOPIC / "ada.html").read_text(encoding="utf-8")


HOSTILE = {
    "tags": {f"mallory_{TOPIC}.py": "# %% tags=[[oops], {\n" + RIGHT},
    "many cells": {f"mallory_{TOPIC}.py": RIGHT + "# %%\n1\n" * 36_000},
    "empty cells": {
        f"mallory_{TOPIC}.ipynb": json.dumps(
            {
                "cells": [{"cell_type": "code", "source": "", "metadata": {}}] * 40_000,
                "metadata": {},
                "nbformat": 4,
                "nbformat_minor": 5,
            }
        ),
        f"mallory_{TOPIC}.py": "",
    },
    "surrogate": {
        f"mallory_{TOPIC}.ipynb": json.dumps(
            {
                "cells": [
                    {"cell_type": "code", "source": RIGHT + f"# {chr(0xD800)}", "metadata": {}},
                    {"cell_type": "code", "source": "x = '\udfff'\n1/0", "metadata": {}},
                ],
                "metadata": {},
                "nbformat": 4,
                "nbformat_minor": 5,
            }
        ),
        f"mallory_{TOPIC}.py": "",
    },
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_hostile_costs_no_other(graded, kind):
    done, out = graded(**HOSTILE[kind])
    assert done.exit_code in (0, 1), done.output
    points = _points(out)
    assert points["ada"] == points["zoe"] > 0
    assert any(name.startswith("mallory") for name in points)
    assert "Traceback" not in done.output


def test_a_topic_that_cannot_be_read_is_told_for_its_own_submissions(tmp_path):
    (tmp_path / "solutions" / "cooking").mkdir(parents=True)
    topic = CATALOGUE.topic(TOPIC)
    report = broken(topic, "ada", "why")
    assert report.broken == "why" and report.earned == 0
    lost = broken(type(topic)("cooking", tmp_path), "ada", "why")
    assert lost.broken.startswith("why; cooking") and not lost.exercises


def test_names_that_capitals_alone_tell_apart_have_pages_of_their_own(graded):
    _, out = graded(**{f"ADA_{TOPIC}.py": RIGHT.replace("-np.sum", "np.sum")})
    pages = [path.name.casefold() for path in (out / TOPIC).glob("*.html")]
    assert len(pages) == len(set(pages)) == 4


def waited(student: str, stopped: str) -> dict:
    check = CheckResult("a", "Adds.", False, 1.0, status="error")
    return Report(TOPIC, student, [ExerciseResult("f", 1.0, [check])], stopped=stopped).to_dict()


@pytest.mark.parametrize("stopped", ["computing", "waiting"])
def test_what_a_limit_of_time_stopped_is_tried_again_alone_before_it_stands(monkeypatch, stopped):
    items = {n: Item(name, TOPIC, Path(name)) for n, name in enumerate(("ada", "bo", "cy"))}
    first = [(0, waited("ada", stopped)), (1, waited("bo", "")), (2, "the grader failed")]
    alone = []

    def again(item, settings):
        alone.append(item.student)
        return waited(item.student, "")

    monkeypatch.setattr(pool, "_alone", again)
    seen = dict(pool._looked_twice(first, items, pool.Settings(CATALOGUE, b"", "best")))
    assert alone == ["ada"]
    assert not Report.from_dict(seen[0]).stopped
    assert seen[2] == "the grader failed" and list(seen) == [1, 2, 0]


def test_a_verdict_of_the_wall_clock_is_marked_and_not_kept(tmp_path, monkeypatch):
    (tmp_path / "ada.py").write_text(RIGHT, encoding="utf-8")
    items = [Item("ada", TOPIC, tmp_path / "ada.py")]
    monkeypatch.setattr(
        pool, "run_here", lambda work, *rest: [(n, waited("ada", "waiting")) for n in work]
    )
    (report,) = run.grade_all(items, CATALOGUE, b"s" * 64, tmp_path / "store")
    assert report.notes == [pool.DOUBTFUL]
    assert not list((tmp_path / "store").rglob("*.json"))


class Slow:
    """A judge that is too slow the first times."""

    def __init__(self, *ways: str) -> None:
        self.ways, self.level = list(ways), "A"

    def grade_file(self, path, topic, student, key=None, only=None) -> Report:
        return Report(topic, student, [ExerciseResult("f", 1.0)], stopped=self.ways.pop(0))


@pytest.mark.parametrize(
    ("ways", "left", "notes"),
    [
        ([""], 0, []),
        (["computing", ""], 0, []),
        (["waiting", "computing"], 0, []),
        (["waiting", "waiting"], 0, [pool.DOUBTFUL]),
        (["", "waiting"], 1, []),
    ],
)
def test_what_is_graded_by_itself_is_tried_twice_too(ways, left, notes):
    judge = Slow(*ways)
    report = pool.settled(judge, Item("ada", TOPIC, Path("ada.py")))
    assert (len(judge.ways), report.notes) == (left, notes)
