"""Grading on a Dask cluster: the same judges, on other machines.

Each worker process runs one judge with its own sandbox; one whose machine cannot confine as asked
refuses. Submissions travel as bytes, so nothing but the project itself must be on the workers, and
a worker with another version of a topic refuses too. The secret stays here: a worker gets, for each
submission, the keys its cases come from. A worker that dies costs a retry.
"""

from __future__ import annotations

import atexit
import os
import platform
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.grading.pool import graded
from autograder.judging.official import GradeError, Judge
from autograder.sandbox.types import SandboxUnavailable
from autograder.submission.cells import SubmissionError
from autograder.submission.item import Item
from autograder.submission.reading import MAX_NOTEBOOK, read_bytes
from autograder.topic.catalogue import Catalogue
from autograder.topic.fingerprint import fingerprint
from autograder.topic.seeds import CaseKeys, case_keys
from autograder.values.table import Table

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["Task", "dask_address", "run_on_dask"]

SCHEDULER_PATIENCE = 30.0  # seconds to wait for the scheduler, and for a first worker
AHEAD = 4  # submissions sent ahead for each worker
LOSSES = 5  # times a finished report may be lost with its worker
GIVEN_UP = "the grader failed on this submission, repeatedly; nothing was graded"
AGAIN = "what was graded is kept, run the same command with --resume"


@dataclass(frozen=True)
class Task:
    """One submission on its way to a worker.

    Attributes
    ----------
    student, topic, name : str
        `name` is the file's name.
    content : bytes
    problem : str
        Why the file cannot be read, if so.
    keys : CaseKeys
        What the student's cases come from.
    version : str
        The fingerprint of the topic.
    only : tuple of str, optional
        The exercises to grade; all by default.
    fault : bool
        Whether the problem is ours.
    """

    student: str
    topic: str
    name: str
    content: bytes
    problem: str
    keys: CaseKeys
    version: str
    only: tuple[str, ...] | None = None
    fault: bool = False


def dask_address(executor: str) -> str | None:
    """Return the scheduler's address of ``dask:ADDRESS``, None for ``local``.

    Raises
    ------
    GradeError
        If it is neither.
    """
    if executor == "local":
        return None
    kind, _, address = executor.partition(":")
    if kind != "dask" or not address:
        raise GradeError(
            f"--executor {executor}: choose local, or dask:ADDRESS such as dask:tcp://head:8786"
        )
    return address


def run_on_dask(
    work: Mapping[int, Item],
    catalogue: Catalogue,
    secret: bytes,
    sandbox: str,
    address: str,
) -> Iterator[tuple[int, dict[str, object] | str]]:
    """Grade the items on the workers of a cluster; yield each one's report, or why there is none.

    Raises
    ------
    GradeError
        If the cluster cannot be reached, is lost, or has other topics.
    SandboxUnavailable
        If a worker's machine cannot confine as asked.
    """
    versions: dict[str, str] = {}

    def send(client: Client, number: int) -> Future:
        task = _task(work[number], catalogue, secret, versions)
        with warnings.catch_warnings():  # a submission may be as large as a notebook may
            warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
            return client.submit(judge_there, task, sandbox, pure=False)

    with _client(address) as client:
        suspects = []
        for number, content in _graded(client, list(work), send):
            if content is None or content["stopped"]:
                suspects.append(number)
            else:
                yield number, content
        for suspect in suspects:  # alone: what was beside it is not to blame for it
            for number, content in _graded(client, [suspect], send):
                yield number, content or GIVEN_UP


def _graded(
    client: Client, todo: Sequence[int], send: Callable[[Client, int], Future]
) -> Iterator[tuple[int, Table | None]]:
    """Yield what the workers report; None for a submission under which they died repeatedly."""
    from distributed import KilledWorker, as_completed

    left, numbers, running = iter(todo), dict[object, int](), as_completed()
    lost = Counter[int]()

    def start(number: int) -> None:
        future = send(client, number)
        numbers[future] = number
        running.add(future)

    def fill() -> None:
        """Send ahead as much as the workers there are now can use."""
        room = AHEAD * max(1, len(client.nthreads())) - len(numbers)
        for number in islice(left, max(0, room)):
            start(number)

    fill()
    for future in running:
        number = numbers.pop(future)
        error = future.exception() if future.status == "error" else None
        if isinstance(error, KilledWorker):
            yield number, None
        elif isinstance(error, GradeError | SandboxUnavailable):
            raise error
        elif future.status in ("lost", "cancelled") and lost[number] < LOSSES:
            lost[number] += 1  # its worker died with the report, before it was fetched
            start(number)
        elif future.status != "finished":
            raise GradeError(f"the cluster failed ({error or future.status}): {AGAIN}")
        else:
            yield number, future.result()
        fill()


def _task(item: Item, catalogue: Catalogue, secret: bytes, versions: dict[str, str]) -> Task:
    if item.topic not in versions:
        versions[item.topic] = fingerprint(catalogue.topic(item.topic))
    content, problem, fault = b"", item.problem, item.fault
    if not problem:
        try:
            content = read_bytes(item.path, MAX_NOTEBOOK)
        except SubmissionError as error:
            problem, fault = str(error), error.fault
    own = case_keys(secret, item.student, item.topic)
    version = versions[item.topic]
    name = item.path.name
    return Task(item.student, item.topic, name, content, problem, own, version, item.only, fault)


@contextmanager
def _client(address: str) -> Iterator[object]:
    """Connect to a scheduler that has at least one worker."""
    from distributed import Client

    try:
        client = Client(address, timeout=SCHEDULER_PATIENCE, name="autograder")
    except (OSError, ValueError) as error:  # distributed's timeouts are OSErrors too
        reason = str(error) or type(error).__name__
        raise GradeError(
            f"there is no Dask scheduler at {address} ({reason}): start one with dask scheduler"
        ) from None
    try:
        client.wait_for_workers(1, timeout=SCHEDULER_PATIENCE)
        yield client
    except TimeoutError:
        raise GradeError(
            f"the Dask scheduler at {address} has no worker: start some with dask worker {address}"
        ) from None
    finally:
        client.close()


# --- on a worker ---------------------------------------------------------------------------------

_judges: dict[str, Judge] = {}
_versions: dict[str, str] = {}
_thread = ThreadPoolExecutor(1, "judge")  # one judge a process; its sandbox ends with its thread


def judge_there(task: Task, sandbox: str) -> dict[str, object]:
    """Grade one submission in this process; return its report as plain data.

    Raises
    ------
    GradeError
        If the topic here is not the one the submission is to be graded with.
    SandboxUnavailable
        If this machine cannot confine as asked.
    """
    return _thread.submit(_grade, task, sandbox).result()


def _grade(task: Task, sandbox: str) -> dict[str, object]:
    judge = _judge(sandbox)
    topic = judge.topic(task.topic)
    if task.topic not in _versions:
        _versions[task.topic] = fingerprint(topic)  # of what is loaded, whatever is edited later
    if _versions[task.topic] != task.version:
        raise GradeError(
            f"a worker on {platform.node()} has another version of {task.topic}: install the "
            "same checkout everywhere and restart the workers"
        )
    with tempfile.TemporaryDirectory(prefix="submission-") as folder:
        path = Path(folder) / task.name
        path.write_bytes(task.content)
        item = Item(task.student, task.topic, path, task.problem, only=task.only, fault=task.fault)
        return graded(judge, item, task.keys).to_dict()


def _judge(sandbox: str) -> Judge:
    """Return this process's judge, started once; the checkout is the worker's own.

    It judges with one thread. Of Numba's threads that is said to Numba, not to the environment: a
    process whose threads run already could compile nothing any more.
    """
    if sandbox not in _judges:
        import numba

        numba.set_num_threads(1)
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ.setdefault(name, "1")
        judge = Judge(Catalogue.find(), b"", sandbox)
        judge.__enter__()
        atexit.register(judge.__exit__, None, None, None)
        _judges[sandbox] = judge
    return _judges[sandbox]
