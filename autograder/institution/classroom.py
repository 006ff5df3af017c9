"""Classroom 50: its ``result.json`` (schema ``classroom50/result/v1``) from the public checks.

GitHub Classroom ended on 28 August 2026. What is written follows Classroom 50's wiki (Autograders)
and the validator of its ``collect_scores.py``: names and points are as they ask, all scores whole
numbers, so they count hundredths of a point here. Older runners ask for ``usernames``, newer ones
for ``owner``; both are there. It was held to those rules, not run on Classroom 50 itself.

Only the public checks run there: a configuration repository and its pages are no place for a
secret. Grades come from official grading.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from autograder.report.templating import fill_text
from autograder.topic.catalogue import Catalogue, CatalogueError
from autograder.topic.record import RecordedSource
from autograder.values.table import Table

__all__ = ["autograder_script", "classroom_result", "main"]

_SCHEMA = "classroom50/result/v1"
_NEEDED = ("CLASSROOM", "ASSIGNMENT", "USERNAME", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL")


def autograder_script(topic: str) -> str:
    """Return the ``autograder.py`` that checks one topic."""
    return fill_text(Path(__file__).parent / "templates" / "classroom50.py.txt", topic=topic)


def classroom_result(report: Table, about: Mapping[str, str], when: datetime) -> Table:
    """Return the content of ``result.json``.

    Parameters
    ----------
    report : mapping
        What ``autograder check --json`` says.
    about : mapping
        The environment that Classroom 50's runner gives.
    when : datetime
    """
    tests = [
        {
            "test-name": f"{exercise['name']}: {check['sentence']}",
            "passed": check["status"] == "passed",
            "score": min(_hundredths(check["earned"]), _hundredths(check["points"])),
            "max-score": _hundredths(check["points"]),
        }
        for exercise in report["exercises"]
        for check in exercise["checks"]
        if not check["hidden"]
    ]
    owner = about["USERNAME"]
    return {
        "schema": _SCHEMA,
        "classroom": about["CLASSROOM"],
        "assignment": about["ASSIGNMENT"],
        "assignment_type": about.get("ASSIGNMENT_TYPE") or "individual",
        "owner": about.get("OWNER") or owner,
        "usernames": [owner],
        "submission": about["SUBMISSION_TAG"],
        "commit": about["COMMIT_URL"],
        "release": about["RELEASE_URL"],
        "review": about.get("REVIEW_URL") or about["COMMIT_URL"],
        "datetime": when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }


def _hundredths(points: float) -> int:
    return max(0, round(100 * points))


def _nothing_of(topic: str) -> Table:
    """Return a report in which nothing passes: what was pushed cannot be checked."""
    source = RecordedSource(Catalogue.find().record(topic))
    exercises = []
    for exercise in source.exercises:
        total = sum(check.weight for check in exercise) or 1.0
        checks = [
            {
                "sentence": check.sentence,
                "status": "waiting",
                "hidden": check.hidden,
                "earned": 0.0,
                "points": exercise.points * check.weight / total,
            }
            for check in exercise
        ]
        exercises.append({"name": exercise.name, "checks": checks})
    return {"exercises": exercises}


def main(argv: Sequence[str] | None = None) -> int:
    """Check the topic in the working directory; write ``result.json`` and ``release-body.md``.

    The exit code is 0 whatever was found, and 2 where nothing could be written: then the runner
    says so.
    """
    given = sys.argv[1:] if argv is None else list(argv)
    missing = [name for name in _NEEDED if not os.environ.get(name)]
    if len(given) != 1 or missing:
        told = f"{', '.join(missing)} is not set" if missing else "give the topic's name"
        print(f"autograder: this runs in Classroom 50: {told}", file=sys.stderr)
        return 2
    (topic,) = given
    check = [sys.executable, "-m", "autograder", "check", topic, "--topic", topic, "--plain"]
    report = _said([*check, "--json"])
    try:
        told = report.get("error", "")
        found = _nothing_of(topic) if told or "exercises" not in report else report
    except CatalogueError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 2
    result = classroom_result(found, os.environ, datetime.now(UTC))
    Path("result.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    body = told or subprocess.run(check, capture_output=True, text=True, check=False).stdout
    Path("release-body.md").write_text(_body(topic, result, body), encoding="utf-8")
    return 0


def _said(command: Sequence[str]) -> Table:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found: Table = json.loads(done.stdout)
    except ValueError:
        last = (done.stderr.strip().splitlines() or ["the check ended without a word"])[-1]
        return {"error": last[:500]}
    return found


def _body(topic: str, result: Table, text: str) -> str:
    """Return the text of the release; what a student wrote stays inside its fence."""
    score, total = result["score"] / 100, result["max-score"] / 100
    fenced = text.replace("```", "'''")
    head = f"### {topic}: {score:g} of {total:g} points by the public checks"
    return f"{head}\n\n```\n{fenced}\n```\n"
