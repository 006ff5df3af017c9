"""The judges of this machine: processes forked from one that is warm, each with its sandbox.

Loading the topics and their kernels takes longer than judging many a submission: it is done once.
A judge that dies costs nothing but the submission that killed it twice.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from autograder.grading.surviving import one_alone, surviving
from autograder.judging.official import GradeError, Judge, broken, unreadable
from autograder.report.model import Report
from autograder.sandbox.types import SandboxUnavailable
from autograder.topic.catalogue import Catalogue
from autograder.topic.seeds import CaseKeys, case_keys, chooser
from autograder.values.table import Table

if TYPE_CHECKING:
    from autograder.submission.item import Item

__all__ = ["DOUBTFUL", "Settings", "failed", "graded", "run_here", "settled", "told"]

DOUBTFUL = "stopped by the wall clock alone, twice: to be graded again, nothing is said of the code"
UNAIDED = 3.0  # seconds of warming up after which a second process is worth its while
GROWTH = 1 << 30  # bytes of private memory that judging may take

_judge: Judge | None = None
_refusal: SandboxUnavailable | None = None


@dataclass(frozen=True)
class Settings:
    """What all judges of a run share."""

    catalogue: Catalogue
    secret: bytes
    sandbox: str
    topics: tuple[str, ...] = ()


def run_here(
    work: Mapping[int, Item], jobs: int, settings: Settings
) -> Iterator[tuple[int, dict[str, object] | str]]:
    """Grade the items over `jobs` processes; yield each one's report, or why there is none.

    Raises
    ------
    GradeError
        If the judges cannot work, or are ended from outside.
    SandboxUnavailable
        If this machine cannot confine as asked.
    """
    if not work:
        return
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    waiting = set(work)
    lead = context.Process(target=_lead, args=(theirs, work, jobs, settings), name="judges")
    with _one_thread():
        lead.start()
    theirs.close()
    try:
        while waiting:
            message = ours.recv()
            if isinstance(message, Exception):
                raise message
            waiting.discard(message[0])
            yield message
    except EOFError:
        raise GradeError(
            "the judges were ended from outside (is memory short? try --jobs 1); what was graded "
            "is kept, run the same command with --resume"
        ) from None
    finally:
        if waiting:  # else it ends by itself, while the verdicts are already carried on
            lead.terminate()
            lead.join()
        ours.close()


def _lead(theirs: Connection, work: Mapping[int, Item], jobs: int, settings: Settings) -> None:
    """Lead the judges: warm up, fork them, and pass on what they report."""
    _end_with_parent()
    try:
        if sys.platform == "linux":
            _warm(settings)
            gc.freeze()  # what all judges share need not be looked through by each
        for message in _looked_twice(_judged(work, jobs, settings), work, settings):
            theirs.send(message)
    except SandboxUnavailable as error:
        theirs.send(error)
    except Exception as error:
        theirs.send(GradeError(f"grading failed ({type(error).__name__}): {error}"))


def _looked_twice(
    verdicts: Iterable[tuple[int, dict[str, object] | str]],
    items: Mapping[int, Item],
    settings: Settings,
) -> Iterator[tuple[int, dict[str, object] | str]]:
    """Grade again at the end, alone, what a limit of time stopped while others ran."""
    slow = []
    for number, content in verdicts:
        if isinstance(content, dict) and content["stopped"]:
            slow.append(number)
        else:
            yield number, content
    for number in slow:
        yield number, _alone(items[number], settings)


def _judged(
    items: Mapping[int, Item], jobs: int, settings: Settings
) -> Iterator[tuple[int, Table | str]]:
    """Grade the items; those under way when a judge died are tried again, alone."""
    found = surviving(partial(_pool, settings), _grade, items, jobs)
    return ((number, _content(outcome)) for number, outcome in found)


def _content(outcome: Table | Exception) -> Table | str:
    """Return a report, or why there is none."""
    if isinstance(outcome, SandboxUnavailable):
        raise outcome
    if isinstance(outcome, BrokenProcessPool):
        return "the grader failed on this submission, twice; nothing was graded"
    return failed(outcome) if isinstance(outcome, Exception) else outcome


def _pool(settings: Settings, jobs: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    return ProcessPoolExecutor(jobs, context, _start, (settings,))


def _alone(item: Item, settings: Settings) -> dict[str, object] | str:
    """Grade one item in a judge of its own; return the reason if that dies too."""
    return _content(one_alone(partial(_pool, settings), _grade, item))


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Start a process in which Numba and BLAS use one thread, and which may be forked.

    There a kernel is run by Python before it is worth compiling (`reference.compiler.late`).
    """
    names = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    wanted = {**dict.fromkeys(names, "1"), "NUMBA_THREADING_LAYER": "forksafe"}
    wanted["GRADUS_COMPILE"] = "late"
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


# --- in a judge process --------------------------------------------------------------------------


def _warm(settings: Settings) -> None:
    """Load what every judge needs, once: the topics, and each kernel the checks call."""
    global _judge
    _judge = Judge(settings.catalogue, settings.secret, settings.sandbox)
    topics = [*map(_judge.topic, settings.topics)]
    drawn = [
        partial(_judge.source(topic.name, _anybody(settings, topic.name)).trials, exercise, check)
        for topic in topics
        for exercise in topic.exercises
        for check in exercise
    ]
    _draw(partial(getattr, topic, "reference") for topic in topics)  # the compiler: once, for both
    soon = time.process_time() + UNAIDED
    while drawn and time.process_time() < soon:
        _draw([drawn.pop(0)])
    if drawn:
        with _from_the_other_end(drawn):
            _draw(drawn)


def _anybody(settings: Settings, topic: str) -> Callable[[str, str], int]:
    """Choose among the draws as for a student: some submission will meet them."""
    return chooser(case_keys(settings.secret, "", topic), topic)


def _draw(all_: Iterable[Callable[[], object]]) -> None:
    for one in all_:
        with contextlib.suppress(Exception):  # whoever grades the exercise will tell
            one()


@contextlib.contextmanager
def _from_the_other_end(drawn: Sequence[Callable[[], object]]) -> Iterator[None]:
    """Let a second processor compile what comes last; the kernels meet in the cache on disk."""
    if sys.platform != "linux" or (os.cpu_count() or 1) < 2:
        yield
        return
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            _end_with_parent()
            _draw(reversed(drawn))
        os._exit(0)
    try:
        yield
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _start(settings: Settings) -> None:
    """Prepare a judge process: a sandbox of its own."""
    global _refusal
    _end_with_parent()
    if _judge is None:  # not forked
        _warm(settings)
    assert _judge is not None
    try:
        _judge.__enter__()
    except SandboxUnavailable as error:
        _refusal = error
    else:
        Finalize(_judge, _judge.__exit__, (None, None, None), exitpriority=0)
        _bound_memory()


def _bound_memory() -> None:
    """Let a judge grow by so much and no further: what asks for more is broken, and told so."""
    if sys.platform == "linux":
        import resource

        with open("/proc/self/status", encoding="ascii", errors="replace") as stream:
            sizes = dict(line.split(":", 1) for line in stream)
        used = int(sizes["VmData"].split()[0]) << 10
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = used + GROWTH
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _end_with_parent() -> None:
    """Leave no process behind, however the command ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command itself tells
    if sys.platform == "linux":
        from autograder.sandbox.inside.linux import die_with_parent

        die_with_parent()


def _grade(item: Item) -> dict[str, object]:
    if _refusal:
        raise _refusal
    assert _judge is not None
    return graded(_judge, item).to_dict()


def graded(judge: Judge, item: Item, given: CaseKeys | None = None) -> Report:
    """Return an item's report; whatever goes wrong ends this item alone, as broken."""
    try:
        if not item.problem:
            return judge.grade_file(item.path, item.topic, item.student, given, item.only)
        tell = broken if item.fault else unreadable
        report = tell(judge.topic(item.topic), item.student, item.problem)
    except SandboxUnavailable:
        raise
    except Exception as error:
        report = broken(judge.topic(item.topic), item.student, failed(error))
    report.level = judge.level
    return report


def settled(judge: Judge, item: Item) -> Report:
    """Return the report of an item that is graded by itself: tried twice where time ran out."""
    report = graded(judge, item)
    return told(graded(judge, item) if report.stopped else report)


def told(report: Report) -> Report:
    """Return a report that says so where a verdict stands on the wall clock alone."""
    if report.doubtful:
        report.notes.insert(0, DOUBTFUL)
    return report


def failed(error: Exception) -> str:
    """Say that the grader failed, with the exception's own text."""
    text = " ".join(str(error).split())[:300]
    return f"the grader failed on this submission ({type(error).__name__}: {text})"
