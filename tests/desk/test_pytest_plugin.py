"""`pytest assignments/TOPIC` in a student's release."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib

import pytest

from tests.conftest import CATALOGUE, ROOT
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


# --- where the package is installed: any file, anywhere, by the entry point ---------------------

PROBE = """
import json


def pytest_collection_finish(session):
    told = [
        (item.nodeid, item.location[1], str(item.path), str(item.parent.path), item.name)
        for item in session.items
    ]
    print("ITEMS", json.dumps(told))
"""
"""What an editor's test explorer reads of each item: its id, its line, its file, its parent's."""


@pytest.fixture
def fresh(tmp_path_factory):
    return make_release(tmp_path_factory.mktemp("installed"), [TOPIC])


def installed(release, folder, *argv):
    """Run pytest in a student's folder, with the plugin as its entry point brings it."""
    (folder / "probe.py").write_text(PROBE, encoding="utf-8")
    plugins = ["-p", ENTRY, "-p", "no:gradus", "-p", "probe", "-p", "no:cacheprovider"]
    path = f"{release}:{folder}" if sys.platform != "win32" else f"{release};{folder}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, "--rootdir", str(folder), *argv],
        env=environment(release, PYTHONPATH=path, GRADUS_ROOT=str(release)),
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    line = next((x for x in done.stdout.splitlines() if x.startswith("ITEMS ")), "ITEMS []")
    return done, json.loads(line.removeprefix("ITEMS "))


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ENTRY = PROJECT["entry-points"]["pytest11"]["gradus"]
PUBLIC = [(e.name, c.sentence) for e in CATALOGUE.topic(TOPIC).exercises for c in e if not c.hidden]


@pytest.mark.parametrize("given", [".", "optimizers.py"])
def test_a_file_of_a_student_is_collected_wherever_it_lies(fresh, tmp_path, given):
    text = written(TOPIC, sgd_step="return param - lr * grad") + "\n\ndef test_mine():\n    pass\n"
    path = tmp_path / "optimizers.py"
    path.write_text(text, encoding="utf-8")
    done, items = installed(fresh, tmp_path, given, "-q", "-k", "sgd_step")
    assert done.returncode == 0, done.stdout
    assert [item[4] for item in items] == [c for e, c in PUBLIC if e == "sgd_step"]
    line = next(k for k, each in enumerate(text.split("\n")) if each.startswith("def sgd_step("))
    for nodeid, at, own, parents, _ in items:
        assert nodeid.split("::")[:2] == ["optimizers.py", "sgd_step"]
        assert (at, own, parents) == (line, str(path), str(path))


def test_an_item_is_run_by_the_id_that_an_explorer_keeps(fresh, tmp_path):
    path = tmp_path / "optimizers.py"
    path.write_text(written(TOPIC, sgd_step="return param - lr * grad"), encoding="utf-8")
    _, items = installed(fresh, tmp_path, "--collect-only", "-q")
    assert len(items) == len(PUBLIC)
    wanted = [f"{path}::{'::'.join(item[0].split('::')[1:])}" for item in items[:2]]
    done, _ = installed(fresh, tmp_path, "-q", *wanted)
    assert "2 passed" in done.stdout, done.stdout


def test_a_file_of_another_project_with_that_name_is_left_alone(fresh, tmp_path):
    text = "def sgd_step(model):\n    return model\n\n\ndef test_it():\n    assert sgd_step(1)\n"
    (tmp_path / "optimizers.py").write_text(text, encoding="utf-8")
    (tmp_path / "test_own.py").write_text("from optimizers import test_it\n", encoding="utf-8")
    _, items = installed(fresh, tmp_path, "-q")
    assert [item[0] for item in items] == ["test_own.py::test_it"]
