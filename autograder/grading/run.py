"""Grading a folder of submissions: found, graded in parallel, kept, and resumed.

Each report is one file, written whole or not at all, keyed by all it depends on; so an interrupted
run loses nothing, and `--resume` grades only what is new or changed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, overload
from urllib.parse import quote

from autograder.grading import pool
from autograder.grading.cluster import dask_address, run_on_dask
from autograder.grading.files import safe_name, write_whole
from autograder.judging.official import GradeError, broken
from autograder.report.figure import Drawn
from autograder.report.model import Report
from autograder.report.pages import index_page, report_page
from autograder.report.writers import results_csv, results_pieces, times_json
from autograder.submission.archives import ArchiveError, folder_for, unpack
from autograder.submission.intake import of_class
from autograder.submission.item import Intake, Item, LeftOut
from autograder.submission.reading import MAX_NOTEBOOK
from autograder.topic.catalogue import Catalogue, CatalogueError
from autograder.topic.chapter import ChapterError
from autograder.topic.fingerprint import fingerprints
from autograder.topic.known import known

__all__ = ["Grading", "gather", "grade_all", "keep_places", "write_results"]

SUBMISSIONS = Path(".gradus") / "submissions.json"
CLASS_ZIP = 4 << 30  # bytes taken out of the zip of a class


def gather(
    folder: Path, catalogue: Catalogue, topic: str | None = None, unpacked: Path | None = None
) -> Intake:
    """Find what is to be graded: one file, zip or folder per student; what is not is named.

    Parameters
    ----------
    folder : Path
        A folder, or a zip of one as a learning platform gives it.
    catalogue : Catalogue
    topic : str, optional
        The assignment; by default the file's name tells, then the functions it defines.
    unpacked : Path, optional
        Where zips are unpacked; without it they are named.

    Raises
    ------
    GradeError
        If there is nothing to grade.
    """
    if topic is not None:
        catalogue.topic(topic)
    left: list[LeftOut] = []
    if unpacked is not None and folder.suffix.lower() == ".zip" and folder.is_file():
        folder, left = _class_zip(folder, unpacked)
    if not folder.is_dir():
        raise GradeError(
            f"{folder} is not a folder: give the folder (or zip) that holds the submissions"
        )
    found = of_class(folder, known(catalogue), topic or "", unpacked)
    found.leave(left)
    if not found.items and not found.left_out:
        raise GradeError(f"{folder} holds no .py or .ipynb file and no folder of a student")
    return found


def _class_zip(archive: Path, unpacked: Path) -> tuple[Path, list[LeftOut]]:
    """Unpack what a platform gives for a whole class; return where, and what was left in it."""
    into = folder_for(archive, unpacked)
    try:
        return into, unpack(archive.resolve(), into, CLASS_ZIP)[0]
    except ArchiveError as error:
        raise GradeError(f"{archive}: {error}") from None


# --- grading ------------------------------------------------------------------------------------


def item_key(item: Item, secret: bytes, sandbox: str) -> str:
    """Hash what a report depends on besides the checks: file, student, topic, secret, walls."""
    digest = hashlib.sha256()
    for part in (item.student, item.topic, item.problem, *item.notes, sandbox):
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
        prints = {name: self._prints(name) for name in {item.topic for item in items}}
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
        todo.sort(key=lambda number: items[number].topic)  # judges keep draws of what comes next
        for number, content in self._judged({number: items[number] for number in todo}):
            item, known = items[number], prints[items[number].topic]
            report = self._report(item, content)
            if item.only and self.resume:
                old = _kept(places[number], keys[number], known)
                report = _merged(old[0], report) if old else report
            report = pool.told(report)
            if report.broken or report.doubtful:  # the next run tries again
                self._held[number] = report
            else:
                _keep(places[number], keys[number], known, report)
            yield number, report

    def _prints(self, topic: str) -> dict[str, str]:
        """Return the topic's fingerprints; of one that cannot be read nothing is kept."""
        try:
            return fingerprints(self.catalogue.topic(topic))
        except (ChapterError, CatalogueError, OSError, SyntaxError, ValueError):
            return {}

    def _report(self, item: Item, content: dict[str, object] | str) -> Report:
        """Return the report of what a judge sent: a verdict, or why there is none."""
        try:
            if isinstance(content, str):
                report = broken(self.catalogue.topic(item.topic), item.student, content)
            else:
                report = Report.from_dict(content)
        except Exception as error:
            report = broken(self.catalogue.topic(item.topic), item.student, pool.failed(error))
        report.notes = [*item.notes, *report.notes]
        return report

    def _judged(self, work: Mapping[int, Item]) -> Iterator[tuple[int, dict[str, object] | str]]:
        if self._address is not None:
            return run_on_dask(work, self.catalogue, self.secret, self.sandbox, self._address)
        count = max(1, min(self.jobs or os.cpu_count() or 1, len(work)))
        topics = tuple(sorted({item.topic for item in work.values()}))
        settings = pool.Settings(self.catalogue, self.secret, self.sandbox, topics)
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
    wanted = [f"{item.topic}/{safe_name(item.student)}" for item in items]
    return [store / f"{name}.json" for name in _apart(wanted, [item.path.name for item in items])]


def _apart(names: Sequence[str], marks: Sequence[str]) -> list[str]:
    """Return names no two of which are one file, wherever: capitals do not tell files apart."""
    often = Counter(name.casefold() for name in names)
    return [
        f"{name}-{_mark(f'{name} {mark}')}" if often[name.casefold()] > 1 else name
        for name, mark in zip(names, marks, strict=True)
    ]


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


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


def write_results(
    reports: Sequence[Report],
    folder: Path,
    figures: Sequence[Drawn] = (),
    left_out: Sequence[LeftOut] = (),
) -> None:
    """Write ``results.json``, ``results.csv``, ``times.json`` and a page for each submission."""
    wanted = [f"{report.topic}/{safe_name(report.student)}" for report in reports]
    pages = [f"{name}.html" for name in _apart(wanted, [str(n) for n in range(len(wanted))])]
    for number, (report, page) in enumerate(zip(reports, pages, strict=True)):
        (folder / page).parent.mkdir(parents=True, exist_ok=True)
        write_whole(folder / page, _page(report, figures[number] if figures else None))
    write_whole(folder / "index.html", index_page(reports, [quote(p) for p in pages], left_out))
    write_whole(folder / "results.json", results_pieces(reports, left_out))
    write_whole(folder / "results.csv", results_csv(reports))
    write_whole(folder / "times.json", times_json(reports))


def _page(report: Report, figure: Drawn | None) -> str:
    """Return a submission's page; one that cannot be made says so, and costs no other."""
    try:
        return report_page(report, figure)
    except Exception as error:
        told = Report(report.topic, report.student, level=report.level)
        told.error = f"this page cannot be shown ({type(error).__name__}); results.json has it all"
        return report_page(told)
