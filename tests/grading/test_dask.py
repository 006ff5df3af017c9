"""Grading on a Dask cluster: the same verdicts, behind the same walls, whatever dies."""

from __future__ import annotations

import os
import pickle
import signal
import warnings

import pytest

from autograder.grading.cluster import Task, dask_address, judge_there
from autograder.grading.run import gather, grade_all
from autograder.judging.official import GradeError, Judge
from autograder.report.writers import results_json
from autograder.topic.fingerprint import fingerprint
from autograder.topic.seeds import case_keys
from tests.conftest import CATALOGUE, ROOT
from tests.grading.test_grading import ONE, TOPIC, body
from tests.kit.battery import topic
from tests.kit.forked import autograder as run

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")
psutil = pytest.importorskip("psutil")  # distributed brings it

SECRET = b"dask" * 8
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:(distributed|dask|tornado)"),
]


@pytest.fixture(scope="module")
def cluster():
    """Two worker processes with one thread each."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = os.environ.get("GRADUS_ROOT")
        os.environ["GRADUS_ROOT"] = str(ROOT)
        with dask.config.set({"distributed.scheduler.allowed-failures": 1}):
            made = distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
            )
        yield made
        made.close()
        os.environ.pop("GRADUS_ROOT")
        if before is not None:
            os.environ["GRADUS_ROOT"] = before


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    folder = tmp_path_factory.mktemp("in")
    right = topic(TOPIC).chapter.text
    texts = {
        "right": right,
        "wrong": body("k_fold", "return []"),
        "spy": body(ONE, 'return open("/etc/passwd").read()'),
        "exits": body(ONE, "import os; os._exit(0)"),
        "calls": body(ONE, "import socket; socket.create_connection(('127.0.0.1', 8786))"),
        "cut": "\0",
    }
    for name, text in texts.items():
        (folder / f"{name}_{TOPIC}.py").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def here(handed_in, tmp_path_factory):
    items = gather(handed_in, CATALOGUE).items
    store = tmp_path_factory.mktemp("store")
    return items, grade_all(items, CATALOGUE, SECRET, store, jobs=1)


def on(cluster, items, store, **options):
    executor = f"dask:{cluster.scheduler_address}"
    return grade_all(items, CATALOGUE, SECRET, store, executor=executor, **options)


def test_the_cluster_gives_the_same_reports(cluster, here, tmp_path):
    items, expected = here
    assert results_json(on(cluster, items, tmp_path)) == results_json(expected)


def test_student_code_is_confined_on_each_worker(cluster, here, tmp_path):
    client = distributed.Client(cluster)
    try:
        tasks = [task(items_of(here, name)) for name in ("spy", "calls", "exits")]
        addresses = list(client.nthreads())
        assert len(addresses) == 2
        for address in addresses:
            for given in tasks:
                future = client.submit(judge_there, given, "strict", workers=[address], pure=False)
                report = future.result(timeout=120)
                assert report["level"] in "ABFS"
                lost = [e["name"] for e in report["exercises"] if e["earned"] < e["points"]]
                assert lost == [ONE]
    finally:
        client.close()


def items_of(here, student):
    return next(item for item in here[0] if item.student == student)


def task(item, version=None):
    own = case_keys(SECRET, item.student, item.topic)
    content = item.path.read_bytes()
    version = version or fingerprint(topic(item.topic))
    return Task(item.student, item.topic, item.path.name, content, "", own, version)


def test_a_killed_worker_costs_a_retry_and_no_grade(cluster, here, tmp_path):
    items, expected = here
    killed, orphans = [], []

    def kill_one(done, total, report):
        if killed:
            return
        busy = next(w for w in cluster.scheduler.workers.values() if w.processing)
        worker = next(w for w in cluster.workers.values() if w.worker_address == busy.address)
        killed.append(worker.pid)
        orphans.extend(psutil.Process(worker.pid).children(recursive=True))
        os.kill(worker.pid, signal.SIGKILL)

    reports = on(cluster, items, tmp_path, progress=kill_one)
    assert killed
    assert results_json(reports) == results_json(expected)
    assert not psutil.pid_exists(killed[0])
    _, left = psutil.wait_procs(orphans, timeout=10)
    assert left == []


def dies(task, sandbox):
    """Grade like `judge_there`, but end the worker under one submission."""
    if task.student == "exits":
        os._exit(1)
    return judge_there(task, sandbox)


def test_a_submission_that_kills_every_judge_costs_itself_alone(
    cluster, here, tmp_path, monkeypatch
):
    items, expected = here
    monkeypatch.setattr("autograder.grading.cluster.judge_there", dies)
    reports = {report.student: report for report in on(cluster, items, tmp_path)}
    lost = reports.pop("exits")
    assert lost.earned == 0
    assert "the grader failed on this submission, repeatedly" in lost.error
    others = [report for report in expected if report.student != "exits"]
    assert results_json([reports[report.student] for report in others]) == results_json(others)
    assert not (tmp_path / TOPIC / "exits.json").exists()


def test_what_was_graded_on_the_cluster_is_not_graded_again(cluster, here, tmp_path):
    items, expected = here
    on(cluster, items[:2], tmp_path)
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json")}
    assert len(kept) == 2
    reports = grade_all(items, CATALOGUE, SECRET, tmp_path, jobs=1, resume=True)
    assert results_json(reports) == results_json(expected)
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())


def test_the_secret_does_not_travel(here):
    given = task(items_of(here, "right"))
    assert SECRET not in pickle.dumps(given)
    assert case_keys(SECRET, "ada", TOPIC).student != case_keys(SECRET, "bo", TOPIC).student
    assert case_keys(SECRET, "ada", TOPIC).draws != case_keys(SECRET, "ada", "lstm").draws
    with Judge(CATALOGUE, SECRET) as ours, Judge(CATALOGUE, b"") as theirs:
        item = items_of(here, "wrong")
        mine = ours.grade_file(item.path, TOPIC, "wrong")
        other = theirs.grade_file(item.path, TOPIC, "wrong", given.keys)
        same = theirs.grade_file(item.path, TOPIC, "wrong", task(item).keys)
    assert results_json([mine]) == results_json([same])
    assert results_json([mine]) != results_json([other])


def test_a_worker_with_another_version_refuses(here):
    with pytest.raises(GradeError, match=f"has another version of {TOPIC}"):
        judge_there(task(items_of(here, "right"), version="old"), "best")


@pytest.mark.parametrize("executor", ["dask", "dask:", "slurm:x", ""])
def test_another_executor_is_refused(executor):
    with pytest.raises(GradeError, match="choose local, or dask:ADDRESS"):
        dask_address(executor)


def test_a_cluster_that_is_not_there_is_one_line(handed_in, tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.grading.cluster.SCHEDULER_PATIENCE", 1.0)
    items = gather(handed_in, CATALOGUE).items
    with pytest.raises(GradeError, match="no Dask scheduler at tcp"):
        grade_all(items, CATALOGUE, SECRET, tmp_path, executor="dask:tcp://127.0.0.1:9")


def test_the_command_grades_on_a_cluster(cluster, handed_in, tmp_path):
    address = f"dask:{cluster.scheduler_address}"
    done = run("grade", handed_in, "--out", tmp_path / "out", "--executor", address)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "results.json").exists()
    refused = run("grade", handed_in, "--out", tmp_path / "out", "--executor", "moon")
    assert refused.returncode == 2
    assert len(refused.stderr.strip().splitlines()) == 1
