"""A class of any size whose judge takes no time: what is left is all that is done around it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from autograder.grading import cluster, pool, run
from autograder.report.model import CheckResult, ExerciseResult, Report
from autograder.submission.item import Item
from autograder.topic.catalogue import AuthoredTopic
from tests.kit.battery import topic

TOPICS = ("tuning", "activations", "regularization", "landscapes")
LINKS = 30_000  # names that a file may have: some file systems allow 65,000


def hand_in(folder: Path, count: int) -> None:
    """Put `count` submissions into `folder`, four of each student; all are one file's names."""
    first: dict[str, Path] = {}
    for number in range(count):
        name = TOPICS[number % len(TOPICS)]
        path = folder / f"s{number // len(TOPICS):06}" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        if number // len(TOPICS) % LINKS:
            os.link(first[name], path)
        else:
            path.write_text(topic(name).chapter.text, encoding="utf-8")
            first[name] = path


def verdict(item: Item) -> dict[str, Any]:
    """Return what a judge would send: every exercise, every third of them wrong."""
    exercises = []
    for place, exercise in enumerate(topic(item.topic).exercises):
        wrong = place % 3 == 0
        checks = [
            CheckResult(
                check.name,
                check.sentence,
                check.hidden,
                check.weight,
                0.0 if wrong else check.weight,
                status="failed" if wrong else "passed",
                message="expected 1.5, got 2.5 in row 3" if wrong else "",
            )
            for check in exercise
        ]
        result = ExerciseResult(exercise.name, exercise.points, checks)
        result.status = "failed" if wrong else "passed"
        exercises.append(result)
    return Report(item.topic, item.student, exercises, level="A", official=True).to_dict()


def instant(monkeypatch: Any) -> None:
    """Let the judges of this machine, and those of a cluster, answer at once."""
    verdicts: dict[str, dict[str, Any]] = {}

    def told(item: Item) -> dict[str, Any]:
        if item.topic not in verdicts:
            verdicts[item.topic] = verdict(item)
        return {**verdicts[item.topic], "student": item.student}

    def here(work: Mapping[int, Item], *_: object) -> Iterator[tuple[int, dict[str, Any]]]:
        yield from ((number, told(item)) for number, item in work.items())

    monkeypatch.setattr(pool, "run_here", here)
    monkeypatch.setattr(cluster, "judge_there", at_once)
    monkeypatch.setattr(run, "fingerprints", prints)


def prints(found: AuthoredTopic) -> dict[str, str]:
    """Stand for the fingerprints of a topic, which is not loaded again for them."""
    return {exercise.name: "1" for exercise in topic(found.name).exercises}


def at_once(task: cluster.Task, sandbox: str) -> dict[str, object]:
    """Stand for `judge_there` on a worker of a cluster."""
    return verdict(Item(task.student, task.topic, Path(task.name)))
