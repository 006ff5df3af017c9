"""Deriving `assignments/` from `solutions/`: stubs, student notebooks, recorded public checks.

Derivation is deterministic: no time, no version, cell ids from names. The student notebook is what
nbgrader's own `generate_assignment` makes of the instructor's, so it is exactly what students get.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from autograder.build.alternatives import locked_ways
from autograder.build.differences import difference
from autograder.build.notebooks import BuildError, authors_code, student_notebooks
from autograder.topic.catalogue import RECORD, AuthoredTopic, Catalogue
from autograder.topic.live import LiveSource
from autograder.topic.locked import WAYS
from autograder.topic.record import record_topic, write_record
from autograder.topic.seeds import seeder

__all__ = ["build", "differences", "trial_build"]

SIZE_LIMIT = 300_000
_MANY = 4
"""Topics for which a process of its own is worth its start."""

CONFTEST = '''"""Lets `pytest` run this topic's public checks."""

from autograder.pytest_plugin import pytest_collect_file  # noqa: F401
'''


def _derive_all(catalogue: Catalogue, names: Sequence[str], folder: Path) -> list[AuthoredTopic]:
    """Write everything derived from the topics (all by default) below `folder`; return them.

    Many are derived on all cores: each process takes some, for what nbgrader takes to start.
    """
    names = names or catalogue.names()
    jobs = min(os.cpu_count() or 1, len(names) // _MANY)
    if jobs < 2:
        _derive_some(catalogue, folder, names)
    else:
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(jobs, spawn) as pool:
            shares = [names[share::jobs] for share in range(jobs)]
            for _ in pool.map(partial(_derive_some, catalogue, folder), shares):
                pass  # a share's error is raised here
    return [catalogue.topic(name) for name in names]


def _derive_some(catalogue: Catalogue, folder: Path, names: Sequence[str]) -> None:
    _derive([catalogue.topic(name) for name in names], folder)


def _derive(topics: Sequence[AuthoredTopic], folder: Path) -> None:
    """Write everything derived from `topics` below `folder`."""
    for topic in topics:
        with authors_code(topic, "its code"):
            _announced(topic)
    notebooks = student_notebooks(topics)
    for topic in topics:
        place = folder / topic.name
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{topic.name}.py").write_text(
            topic.chapter.without_solutions(), encoding="utf-8", newline="\n"
        )
        (place / f"{topic.name}.ipynb").write_text(
            notebooks[topic.name], encoding="utf-8", newline="\n"
        )
        (place / "conftest.py").write_text(CONFTEST, encoding="utf-8", newline="\n")
        source = LiveSource(topic, seeder(b"public", topic.name), hidden=False)
        with authors_code(topic, "its code"):
            write_record(place / RECORD, record_topic(source))
            ways = locked_ways(topic, source)
        if ways:
            (place / WAYS).write_text(ways, encoding="utf-8", newline="\n")
        size = (place / RECORD).stat().st_size
        if size > SIZE_LIMIT:
            raise BuildError(
                f"{topic.name}: the recorded checks take {size:,} bytes, the limit is "
                f"{SIZE_LIMIT:,}: use smaller arrays in the public checks"
            )


def _announced(topic: AuthoredTopic) -> None:
    """Hold that the text above an exercise names what it is to be written without.

    Raises
    ------
    BuildError
        It does not.
    """
    forbidden = {exercise.name: exercise.forbid for exercise in topic.exercises}
    above = ""
    for cell in topic.chapter.cells:
        above += cell.source if cell.kind == "markdown" else ""
        for name in set(cell.defines()) & set(topic.chapter.parts):
            unsaid = [word for word in forbidden[name] if f"`{word}`" not in above]
            if unsaid:
                raise BuildError(
                    f"{topic.name}: {name} is to be written without {', '.join(unsaid)}, and the "
                    "text above it does not say so: name them there, between backticks"
                )
            above = ""


_HEAD = """\
| topic | exercises | points | questions | points by hand | checks | misconceptions |
|---|---|---|---|---|---|---|
"""
_TABLE = re.compile(r"(?<=<!-- topics -->\n).*?(?=<!-- /topics -->)", re.DOTALL)
_ROW = re.compile(r"^\| `(\w+)` .*\n", re.MULTILINE)


def _row(topic: AuthoredTopic) -> str:
    """Return a topic's row of the README's table."""
    checks = sum(len(exercise.checks) for exercise in topic.exercises)
    beliefs = sum(len(exercise.misconceptions) for exercise in topic.exercises)
    points = sum(exercise.points for exercise in topic.exercises)
    by_hand = sum(question.points for question in topic.questions)
    return (
        f"| `{topic.name}` {topic.title} | {len(topic.exercises)} | {points:g} "
        f"| {len(topic.questions)} | {by_hand:g} | {checks} | {beliefs} |\n"
    )


def _readme(catalogue: Catalogue, topics: Sequence[AuthoredTopic]) -> tuple[Path, str] | None:
    """Return the README with the rows of `topics` renewed, if that changes it."""
    path = catalogue.root / "README.md"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    table = _TABLE.search(text)
    if table is None:
        return None
    rows = {row[1]: row[0] for row in _ROW.finditer(table[0])}
    rows |= {topic.name: _row(topic) for topic in topics}
    renewed = _HEAD + "".join(rows[name] for name in catalogue.names() if name in rows)
    told = text[: table.start()] + renewed + text[table.end() :]
    return (path, told) if told != text else None


def build(catalogue: Catalogue, names: Sequence[str] = ()) -> list[Path]:
    """Derive the topics (all by default), each into its own root; return the files that changed."""
    return [path for part, chosen in _by_root(catalogue, names) for path in _build(part, chosen)]


def trial_build(topic: AuthoredTopic) -> None:
    """Derive a topic and keep nothing of it.

    Raises
    ------
    BuildError, ChapterError
        It cannot be derived.
    """
    with tempfile.TemporaryDirectory() as folder:
        _derive([topic], Path(folder))


def _by_root(
    catalogue: Catalogue, names: Sequence[str]
) -> Iterator[tuple[Catalogue, Sequence[str]]]:
    """Yield each root that is concerned, with those of the topics that are there."""
    where = {name: catalogue.topic(name).root for name in names or catalogue.names()}
    for part in catalogue.apart():
        chosen = [name for name in names if where[name] == part.root]
        if part.authored and (chosen or not names):
            yield part, chosen


def _build(catalogue: Catalogue, names: Sequence[str]) -> list[Path]:
    with tempfile.TemporaryDirectory() as folder:
        topics = _derive_all(catalogue, names, Path(folder))
        changed = []
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                target = catalogue.root / "assignments" / path.relative_to(folder)
                if difference(path, target):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(path.read_bytes())
                    changed.append(target)
    changed += _remove_strays(catalogue, names)
    table = _readme(catalogue, topics)
    if table:
        table[0].write_text(table[1], encoding="utf-8", newline="\n")
        changed.append(table[0])
    return changed


def _remove_strays(catalogue: Catalogue, names: Sequence[str]) -> list[Path]:
    """Remove what a topic that is no longer there left behind."""
    strays = [] if names else _strays(catalogue)
    for path in strays:
        path.unlink()
    return strays


def _strays(catalogue: Catalogue) -> list[Path]:
    known = set(catalogue.names())
    return [
        path
        for path in sorted((catalogue.root / "assignments").glob("*/*"))
        if path.is_file() and path.parent.name not in known
    ]


def differences(catalogue: Catalogue, names: Sequence[str] = ()) -> list[str]:
    """Return how `assignments/` differs from what would be derived: readable diffs."""
    parts = _by_root(catalogue, names)
    return [found for part, chosen in parts for found in _differences(part, chosen)]


def _differences(catalogue: Catalogue, names: Sequence[str]) -> list[str]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        topics = _derive_all(catalogue, names, Path(folder))
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                inner = path.relative_to(folder)
                found += difference(path, catalogue.root / "assignments" / inner)
    if not names:
        found += [
            f"{path.relative_to(catalogue.root)}: no topic in solutions/ gives this file"
            for path in _strays(catalogue)
        ]
    if _readme(catalogue, topics):
        found.append("README.md: the table of topics is out of date")
    return found
