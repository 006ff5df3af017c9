"""Grading a folder of submissions: found, graded in parallel, kept, and resumed.

Each report is one file, written whole or not at all, keyed by all it depends on; so an interrupted
run loses nothing, and `--resume` grades only what is new or changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, overload
from urllib.parse import quote

from autograder.grading import pool
from autograder.grading.cluster import dask_address, run_on_dask
from autograder.grading.files import safe_name, write_whole
from autograder.grading.item import Item
from autograder.judging.official import GradeError, unreadable
from autograder.report.figure import Drawn
from autograder.report.model import Report
from autograder.report.pages import index_page, report_page
from autograder.report.writers import results_csv, results_json, times_json
from autograder.submission.cells import MAX_NOTEBOOK, SubmissionError, read_submission
from autograder.topic.catalogue import Catalogue
from autograder.topic.fingerprint import fingerprints

__all__ = ["Grading", "collect", "grade_all", "keep_places", "write_results"]

SUBMISSIONS = Path(".gradus") / "submissions.json"
_SUFFIXES = (".ipynb", ".py")
_SEARCHED = 1 << 20  # bytes of a file that is opened to tell its topic


def collect(folder: Path, catalogue: Catalogue, topic: str | None = None) -> list[Item]:
    """List what is to be graded: one file or one folder per student.

    Parameters
    ----------
    folder : Path
    catalogue : Catalogue
    topic : str, optional
        The assignment; by default the file's name tells, then the functions it defines.

    Raises
    ------
    GradeError
        If there is nothing to grade.
    """
    if not folder.is_dir():
        raise GradeError(f"{folder} is not a folder: give the folder that holds the submissions")
    finder = _Finder(catalogue, topic)
    items: list[Item] = []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith((".", "__")):
            continue
        if entry.is_dir() and not entry.is_symlink():
            items += finder.student(entry)
        elif entry.suffix in _SUFFIXES:
            items.append(finder.item(entry.stem, entry))
    if not items:
        raise GradeError(f"{folder} holds no .py or .ipynb file and no folder of a student")
    return items


class _Finder:
    """Tells which topic a file is for."""

    def __init__(self, catalogue: Catalogue, topic: str | None) -> None:
        self._names = catalogue.names()
        if topic is not None:
            catalogue.topic(topic)
        self._topic = topic
        self._functions = {
            name: frozenset(catalogue.topic(name).chapter.parts) for name in self._names
        }

    def student(self, folder: Path) -> list[Item]:
        """List the items of one student's folder (one file a topic; the notebook wins)."""
        try:
            files = sorted(path for path in folder.rglob("*") if path.suffix in _SUFFIXES)
        except OSError as error:
            files, reason = [], f"the folder cannot be read: {error.strerror}"
        else:
            reason = "no .py or .ipynb file was handed in"
        files = [path for path in files if ".ipynb_checkpoints" not in path.parts]
        found: dict[str, Item] = {}
        for path in files:
            item = self.item(folder.name, path)
            if item.topic not in found or found[item.topic].problem:
                found[item.topic] = item
        if found:
            return list(found.values())
        topic = self._topic or self._names[0]
        return [Item(folder.name, topic, folder, reason)]

    def item(self, student: str, path: Path) -> Item:
        """Return the item for one file."""
        if self._topic:
            return Item(student, self._topic, path)
        for name in self._names:
            if re.search(rf"(^|[^a-z]){re.escape(name)}([^a-z]|$)", path.stem.lower()):
                owner = re.sub(rf"[_-]?{re.escape(name)}[_-]?", "", student, flags=re.IGNORECASE)
                return Item(owner or student, name, path)
        if _large(path):
            reason = f"{path.name} is too large to be searched for its topic: name it after one"
            return Item(student, self._names[0], path, reason)
        try:
            defined = {name for cell in read_submission(path).cells for name in cell.defines()}
        except SubmissionError as error:
            return Item(student, self._names[0], path, str(error))
        best = max(self._names, key=lambda name: len(defined & self._functions[name]))
        if not defined & self._functions[best]:
            reason = f"{path.name} holds no exercise of any topic: is it from another course?"
            return Item(student, best, path, reason)
        return Item(student, best, path)


def _large(path: Path) -> bool:
    try:
        return path.lstat().st_size > _SEARCHED
    except OSError:
        return False


# --- grading ------------------------------------------------------------------------------------


def item_key(item: Item, secret: bytes, sandbox: str) -> str:
    """Hash what a report depends on besides the checks: file, student, topic, secret, walls."""
    digest = hashlib.sha256()
    for part in (item.student, item.topic, item.problem, sandbox):
        digest.update(part.encode("utf-8", "replace") + b"\0")
    digest.update(hashlib.sha256(secret).digest())
    try:
        if item.path.is_file() and not item.path.is_symlink():
            size = item.path.stat().st_size
            digest.update(str(size).encode())
            if size <= MAX_NOTEBOOK:  # a larger one is refused unread
                with item.path.open("rb") as stream:
                    digest.update(hashlib.file_digest(stream, "sha256").digest())
    except OSError:
        pass
    return digest.hexdigest()


class Reports(Sequence[Report]):
    """The reports in the items' order; each is read when asked for, so a large class fits.

    Parameters
    ----------
    places : sequence of Path
        Where each is kept.
    held : mapping of int to Report
        Those that are kept nowhere, by number.
    """

    def __init__(self, places: Sequence[Path], held: Mapping[int, Report]) -> None:
        self._places, self._held = places, held

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, number: int) -> Report: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Report]: ...
    def __getitem__(self, number: int | slice) -> Report | Sequence[Report]:
        if isinstance(number, slice):
            chosen = range(len(self))[number]
            held = {new: self._held[old] for new, old in enumerate(chosen) if old in self._held}
            return Reports(self._places[number], held)
        number = range(len(self))[number]
        if number in self._held:
            return self._held[number]
        try:
            return Report.from_dict(_content(self._places[number])["report"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise GradeError(
                f"{self._places[number]} can no longer be read ({error}): run the same command "
                "again; what is missing is graded anew"
            ) from None


@dataclass
class Grading:
    """A grading under way: iterate once over ``(number, report)``, each as soon as it is there.

    Parameters
    ----------
    items : sequence of Item
    catalogue : Catalogue
    secret : bytes
    store : Path
        Every report is kept below it as soon as it is there.
    sandbox : str
    jobs : int, optional
        Judge processes; one per processor by default.
    resume : bool
        Reports that still hold are read back instead of graded; of those for which the checks of
        some exercises changed, these alone are graded.
    executor : str
        ``"local"``, or ``"dask:ADDRESS"``: the workers of that cluster grade instead.

    Attributes
    ----------
    reports : Reports
        In the items' order; complete when the iteration has ended.
    """

    items: Sequence[Item]
    catalogue: Catalogue
    secret: bytes
    store: Path
    sandbox: str = "best"
    jobs: int | None = None
    resume: bool = False
    executor: str = "local"

    def __post_init__(self) -> None:
        self._address = dask_address(self.executor)
        self._places = _places(self.store, self.items)
        self._held: dict[int, Report] = {}
        self.reports = Reports(self._places, self._held)

    def __iter__(self) -> Iterator[tuple[int, Report]]:
        self.store.mkdir(parents=True, exist_ok=True)
        items, places = list(self.items), self._places
        topics = {item.topic for item in items}
        prints = {name: fingerprints(self.catalogue.topic(name)) for name in topics}
        keys = [item_key(item, self.secret, self.sandbox) for item in items]
        todo: list[int] = []
        for number, item in enumerate(items):
            known = prints[item.topic]
            found = _kept(places[number], keys[number], known) if self.resume else None
            if found and not found[1]:
                yield number, found[0]
                continue
            items[number] = replace(item, only=tuple(found[1]) if found else item.only)
            todo.append(number)
        for number, content in self._judged({number: items[number] for number in todo}):
            item, known = items[number], prints[items[number].topic]
            if isinstance(content, str):
                report = unreadable(self.catalogue.topic(item.topic), item.student, content)
                self._held[number] = report
            else:
                report = Report.from_dict(content)
                old = None
                if item.only and self.resume:
                    old = _kept(places[number], keys[number], known)
                report = _merged(old[0], report) if old else report
                _keep(places[number], keys[number], known, report)
            yield number, report

    def _judged(self, work: Mapping[int, Item]) -> Iterator[tuple[int, dict[str, Any] | str]]:
        if self._address is not None:
            return run_on_dask(work, self.catalogue, self.secret, self.sandbox, self._address)
        count = max(1, min(self.jobs or os.cpu_count() or 1, len(work)))
        topics = tuple(sorted({item.topic for item in work.values()}))
        settings = pool.Settings(str(self.catalogue.root), self.secret, self.sandbox, topics)
        return pool.run_here(work, count, settings)


def grade_all(
    items: Sequence[Item],
    catalogue: Catalogue,
    secret: bytes,
    store: Path,
    *,
    progress: Callable[[int, int, Report], None] = lambda done, total, report: None,
    **options: Any,
) -> Sequence[Report]:
    """Grade the items, see `Grading`; return the reports in the items' order."""
    grading = Grading(items, catalogue, secret, store, **options)
    for done, (_, report) in enumerate(grading, 1):
        progress(done, len(items), report)
    return grading.reports


def _places(store: Path, items: Sequence[Item]) -> list[Path]:
    """Return where each report is kept; files of one student and topic do not share a place."""
    names = [(item.topic, safe_name(item.student)) for item in items]
    often = {name for name, count in Counter(names).items() if count > 1}
    return [
        store / topic / f"{name}{_mark(item.path) if (topic, name) in often else ''}.json"
        for (topic, name), item in zip(names, items, strict=True)
    ]


def _mark(path: Path) -> str:
    return f"-{hashlib.sha256(path.name.encode('utf-8', 'replace')).hexdigest()[:8]}"


def _content(place: Path) -> Any:
    return json.loads(place.read_text(encoding="utf-8"))


def _kept(place: Path, key: str, prints: Mapping[str, str]) -> tuple[Report, list[str]] | None:
    """Return the report that is kept, and the exercises for which it no longer holds."""
    try:
        content = _content(place)
        changed = [name for name in prints if content["prints"].get(name) != prints[name]]
        report = Report.from_dict(content["report"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    same = [exercise.name for exercise in report] == list(prints)
    if content["key"] != key or not same or len(changed) == len(prints):
        return None
    return None if changed and report.error else (report, changed)


def _merged(old: Report, new: Report) -> Report:
    """Return the new report, with the old verdicts on exercises that were not graded again."""
    fresh = {exercise.name: exercise for exercise in new}
    new.exercises = [fresh.get(exercise.name, exercise) for exercise in old]
    return new


def _keep(place: Path, key: str, prints: Mapping[str, str], report: Report) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    content = {"key": key, "prints": prints, "report": report.to_dict()}
    write_whole(place, json.dumps(content, ensure_ascii=False))


def keep_places(items: Sequence[Item], folder: Path) -> None:
    """Keep where the submissions are, seen from the results: the class report compares them."""
    kept = [
        (item.topic, item.student, os.path.relpath(item.path, folder))
        for item in items
        if not item.problem
    ]
    write_whole(folder / SUBMISSIONS, json.dumps(kept, ensure_ascii=False, indent=0))


def write_results(reports: Sequence[Report], folder: Path, figures: Sequence[Drawn] = ()) -> None:
    """Write ``results.json``, ``results.csv``, ``times.json`` and a page for each submission."""
    links = []
    for number, report in enumerate(reports):
        page = Path(report.topic) / f"{safe_name(report.student)}.html"
        (folder / page.parent).mkdir(parents=True, exist_ok=True)
        figure = figures[number] if figures else None
        write_whole(folder / page, report_page(report, figure))
        links.append(quote(page.as_posix()))
    write_whole(folder / "index.html", index_page(reports, links))
    write_whole(folder / "results.json", results_json(reports))
    write_whole(folder / "results.csv", results_csv(reports))
    write_whole(folder / "times.json", times_json(reports))
