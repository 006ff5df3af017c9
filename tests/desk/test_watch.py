"""`autograder watch` and `autograder progress`."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time

import pytest

from autograder.desk import progress
from autograder.desk.selfcheck import find_target
from autograder.desk.watch import watch
from autograder.report.terminal import Look
from autograder.topic.catalogue import Catalogue
from tests.conftest import CATALOGUE
from tests.kit.release import environment, heed_interrupts, make_release, shell, written

TOPIC = "optimizers"
EXERCISES = len(CATALOGUE.topic(TOPIC).exercises)
POINTS = sum(exercise.points for exercise in CATALOGUE.topic(TOPIC).exercises)
GOOD = "return param - lr * grad"


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return make_release(tmp_path_factory.mktemp("release"), [TOPIC])


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "optimizers.py"
    found.write_text(written(TOPIC), encoding="utf-8")
    return found


def save(path, text):
    """Save as an editor does: write beside, then rename."""
    beside = path.with_suffix(".tmp")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)


def screens(release, path, texts):
    """Return the first screen and the one after each save."""
    shown: list[str] = []
    saves = iter(texts)

    def show(text):
        shown.append(text)
        following = next(saves, None)
        if following is not None:
            save(path, following)

    target = find_target(str(path), root=release)
    watch(target, None, show, Look(), rounds=len(texts) + 1)
    return shown


def test_each_save_is_checked_and_the_next_thing_named(release, path):
    first, second, third = screens(
        release,
        path,
        [written(TOPIC, sgd_step="return param + lr * grad"), written(TOPIC, sgd_step=GOOD)],
    )
    assert f"0 of {EXERCISES} exercises" in first
    assert "Next: write sgd_step (optimizers.py, line" in first
    assert "hint:" in second
    assert f"1 of {EXERCISES} exercises" in third
    assert "Next: write momentum_step" in third


def test_broken_saves_are_survived(release, path):
    texts = ["", "def sgd_step(:\n", "\x00", written(TOPIC, sgd_step=GOOD)]
    shown = screens(release, path, texts)
    assert "empty" in shown[1]
    assert "Waiting for the next save" in shown[1]
    assert f"1 of {EXERCISES} exercises" in shown[-1]


def test_all_done_says_so(release, path):
    save(path, CATALOGUE.topic(TOPIC).chapter.text)
    (shown,) = screens(release, path, [])
    assert "All public checks pass" in shown


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")
def test_a_save_ends_an_endless_loop_and_ctrl_c_leaves_cleanly(release, path):
    save(path, written(TOPIC, sgd_step="while True:\n    lr = lr"))
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "autograder", "watch", str(path), "--root", str(release)],
        env=environment(release),
        cwd=release,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=heed_interrupts,
        encoding="utf-8",
    )
    lines: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=lambda: [lines.put(x) for x in process.stdout], daemon=True)
    reader.start()
    time.sleep(1.5)
    assert process.poll() is None
    save(path, written(TOPIC, sgd_step=GOOD))
    said = ""
    while "Watching" not in said:
        said += lines.get(timeout=30)
    assert f"1 of {EXERCISES} exercises" in said
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    reader.join()
    process.stdout.close()
    rest = ""
    while not lines.empty():
        rest += lines.get()
    assert "Traceback" not in said + rest


def test_a_target_that_is_not_there_is_one_line_and_code_2(release):
    run = shell(release, "watch", "nothing.py")
    assert run.returncode == 2
    assert len(run.stderr.splitlines()) == 1


def test_progress_shows_the_topics_and_remembers(release, path, tmp_path, monkeypatch):
    save(path, written(TOPIC, sgd_step=GOOD))
    env = {"GRADUS_CACHE_DIR": str(tmp_path / "cache")}
    run = shell(release, "progress", "--json", "--root", str(release), cwd=tmp_path, **env)
    (topic,) = json.loads(run.stdout)["topics"]
    assert (topic["done"], topic["exercises"], topic["earned"]) == (1, EXERCISES, 1.0)
    assert topic["next"] == "momentum_step"
    text = shell(release, "progress", cwd=tmp_path, **env).stdout
    assert "next: momentum_step" in text
    assert f"1 of {POINTS:g} points" in text
    monkeypatch.setenv("GRADUS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(progress, "run", None)  # nothing is judged twice
    (again,) = progress.standings(Catalogue(release), str(release))
    assert again.done == 1


def test_progress_without_topics_is_one_line(release, tmp_path):
    run = shell(release, "progress", "--root", str(tmp_path))
    assert run.returncode == 2
    assert len(run.stderr.splitlines()) == 1
