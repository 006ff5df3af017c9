"""Ctrl-C ends a command, and nothing in a student's code waits for an answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from autograder.desk import selfcheck
from autograder.desk.target import find_target
from autograder.sandbox import Sandbox
from autograder.sandbox.types import Cell
from tests.kit.release import environment, heed_interrupts, make_release, written

TOPIC = "optimizers"
ASKING = {
    "breakpoint()\nreturn param": "Take breakpoint() and pdb out",
    "import pdb\npdb.set_trace()\nreturn param": "Take breakpoint() and pdb out",
    "input('which? ')\nreturn param": "nobody answers input()",
}
STUBBORN = """
import time
while True:
    try:
        time.sleep(9)
    except BaseException:
        pass
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return make_release(tmp_path_factory.mktemp("release"), [TOPIC])


def start(release, path, *command):
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "autograder", *command, str(path), "--root", str(release)],
        env=environment(release),
        cwd=release,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.PIPE,
        preexec_fn=heed_interrupts,
        encoding="utf-8",
    )


@pytest.mark.parametrize("body", ASKING)
def test_code_that_asks_is_answered_with_advice(release, tmp_path, body):
    """The other end of its input stays open: whoever reads from it waits for ever."""
    path = tmp_path / "optimizers.py"
    path.write_text(written(TOPIC, sgd_step=body), encoding="utf-8")
    process = start(release, path, "check", "-e", "sgd_step")
    assert process.stdout is not None
    said = " ".join(process.stdout.read().split())
    assert process.wait() == 1
    process.communicate()
    assert ASKING[body] in said


def test_an_editors_debugger_stays(release, tmp_path, monkeypatch):
    stopped = []
    monkeypatch.setattr(sys, "breakpointhook", lambda: stopped.append(True))
    path = tmp_path / "optimizers.py"
    body = "breakpoint()\nreturn param - lr * grad"
    path.write_text(written(TOPIC, sgd_step=body), encoding="utf-8")
    assert selfcheck.run(find_target(str(path), root=release), ["sgd_step"]).passed
    assert stopped


@pytest.mark.parametrize("call", ["breakpoint()", "__import__('pdb').set_trace()"])
def test_grading_says_the_same_as_the_desk(call):
    source = f"def step():\n    {call}\n    return 1\n"
    with Sandbox("process") as box, box.worker() as worker:
        worker.load([Cell(source)])
        failure = worker.call("step", (), {}).failure
    assert failure is not None
    assert failure.message == "nobody steps through a debugger here"


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")
def test_code_that_catches_ctrl_c_is_ended_by_force(release, tmp_path):
    path = tmp_path / "optimizers.py"
    path.write_text(written(TOPIC, sgd_step=STUBBORN), encoding="utf-8")
    process = start(release, path, "check")
    assert process.stderr is not None
    line = process.stderr.readline()
    assert "optimizers.py is still running, in line" in line
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "of optimizers.py. Does the loop there end?" in err
    assert "Traceback" not in out + err
