"""Classroom 50's ``result.json``, held to the rules of its own collector."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from autograder.institution.classroom import autograder_script, main
from autograder.topic.record import RecordedSource
from tests.conftest import CATALOGUE
from tests.kit.courses import command

TOPIC = "optimizers"
SOURCE = RecordedSource(CATALOGUE.record(TOPIC))
ABOUT = {
    "CLASSROOM": "dl-2026",
    "ASSIGNMENT": "optimizers",
    "USERNAME": "alice",
    "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    "COMMIT_URL": "https://github.example/o/r/commit/a1b2c3d",
    "RELEASE_URL": "https://github.example/o/r/releases/tag/submit%2Fx",
}


def whole(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def valid(payload):
    """Hold what `collect_scores.py` of Classroom 50 asks of a result."""
    assert payload["schema"] == "classroom50/result/v1"
    assert payload["usernames"] == ["alice"] and payload["owner"] == "alice"
    assert payload["assignment_type"] == "individual"
    assert payload["submission"].startswith("submit/")
    for name in ("classroom", "assignment", "commit", "release", "review", "datetime"):
        assert isinstance(payload[name], str) and payload[name]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", payload["datetime"])
    assert whole(payload["score"]) and whole(payload["max-score"])
    assert payload["score"] <= payload["max-score"]
    for test in payload["tests"]:
        assert isinstance(test["test-name"], str) and test["test-name"]
        assert isinstance(test["passed"], bool)
        assert whole(test["score"]) and whole(test["max-score"])
        assert test["score"] <= test["max-score"]
    for name in ("score", "max-score"):
        assert payload[name] == sum(test[name] for test in payload["tests"])
    assert len({test["test-name"] for test in payload["tests"]}) == len(payload["tests"])


def run_there(folder, content):
    """Run the script as Classroom 50's runner does: in the student's checkout."""
    bundle, checkout = folder / "bundle", folder / "checkout"
    for place in (bundle, checkout):
        place.mkdir()
    (bundle / "autograder.py").write_text(autograder_script(TOPIC), encoding="utf-8")
    if content is not None:
        (checkout / f"{TOPIC}.py").write_text(content, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(bundle / "autograder.py")],
        cwd=checkout,
        env={**os.environ, **ABOUT, "GRADUS_ROOT": str(CATALOGUE.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    payload = json.loads((checkout / "result.json").read_text(encoding="utf-8"))
    valid(payload)
    return payload, (checkout / "release-body.md").read_text(encoding="utf-8")


def test_a_right_file_passes_every_public_check(tmp_path):
    payload, body = run_there(tmp_path, CATALOGUE.topic(TOPIC).chapter.text)
    assert all(test["passed"] for test in payload["tests"])
    assert len(payload["tests"]) == sum(len(exercise.checks) for exercise in SOURCE.exercises)
    assert payload["score"] == payload["max-score"]
    points = sum(exercise.points for exercise in SOURCE.exercises)
    assert payload["max-score"] == pytest.approx(100 * points, abs=len(payload["tests"]))
    assert body.startswith(f"### {TOPIC}: ")


def test_a_stub_passes_nothing_and_counts_as_much(tmp_path):
    payload, body = run_there(tmp_path, CATALOGUE.topic(TOPIC).chapter.without_solutions())
    assert payload["score"] == 0 < payload["max-score"]
    assert "to write" in body


@pytest.mark.parametrize("content", [None, "x = 1\n", "import os\nos._exit(3)\n"])
def test_what_cannot_be_checked_is_zero_of_all_there_is_and_says_why(tmp_path, content):
    payload, body = run_there(tmp_path, content)
    assert payload["score"] == 0 and len(payload["tests"]) > 20
    points = sum(exercise.points for exercise in SOURCE.exercises)
    assert payload["max-score"] == pytest.approx(100 * points, abs=len(payload["tests"]))
    assert len(body.splitlines()) > 3 and body.count("```") == 2


def test_outside_of_classroom_50_it_says_so(monkeypatch, capsys):
    for name in ABOUT:
        monkeypatch.delenv(name, raising=False)
    assert main([TOPIC]) == 2
    assert "this runs in Classroom 50: CLASSROOM," in capsys.readouterr().err


def test_the_command_writes_the_script(tmp_path):
    done = command("workflow", TOPIC, "--classroom50", "dl-2026", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    written = tmp_path / "dl-2026" / "autograders" / TOPIC / "autograder.py"
    assert written.read_text(encoding="utf-8") == autograder_script(TOPIC)
    done = command("workflow", TOPIC, "--classroom50", "../x", "--out", tmp_path)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
