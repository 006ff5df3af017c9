"""Grading a folder of submissions: found, graded in parallel, kept, and resumed.

Each report is one file, written whole or not at all, keyed by all it depends on; so an interrupted
run loses nothing, and `--resume` grades only what is new or changed.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from autograder.catalogue import Catalogue
from autograder.cells import SubmissionError, read_submission
from autograder.executor import dask_address, run_on_dask
from autograder.html import index_page, report_page
from autograder.official import GradeError, Judge, fingerprints, unreadable
from autograder.report import Report
from autograder.writers import results_csv, results_json, times_json

__all__ = ["Item", "collect", "grade_all", "keep_places", "write_results"]

SUBMISSIONS = Path(".gradus") / "submissions.json"
_SUFFIXES = (".ipynb", ".py")
_SEARCHED = 1 << 20  # bytes of a file that is opened to tell its topic


@dataclass(frozen=True)
class Item:
    """One file to grade."""

    student: str
    topic: str
    path: Path
    problem: str = ""
    only: tuple[str, ...] | None = None


def safe_name(text: str) -> str:
    """Return `text` as a file name: letters, digits, ``._-`` and nothing that leads elsewhere."""
    name = re.sub(r"[^\w.-]+", "_", text, flags=re.UNICODE).strip(".") or "student"
    if name == text and len(name) <= 80:
        return name
    return f"{name[:60]}-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"


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


# --- grading in parallel -------------------------------------------------------------------------

_judge: Judge | None = None


def _start(root: str, secret: bytes, sandbox: str) -> None:
    """Prepare a judge process: one sandbox, one Numba thread."""
    global _judge
    _judge = Judge(Catalogue(Path(root)), secret, sandbox)
    _judge.__enter__()


def _grade(item: Item) -> dict[str, Any]:
    assert _judge is not None
    if item.problem:
        report = unreadable(_judge.topic(item.topic), item.student, item.problem)
        report.level = _judge.level
    else:
        report = _judge.grade_file(item.path, item.topic, item.student, only=item.only)
    return report.to_dict()


def item_key(item: Item, secret: bytes, sandbox: str) -> str:
    """Hash what a report depends on besides the checks: file, student, topic, secret, walls."""
    digest = hashlib.sha256()
    for part in (item.student, item.topic, item.problem, sandbox):
        digest.update(part.encode("utf-8", "replace") + b"\0")
    digest.update(hashlib.sha256(secret).digest())
    try:
        if item.path.is_file() and not item.path.is_symlink():
            with item.path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    except OSError:
        pass
    return digest.hexdigest()


def grade_all(
    items: Sequence[Item],
    catalogue: Catalogue,
    secret: bytes,
    store: Path,
    *,
    sandbox: str = "best",
    jobs: int | None = None,
    resume: bool = False,
    executor: str = "local",
    progress: Callable[[int, int, Report], None] = lambda done, total, report: None,
) -> list[Report]:
    """Grade the items over `jobs` processes; return the reports in the items' order.

    With `executor` ``dask:ADDRESS`` the workers of that cluster grade instead. Every report is kept
    below `store` as soon as it is there. With `resume`, those that still hold are read back instead
    of graded, and of those for which the checks of some exercises changed, these alone are graded.
    """
    address = dask_address(executor)
    store.mkdir(parents=True, exist_ok=True)
    keys = [item_key(item, secret, sandbox) for item in items]
    prints = {name: fingerprints(catalogue.topic(name)) for name in {i.topic for i in items}}
    items, kept = list(items), dict[int, Report]()
    for number, item in enumerate(items if resume else ()):
        found = _kept(store, item, keys[number], prints[item.topic])
        if found:
            kept[number], changed = found
            items[number] = replace(item, only=tuple(changed))
    reports = {number: report for number, report in kept.items() if not items[number].only}
    for done, number in enumerate(sorted(reports), 1):
        progress(done, len(items), reports[number])
    todo = [number for number in range(len(items)) if number not in reports]
    count = max(1, min(jobs or os.cpu_count() or 1, len(todo)))
    settings = (str(catalogue.root), secret, sandbox)
    graded = (
        _run(todo, items, count, settings)
        if address is None
        else run_on_dask(todo, items, catalogue, secret, sandbox, address)
    )
    for number, content in graded:
        report = (
            unreadable(catalogue.topic(items[number].topic), items[number].student, content)
            if isinstance(content, str)
            else Report.from_dict(content)
        )
        if number in kept and not isinstance(content, str):
            report = _merged(kept[number], report)
        if not isinstance(content, str):
            _keep(store, items[number], keys[number], prints[items[number].topic], report)
        reports[number] = report
        progress(len(reports), len(items), report)
    return [reports[number] for number in range(len(items))]


def _run(
    todo: Sequence[int], items: Sequence[Item], jobs: int, settings: tuple[str, bytes, str]
) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Grade the items numbered `todo`; those under way when a judge died are tried again, alone."""
    left = list(todo)
    while left:
        under_way: dict[Future[dict[str, Any]], int] = {}
        queue = iter(left)
        finished: set[int] = set()
        suspects: list[int] = []
        with _pool(jobs, settings) as pool:
            _fill(pool, under_way, queue, items, 2 * jobs)
            while under_way and not suspects:
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    number = under_way.pop(future)
                    try:
                        content = future.result()
                    except BrokenProcessPool:
                        suspects.append(number)
                        continue
                    finished.add(number)
                    yield number, content
                if not suspects:
                    _fill(pool, under_way, queue, items, 2 * jobs)
        suspects += under_way.values() if suspects else []
        for number in sorted(suspects):
            yield number, _alone(items[number], settings)
        left = [number for number in left if number not in finished | set(suspects)]


@contextmanager
def _pool(jobs: int, settings: tuple[str, bytes, str]) -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("spawn")
    with _one_thread(), ProcessPoolExecutor(jobs, context, _start, settings) as pool:
        yield pool


def _alone(item: Item, settings: tuple[str, bytes, str]) -> dict[str, Any] | str:
    """Grade one item in a judge of its own; return the reason if that dies too."""
    with _pool(1, settings) as pool:
        try:
            return pool.submit(_grade, item).result()
        except BrokenProcessPool:
            return "the grader failed on this submission, twice; nothing was graded"


def _fill(
    pool: ProcessPoolExecutor,
    futures: dict[Future[dict[str, Any]], int],
    queue: Iterator[int],
    items: Sequence[Item],
    room: int,
) -> None:
    while len(futures) < room:
        number = next(queue, None)
        if number is None:
            return
        futures[pool.submit(_grade, items[number])] = number


@contextmanager
def _one_thread() -> Iterator[None]:
    """Start processes in which Numba and BLAS use one thread each."""
    names = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _place(store: Path, item: Item) -> Path:
    return store / item.topic / f"{safe_name(item.student)}.json"


def _kept(
    store: Path, item: Item, key: str, prints: Mapping[str, str]
) -> tuple[Report, list[str]] | None:
    """Return the report that is kept, and the exercises for which it no longer holds."""
    try:
        content = json.loads(_place(store, item).read_text(encoding="utf-8"))
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


def _keep(store: Path, item: Item, key: str, prints: Mapping[str, str], report: Report) -> None:
    path = _place(store, item)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"key": key, "prints": prints, "report": report.to_dict()}
    write_whole(path, json.dumps(content, ensure_ascii=False))


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise GradeError(f"{path} cannot be written: {error.strerror}") from None


def keep_places(items: Sequence[Item], folder: Path) -> None:
    """Keep where the submissions are, seen from the results: the class report compares them."""
    kept = [
        (item.topic, item.student, os.path.relpath(item.path, folder))
        for item in items
        if not item.problem
    ]
    write_whole(folder / SUBMISSIONS, json.dumps(kept, ensure_ascii=False, indent=0))


def write_results(reports: Sequence[Report], folder: Path) -> None:
    """Write ``results.json``, ``results.csv``, ``times.json`` and a page for each submission."""
    links = []
    for report in reports:
        page = Path(report.topic) / f"{safe_name(report.student)}.html"
        (folder / page.parent).mkdir(parents=True, exist_ok=True)
        write_whole(folder / page, report_page(report))
        links.append(quote(page.as_posix()))
    write_whole(folder / "index.html", index_page(reports, links))
    write_whole(folder / "results.json", results_json(reports))
    write_whole(folder / "results.csv", results_csv(reports))
    write_whole(folder / "times.json", times_json(reports))
