"""``autograder progress``: the topics, what is done, the points. Nothing leaves the machine.

A topic is judged again only when its file or its checks changed; results are kept in the user's
cache folder (``GRADUS_CACHE_DIR`` says where else).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.desk.check import add_root
from autograder.desk.selfcheck import run
from autograder.desk.target import Target, TargetError, find_target
from autograder.report import terminal
from autograder.report.model import points_text, rounded
from autograder.submission.cells import SubmissionError
from autograder.submission.reading import MAX_NOTEBOOK, read_bytes
from autograder.topic.catalogue import Catalogue, CatalogueError
from autograder.topic.record import RecordedSource, RecordError
from autograder.topic.roots import Roots
from autograder.version import __version__

__all__ = ["Standing", "main", "standing", "standings"]


@dataclass(frozen=True)
class Standing:
    """How far one topic is.

    `next` is the exercise to go on with; `problem` says why there is no standing.
    """

    topic: str
    done: int = 0
    exercises: int = 0
    earned: float = 0.0
    points: float = 0.0
    next: str = ""
    problem: str = ""


def _home() -> Path:
    """Return the home folder; where there is none, that of what may be lost."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(tempfile.gettempdir())


def cache_folder() -> Path:
    """Return where results are kept."""
    told = os.environ.get("GRADUS_CACHE_DIR")
    if told:
        return Path(told) / "progress"
    if os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA") or _home() / "AppData/Local")
    elif sys.platform == "darwin":
        base = _home() / "Library/Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or _home() / ".cache")
    return base / "gradus" / "progress"


def standing(target: Target) -> Standing:
    """Judge a topic, or recall the result for the same file and checks."""
    digest = hashlib.sha256(__version__.encode())
    for path in (target.path, target.record):
        digest.update(path.name.encode() + b"\0" + read_bytes(path, MAX_NOTEBOOK))
    kept = cache_folder() / f"{digest.hexdigest()[:32]}.json"
    try:
        return Standing(**json.loads(kept.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        pass
    found = _judged(target)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(asdict(found)), encoding="utf-8")
    except OSError:
        pass  # a read-only home costs only time
    return found


def _judged(target: Target) -> Standing:
    report = run(target).report
    _, following = terminal.following(report)
    return Standing(
        target.topic,
        sum(exercise.passed for exercise in report),
        len(report.exercises),
        report.earned,
        report.points,
        following.name if following else "",
    )


def standings(catalogue: Catalogue, root: Roots = None) -> Iterator[Standing]:
    """Yield how far each topic is."""
    for name in catalogue.released():
        try:
            yield standing(find_target(name, root=root))
        except TargetError:
            exercises = RecordedSource(catalogue.record(name)).exercises
            points = sum(exercise.points for exercise in exercises)
            yield Standing(name, exercises=len(exercises), points=points, problem="not started")
        except (SubmissionError, RecordError, OSError) as problem:
            yield Standing(name, problem=str(problem))


def line(topic: Standing, wide: int, look: terminal.Look) -> str:
    """Write one topic."""
    if topic.problem and not topic.exercises:
        return look.wrap(f"{topic.topic:<{wide}}  {terminal.clean(topic.problem)}", 0, wide + 2)
    width = 20 if look.width >= 72 else 8
    filled = round(width * topic.done / max(1, topic.exercises))
    drawn = look.sign("█") * filled + look.sign("░") * (width - filled)
    points = f"{points_text(topic.earned)}/{points_text(topic.points)}"
    told = topic.problem or (f"next: {topic.next}" if topic.next else "done")
    text = (
        f"{topic.topic:<{wide}}  {drawn} {topic.done:>2}/{topic.exercises:<2} {points:>9}  {told}"
    )
    return look.paint(text, "green") if topic.done == topic.exercises else text


def main(argv: Sequence[str]) -> int:
    """Run ``autograder progress`` and return its exit code."""
    made = argparse.ArgumentParser(
        prog="autograder progress",
        description="The topics, what is done, and the points of the public checks. Nothing leaves "
        "this machine.",
        allow_abbrev=False,
    )
    add_root(made)
    made.add_argument("--json", action="store_true", help="for programs")
    try:
        options = made.parse_args(argv)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    look = terminal.look_of(sys.stdout)
    try:
        catalogue = Catalogue.find(options.root)
        names = catalogue.released()
        if not names:
            raise CatalogueError("no topics found: run it in the release's folder, or give --root")
        found = []
        wide = max(map(len, names))
        for topic in standings(catalogue, options.root):
            found.append(topic)
            if not options.json:
                terminal.write(sys.stdout, line(topic, wide, look) + "\n")
    except (CatalogueError, RecordError) as problem:
        terminal.write(sys.stderr, f"autograder: {' '.join(str(problem).split())}\n")
        return 2
    earned = rounded(sum(topic.earned for topic in found))
    points = rounded(sum(topic.points for topic in found))
    if options.json:
        content = {
            "topics": [asdict(topic) for topic in found],
            "earned": earned,
            "points": points,
        }
        terminal.write(sys.stdout, json.dumps(content, indent=1) + "\n")
    else:
        done = sum(topic.done for topic in found)
        total = sum(topic.exercises for topic in found)
        told = f"{points_text(earned)} of {points_text(points)} points, {done} of {total} exercises"
        terminal.write(sys.stdout, f"\n{look.paint(told, 'bold')}\n")
    return 0
