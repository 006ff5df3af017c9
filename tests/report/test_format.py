"""What `check --json` and `results.json` are said to hold is what they hold."""

from __future__ import annotations

import json
import re
from argparse import Namespace
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.desk import check as command
from autograder.report import terminal, writers
from autograder.report.model import CheckResult, ExerciseResult, Report
from autograder.submission.item import LeftOut
from tests.conftest import ROOT

ENGINE = ROOT / "autograder"
PAGE = (ENGINE / "report" / "README.md").read_text(encoding="utf-8")
TYPES = {
    "text": str,
    "number": (int, float),
    "true or false": bool,
    "list": list,
    "list of text": list,
    "text or null": (str, type(None)),
}


def table(title: str) -> dict[str, tuple[str, set[str]]]:
    """Return the fields that the page names under a title: type, and where they are."""
    part = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([cr ]+) \|", part, re.MULTILINE)
    return {name: (kind, set(places.split())) for name, kind, places in rows}


def statuses(of: str) -> set[str]:
    """Return the words that the page gives for the status of an exercise or a check."""
    part = PAGE.split(f"| status of {of} | when |\n|---|---|\n")[1].split("\n\n")[0]
    return set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE))


def report() -> Report:
    right = CheckResult("shape", "Keeps the shape.", False, 1.0, 1.0, "passed")
    wrong = CheckResult("values", "Adds.", True, 2.0, message="all values are wrong")
    wrong.picture, wrong.svg = {"expected": None}, "<svg/>"
    exercise = ExerciseResult("add", 3.0, [right, wrong], warnings=["line 3: overflow"])
    return Report("sums", "ada", [exercise], level="A", notes=["a note"], seconds=0.5)


def checked() -> dict:
    """Return what `autograder check --json` prints."""
    found = SimpleNamespace(
        report=report(), target=SimpleNamespace(path=Path("sums.py")), passed=False
    )
    look = terminal.look_of(SimpleNamespace(isatty=lambda: False, encoding="utf-8"), plain=True)
    return json.loads(command._answer(found, Namespace(json=True), look))


def graded() -> dict:
    return json.loads(writers.results_json([report()]))["reports"][0]


def levels(content: dict) -> dict[str, dict]:
    exercise = content["exercises"][0]
    return {"Report": content, "Exercise": exercise, "Check": exercise["checks"][1]}


@pytest.mark.parametrize("title", ["Report", "Exercise", "Check"])
@pytest.mark.parametrize(("place", "made"), [("c", checked), ("r", graded)])
def test_the_fields_are_those_of_the_page(title, place, made):
    told = {name for name, (_, places) in table(title).items() if place in places}
    assert set(levels(made())[title]) == told


@pytest.mark.parametrize("title", ["Report", "Exercise", "Check"])
def test_the_types_are_those_of_the_page(title):
    content = levels(checked())[title]
    for name, (kind, _) in table(title).items():
        assert isinstance(content[name], TYPES[kind]), name
        assert isinstance(content[name], bool) == (kind == "true or false"), name


@pytest.mark.parametrize(
    ("of", "model"), [("an exercise", ExerciseResult), ("a check", CheckResult)]
)
def test_the_words_of_a_status_are_those_of_the_model(of, model):
    text = re.search(r"`?status`?.*?(?=\n    \w+ : |\Z)", model.__doc__, re.DOTALL)
    assert text is not None
    assert set(re.findall(r'``"(\w+)"``', text[0])) == statuses(of)


def test_the_judge_gives_no_other_status():
    said = {
        word
        for path in (ENGINE / "judging").glob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "status" in line and "!=" not in line and "==" not in line
        for word in re.findall(r'"(\w+)"', line.split("status", 1)[1])
    }
    assert said
    assert said <= statuses("an exercise") | statuses("a check")


def test_the_format_is_named_and_what_was_written_can_be_read_back():
    content = json.loads(writers.results_json([report()]))
    assert (set(content), content["format"]) == ({"format", "reports", "not_graded"}, 1)
    again = Report.from_dict(content["reports"][0])
    assert writers.results_json([again]) == writers.results_json([report()])
    kept = {field.name for field in fields(CheckResult)} - {"picture"}
    assert kept == set(table("Check")), "a field of the model is not told, or is told and gone"


def test_times_are_where_the_page_says():
    assert json.loads("".join(writers.times_json([report()]))) == {
        "sums/ada": {"total": 0.5, "add": 0.0}
    }


@pytest.mark.parametrize("count", [0, 1, 3])
def test_pieces_are_the_whole_as_json_writes_it(count):
    """A large class is written a report at a time; the bytes are those of one whole."""
    reports, left = [report() for _ in range(count)], [LeftOut("a.txt", "why")] * count
    text = "".join(writers.results_pieces(reports, left))
    content = json.loads(text)
    assert len(content["reports"]) == len(content["not_graded"]) == count
    assert text == json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    assert len(json.loads("".join(writers.times_json(reports)))) == min(count, 1)


def test_an_error_is_one_field(capsys):
    assert command._unusable("no such\nfile", as_json=True) == 2
    assert json.loads(capsys.readouterr().out) == {"error": "no such file"}


def test_gradescopes_file_is_what_the_page_says():
    content = json.loads(writers.gradescope(report()))
    part = PAGE.split("\n## Gradescope's `results.json`\n")[1]
    words = set(re.findall(r"`(\w+)`", part)) - {"passed", "failed", "after_due_date"}
    assert words == set(content) | set(content["tests"][0])
    assert content["tests"][1]["visibility"] == "after_due_date"
