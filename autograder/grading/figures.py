"""The chapter's figure, drawn from a student's own functions, for the pages of results.

The chapter's `figure` runs here, on the judge's side; each exercise in it is a stand-in that calls
the student's function in the sandbox. What comes back is plain data, but hostile: far too large,
of a wrong shape, not a number. So its size is capped, drawing has a clock and a limit of memory,
and whatever goes wrong costs the figure only: the page says in one sentence why it is not there.

A figure takes a second or more, so none is drawn while grading. It is drawn when pages are written,
and kept by a hash of the submission and the chapter: once for each version of either.
"""

from __future__ import annotations

import base64
import faulthandler
import hashlib
import json
import os
import signal
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.desk.rewards import few_threads, rebound
from autograder.grading.files import write_whole
from autograder.grading.surviving import surviving
from autograder.judging.calls import outgoing
from autograder.judging.verdict import describe
from autograder.report.figure import NO_FIGURE, Drawn, figure_png
from autograder.sandbox.types import Cell, Limits
from autograder.submission.cells import Submission, SubmissionError
from autograder.submission.item import Item
from autograder.submission.reading import MAX_NOTEBOOK, read_bytes, read_submission
from autograder.topic.catalogue import AuthoredTopic, Catalogue

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from autograder.sandbox import Sandbox
    from autograder.sandbox.worker import Worker

__all__ = ["draw", "draw_all", "figure_key", "kept"]

SECONDS = 120.0  # for one figure, with all that the student's functions take
GRACE = 60.0  # more, after which the process ends, should nothing in it heed the alarm
MEMORY = 2 << 30  # bytes that drawing may take beyond what the process has
CALL_LIMITS = Limits(seconds=10.0, memory=1 << 30, output=16 << 20)
DEEPEST = 3  # calls inside each other, as a loss inside a numerical gradient
DPI, COLOURS = 90, 256


_TOO_MUCH = "It is not there yet: drawing it takes too long or too much memory."


class _NotYet(NotImplementedError):
    """The student's function gives no value; the message says which and why.

    A chapter that draws its panels one by one catches it, as it does for a student's own stub.
    """


class _TooLong(BaseException):
    """The time is up; no handler of `Exception` on the way may stop it."""


def draw(sandbox: Sandbox, topic: AuthoredTopic, path: Path) -> Drawn:
    """Draw the chapter's figure with the functions of the submission at `path`."""
    if not topic.draws:
        return NO_FIGURE
    try:
        submission = read_submission(path, "", sandbox.parse_notebook)
    except SubmissionError:
        return NO_FIGURE
    with ExitStack() as ends:
        student = _Student(sandbox, submission, ends)
        stand_ins = {name: partial(student.call, name) for name in topic.chapter.parts}
        try:
            with _bounded(), _quiet():
                return _shown(rebound(topic.solution.figure, stand_ins)())
        except _NotYet as reason:
            return Drawn(why=f"It is not there yet: {reason}.")
        except (_TooLong, MemoryError):
            return Drawn(why=_TOO_MUCH)
        except Exception as error:  # whatever hostile values do to the chapter and the library
            last = f"what {student.last} returned" if student.last else "what is there"
            return Drawn(
                why=f"It is not there yet: {last} cannot be drawn ({type(error).__name__}). "
                "Has it the shape that the docstring asks for?"
            )


class _Student:
    """A submission's functions, called as the chapter's figure calls them.

    A function may be handed one that calls another (a loss to differentiate): the inner call needs
    a worker of its own, since the outer one is busy.
    """

    def __init__(self, sandbox: Sandbox, submission: Submission, ends: ExitStack) -> None:
        self._fork = partial(sandbox.worker, CALL_LIMITS)
        self._cells = [Cell(cell.source, cell.name, cell.line) for cell in submission.cells]
        self._ends = ends
        self._workers: list[Worker] = []
        self._depth = 0
        self._why = ""
        self.last = ""

    def call(self, name: str, *args: object, **kwargs: object) -> object:
        """Call a function; raise `_NotYet` if it gives no value."""
        self.last = name
        callbacks: dict[int, Callable[..., object]] = {}
        sent = tuple(outgoing(value, callbacks) for value in args)
        named = {key: outgoing(value, callbacks) for key, value in kwargs.items()}
        longer = 3.0 if callbacks else 1.0  # an environment answers step by step
        seconds = CALL_LIMITS.seconds * longer
        worker = self._worker()
        self._depth += 1
        try:
            outcome = worker.call(name, sent, named, callbacks=callbacks, seconds=seconds)
        finally:
            self._depth -= 1
        if outcome.failure:  # of an inner call first
            self._why = self._why or f"{name}: {describe(outcome.failure, public=False)}"
            raise _NotYet(self._why)
        return outcome.value

    def _worker(self) -> Worker:
        """Return the worker for calls at this depth, with the submission loaded."""
        if self._depth == DEEPEST:
            raise _NotYet("the functions call each other without end")
        if self._depth == len(self._workers):
            worker = self._ends.enter_context(self._fork())
            worker.load(self._cells)
            self._workers.append(worker)
        return self._workers[self._depth]


def _shown(figure: Any) -> Drawn:
    if not hasattr(figure, "savefig"):
        return NO_FIGURE
    picture = base64.b64encode(figure_png(figure, DPI, COLOURS)).decode()
    return Drawn(f"data:image/png;base64,{picture}", _titles(figure))


def _titles(figure: Figure) -> str:
    """Say in words what a figure shows: its titles."""
    parts = [figure, *figure.subfigs]
    found = [part.get_suptitle() for part in parts]
    found += [ax.get_title(loc) for ax in figure.axes for loc in ("left", "center", "right")]
    return "; ".join(title for title in found if title)[:1000]


@contextmanager
def _quiet() -> Iterator[None]:
    """Draw without a window, a warning or a second thread; leave no figure open."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with warnings.catch_warnings(), np.errstate(all="ignore"), few_threads():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            pyplot.close("all")


@contextmanager
def _bounded() -> Iterator[None]:
    """Limit time and memory: by an exception, and if nothing heeds it by the end of the process."""
    import resource

    def ring(number: int, frame: object) -> None:
        raise _TooLong

    limits = []
    with suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limits.append((resource.RLIMIT_AS, pages * resource.getpagesize() + MEMORY))
    before = [(kind, resource.getrlimit(kind)) for kind, _ in limits]
    handler = signal.signal(signal.SIGALRM, ring)
    timer = signal.setitimer(signal.ITIMER_REAL, SECONDS, 1.0)  # again, should it be overheard
    nowhere = open(os.devnull, "w")  # noqa: SIM115 - the watchdog writes to it
    # one clock, from now on: a limit on the process's time counts what it did before, in ticks
    faulthandler.dump_traceback_later(SECONDS + GRACE, exit=True, file=nowhere)
    try:
        for (kind, (_, most)), (_, soft) in zip(before, limits, strict=True):
            resource.setrlimit(kind, (soft if most < 0 else min(soft, most), most))
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        nowhere.close()
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, handler)
        for kind, pair in before:
            resource.setrlimit(kind, pair)


# --- for a class ---------------------------------------------------------------------------------


def figure_key(topic: AuthoredTopic, path: Path) -> str:
    """Hash what a figure depends on: the chapter, the way of drawing, and the submission's bytes.

    Raises
    ------
    SubmissionError
        If the file cannot be read.
    """
    digest = hashlib.sha256()
    for source in (topic.folder / "chapter.py", Path(__file__)):
        digest.update(hashlib.sha256(source.read_bytes()).digest())
    digest.update(repr(topic.chosen).encode() if topic.chosen else b"")
    digest.update(read_bytes(path, MAX_NOTEBOOK))
    return digest.hexdigest()


def kept(store: Path, key: str) -> Drawn | None:
    """Return the figure that was drawn for a key, if one was."""
    try:
        content = json.loads((store / f"{key}.json").read_text(encoding="utf-8"))
        return Drawn(**content)
    except (OSError, ValueError, TypeError):
        return None


def draw_all(
    items: Sequence[Item],
    catalogue: Catalogue,
    store: Path,
    *,
    sandbox: str = "best",
    jobs: int | None = None,
    progress: Callable[[int, int, str], None] = lambda done, total, student: None,
) -> list[Drawn]:
    """Draw the figures that are not kept below `store`, in parallel; return all, in order.

    What equals another submission byte for byte is drawn once.
    """
    keys = [_key(catalogue, item) for item in items]
    found = {key: kept(store, key) for key in keys if key}
    todo = {key: number for number, key in enumerate(keys) if key and found[key] is None}
    count = max(1, min(jobs or os.cpu_count() or 1, len(todo)))
    drawings = _drawings([*todo.values()], items, count, (catalogue, sandbox))
    for done, (number, drawn) in enumerate(drawings, 1):
        found[keys[number]] = drawn
        store.mkdir(parents=True, exist_ok=True)
        write_whole(store / f"{keys[number]}.json", json.dumps(asdict(drawn)))
        progress(done, len(todo), items[number].student)
    return [found.get(key) or NO_FIGURE for key in keys]


def _key(catalogue: Catalogue, item: Item) -> str:
    with suppress(SubmissionError):
        if not item.problem:
            return figure_key(catalogue.topic(item.topic), item.path)
    return ""


def _drawings(
    todo: Sequence[int], items: Sequence[Item], jobs: int, settings: tuple[Catalogue, str]
) -> Iterator[tuple[int, Drawn]]:
    """Draw over `jobs` processes; those under way when one died are drawn again, each alone."""
    tasks = {number: items[number] for number in todo}
    for number, drawn in surviving(partial(_pool, settings), _draw, tasks, jobs):
        if isinstance(drawn, BrokenProcessPool):
            yield number, Drawn(why=_TOO_MUCH)
        elif isinstance(drawn, Exception):
            raise drawn
        else:
            yield number, drawn


def _pool(settings: tuple[Catalogue, str], jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, get_context("spawn"), _start, settings)


_desk: tuple[Catalogue, Sandbox] | None = None


def _start(catalogue: Catalogue, sandbox: str) -> None:
    """Prepare a drawing process: one sandbox, and the library that draws."""
    global _desk
    from autograder.sandbox import Sandbox

    _desk = catalogue, Sandbox(sandbox)


def _draw(item: Item) -> Drawn:
    assert _desk is not None
    catalogue, sandbox = _desk
    return draw(sandbox, catalogue.topic(item.topic), item.path)
