"""`pytest assignments/TOPIC` in a student's release."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import CATALOGUE
from tests.kit.release import environment, make_release, written

TOPIC = "optimizers"


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return make_release(tmp_path_factory.mktemp("release"), [TOPIC, "neurons"])


def run(release, *argv):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(release)]
    return subprocess.run(
        [*command, *argv],
        env=environment(release),
        cwd=release,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_each_check_is_a_test_named_by_its_sentence(release):
    listed = run(release, f"assignments/{TOPIC}", "--collect-only", "-q").stdout
    for exercise in CATALOGUE.topic(TOPIC).exercises:
        for check in exercise:
            node = f"assignments/{TOPIC}/{TOPIC}.py::{exercise.name}::{check.sentence}"
            assert (node in listed) is not check.hidden


def test_failures_are_the_verdict_alone(release):
    path = release / "assignments" / TOPIC / f"{TOPIC}.py"
    body = "velocity = beta * velocity + grad\nreturn param - lr * velocity, velocity"
    text = written(TOPIC, momentum_step=body, sgd_step="return param - lr * grad")
    path.write_text(text, encoding="utf-8")
    found = run(release, f"assignments/{TOPIC}", "-q")
    assert found.returncode == 1
    assert "hint:" in found.stdout
    assert "PyTorch" in found.stdout
    assert "sgd_step: " not in found.stdout.split("short test summary")[0]
    assert "nesterov_step is still to write" in found.stdout
    for word in ("Traceback", "judge.py", "pytest_plugin.py", "Error"):
        assert word not in found.stdout
    one = run(release, f"assignments/{TOPIC}", "-q", "-k", "sgd_step")
    assert one.returncode == 0
    assert "3 passed" in one.stdout


def test_a_broken_file_and_several_topics_at_once(release):
    path = release / "assignments" / TOPIC / f"{TOPIC}.py"
    path.write_text("\x00", encoding="utf-8")
    found = run(release, "assignments", "-q")
    assert found.returncode == 1
    assert "holds null bytes" in found.stdout
    assert "mcculloch_pitts is still to write" in found.stdout


def test_what_calls_a_failed_exercise_waits_for_it(release):
    path = release / "assignments" / "neurons" / "neurons.py"
    body = "return lif_step(current, dt, tau)"
    path.write_text(written("neurons", lif_simulate=body), encoding="utf-8")
    found = run(release, "assignments/neurons", "-q", "-rs", "-k", "lif_simulate")
    assert "waiting for lif_step" in found.stdout


def test_solved_passes(release):
    path = release / "assignments" / TOPIC / f"{TOPIC}.py"
    path.write_text(CATALOGUE.topic(TOPIC).chapter.text, encoding="utf-8")
    found = run(release, f"assignments/{TOPIC}", "-q")
    assert found.returncode == 0, found.stdout
