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
from autograder.desk.keys import Keys
from autograder.desk.target import find_target
from autograder.desk.watch import Quit, Screen, watch
from autograder.report.terminal import Look
from autograder.topic.catalogue import Catalogue
from tests.conftest import CATALOGUE
from tests.kit.release import (
    as_notebook,
    environment,
    heed_interrupts,
    make_release,
    shell,
    written,
)

TOPIC = "optimizers"
EXERCISES = len(CATALOGUE.topic(TOPIC).exercises)
POINTS = sum(exercise.points for exercise in CATALOGUE.topic(TOPIC).exercises)
STUBBORN = """
import time
while True:
    try:
        time.sleep(9)
    except BaseException:
        pass
"""
GOOD = "return param - lr * grad"


@pytest.fixture(autouse=True)
def ctrl_c():
    """Let Ctrl-C interrupt: where tests run in a shell's background it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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
    watch(target, None, Screen(show, Look()), rounds=len(texts) + 1)
    return shown


def test_each_save_is_checked_and_the_next_thing_named(release, path):
    first, second, third = screens(
        release,
        path,
        [written(TOPIC, sgd_step="return param + lr * grad"), written(TOPIC, sgd_step=GOOD)],
    )
    assert f"0 of {EXERCISES} exercises" in first
    assert "Next: write sgd_step (optimizers.py, line" in first
    assert "asked:" in second
    assert "hint:" not in second
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


class Desk:
    """A screen that does something after each thing it is shown, and a keyboard."""

    def __init__(self, *deeds, busy=False):
        self.busy = busy  # do something after a line of running code as well
        self.shown: list[str] = []
        self.ran: list[str] = []
        self.deeds = iter(deeds)
        self.waiting: list[str] = []

    def show(self, text):
        self.shown.append(text)
        self.do()

    def running(self, text):
        self.ran.append(text)
        if self.busy:
            self.do()

    def do(self):
        deed = next(self.deeds, None)
        if isinstance(deed, str):
            self.waiting.append(deed)
        elif deed:
            deed()

    def watch(self, release, given, rounds):
        keys = Keys(lambda: self.waiting.pop(0) if self.waiting else "")
        target = find_target(str(given), root=release)
        watch(target, None, Screen(self.show, Look(), self.running, keys), rounds=rounds)
        return self.shown


def test_while_code_runs_the_screen_says_in_which_line(release, path):
    save(path, written(TOPIC, sgd_step="while True:\n    lr = lr"))
    desk = Desk(None, lambda: save(path, written(TOPIC, sgd_step=GOOD)), busy=True)
    (last,) = desk.watch(release, path, rounds=1)
    assert desk.ran[0].startswith("optimizers.py: running, line ")
    assert f"1 of {EXERCISES} exercises" in last


def test_the_format_that_is_saved_is_checked(release, path):
    notebook = path.with_suffix(".ipynb")
    notebook.write_text(as_notebook(written(TOPIC)), encoding="utf-8")
    both = written(TOPIC, sgd_step=GOOD, ema_update="return 1")
    desk = Desk(
        lambda: save(notebook, as_notebook(written(TOPIC, sgd_step=GOOD))),
        lambda: save(path, both),
    )
    first, second, third = desk.watch(release, path, rounds=3)
    assert f"0 of {EXERCISES} exercises" in first
    assert "Watching optimizers.ipynb" in second
    assert f"1 of {EXERCISES} exercises" in second
    assert "Watching optimizers.py" in third


def test_a_removed_file_leaves_no_verdict_on_the_screen(release, path):
    desk = Desk(path.unlink, lambda: save(path, written(TOPIC, sgd_step=GOOD)))
    _, gone, back = desk.watch(release, path, rounds=3)
    assert gone == "optimizers.py is gone. Waiting until it is there again.\n"
    assert f"1 of {EXERCISES} exercises" in back


def test_keys_hint_explain_go_on_and_reset_after_asking(release, path, monkeypatch):
    monkeypatch.setenv("GRADUS_ROOT", str(release))
    save(path, written(TOPIC, sgd_step="return param + lr * grad"))
    keep = iter([lambda: save(path, path.read_text(encoding="utf-8") + "\n")])
    desk = Desk("h", "e", "n", "n", "r", "r", lambda: next(keep)())
    monkeypatch.setattr(time, "sleep", lambda seconds, sleep=time.sleep: sleep(min(seconds, 0.01)))
    shown = desk.watch(release, path, rounds=2)
    hinted, explained, following, later, asked, done, last = shown[1:8]
    assert "hint:" in hinted
    assert "To try it yourself" in explained
    assert "Next: write momentum_step" in following
    assert "Next: write nesterov_step" in later
    assert "r again brings the stub of nesterov_step back" in asked
    assert "The stub is back; yours: " in done
    assert "hint:" in last


def test_q_ends_even_a_loop(release, path):
    save(path, written(TOPIC, sgd_step="while True:\n    lr = lr"))
    with pytest.raises(Quit):
        Desk("q", busy=True).watch(release, path, rounds=1)
    save(path, written(TOPIC))
    with pytest.raises(Quit):
        Desk("q").watch(release, path, rounds=9)


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")
@pytest.mark.parametrize("body", ["while True:\n    lr = lr", STUBBORN])
def test_a_save_ends_an_endless_loop_and_ctrl_c_leaves_cleanly(release, path, body):
    save(path, written(TOPIC, sgd_step=body))
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
