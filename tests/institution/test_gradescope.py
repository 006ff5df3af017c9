"""The zip for Gradescope, in folders laid out as Gradescope's; the workflow for GitHub.

``/autograder`` is another folder here (`AUTOGRADER_ROOT`), and its Python is this one
(`AUTOGRADER_PYTHON`); the slow test runs ``setup.sh`` too, which makes an environment of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.course.start import init
from autograder.institution.gradescope import of_course, student, write_zip
from autograder.institution.workflow import workflow
from autograder.report.model import points_text
from tests.conftest import CATALOGUE
from tests.grading.test_grading import ONE, TOPIC, as_notebook, body
from tests.kit.battery import topic
from tests.kit.forked import autograder as run

SEEN = "shares[shares > 0]"
WRONG = f"return float(np.log(len(shares))), float(np.sum({SEEN} * np.log({SEEN})))"
HINT = "Can a cross-entropy of probabilities be negative?"
POINTS = sum(exercise.points for exercise in topic(TOPIC).exercises)


def lay_out(place: Path, archive: Path) -> Path:
    """Do what Gradescope does with a zip: unpack it as `source`, put `run_autograder` beside."""
    source = place / "source"
    source.mkdir(parents=True)
    with zipfile.ZipFile(archive) as content:
        for entry in content.infolist():
            path = Path(content.extract(entry, source))
            path.chmod(entry.external_attr >> 16 & 0o777)
    shutil.copy(source / "run_autograder", place / "run_autograder")
    return place


def grade_there(place: Path, submission: dict[str, str], users=("ada@uni.example",), **env):
    """Hand in files, run the autograder, and return what it said and the results it wrote."""
    for folder in ("submission", "results"):
        shutil.rmtree(place / folder, ignore_errors=True)
        (place / folder).mkdir()
    for name, text in submission.items():
        (place / "submission" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "submission" / name).write_text(text, encoding="utf-8")
    metadata = {
        "id": 123456,
        "created_at": "2026-01-05T14:22:32.365935-07:00",
        "assignment": {"due_date": "2026-01-31T23:00:00.000000-07:00", "title": "Optimizers"},
        "submission_method": "upload",
        "users": [{"email": email, "id": k, "name": "N"} for k, email in enumerate(users)],
        "previous_submissions": [],
    }
    (place / "submission_metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GRADUS", "PYTHON"))}
    done = subprocess.run(
        [place / "run_autograder"],
        env={**kept, "AUTOGRADER_ROOT": str(place), "AUTOGRADER_PYTHON": sys.executable, **env},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    path = place / "results" / "results.json"
    return done, json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gradescope")
    archive = write_zip(topic(TOPIC), folder / "secret", folder / "autograder.zip")
    return lay_out(folder / "autograder", archive)


def test_what_gradescope_needs_is_at_the_top_and_can_be_run(place):
    for name in ("setup.sh", "run_autograder"):
        assert os.access(place / "source" / name, os.X_OK)
        subprocess.run(["bash", "-n", place / "source" / name], check=True)
    needed = (place / "source" / "requirements.txt").read_text(encoding="utf-8").split()
    assert [line.split("==")[0] for line in needed][:2] == ["numpy", "numba"]
    assert (place / "source" / "secret").stat().st_mode & 0o777 == 0o600


def test_one_topic_is_in_it_and_nothing_else(place):
    found = {path.name for path in (place / "source" / "solutions").iterdir()}
    assert found - {"__pycache__"} == {TOPIC}
    assert not list(place.rglob("*.ipynb"))


def test_a_right_notebook_gets_full_marks(place):
    done, results = grade_there(place, {"my work.ipynb": as_notebook(topic(TOPIC).chapter.text)})
    assert done.returncode == 0, done.stderr
    assert results["score"] == POINTS
    assert sum(test["max_score"] for test in results["tests"]) == pytest.approx(POINTS, abs=0.01)
    assert all(test["status"] == "passed" for test in results["tests"])


def test_a_mistake_costs_its_tests_and_hidden_ones_wait_for_the_due_date(place):
    wrong = body(ONE, WRONG)
    _, results = grade_there(place, {f"{TOPIC}.py": wrong, "notes.py": "x = 1\n"})
    failed = [test for test in results["tests"] if test["status"] == "failed"]
    assert failed
    assert all(test["name"].startswith(f"{ONE}: ") for test in failed)
    assert any(HINT in test["output"] for test in failed)
    assert {t["visibility"] for t in results["tests"]} == {"visible", "after_due_date"}
    total = sum(test["score"] for test in results["tests"])
    assert results["score"] == pytest.approx(total, abs=0.01)


def test_hostile_and_missing_work_gets_a_result_that_says_so(place):
    spy = body(ONE, 'return open("/autograder/source/secret").read()')
    done, results = grade_there(place, {f"{TOPIC}.py": spy})
    assert done.returncode == 0
    assert results["score"] == POINTS - next(
        e.points for e in topic(TOPIC).exercises if e.name == ONE
    )
    secret = (place / "source" / "secret").read_text(encoding="utf-8")
    assert secret not in json.dumps(results)
    done, results = grade_there(place, {})
    assert results["score"] == 0
    assert "no .py or .ipynb file was handed in" in results["output"]


def test_where_the_grader_fails_there_is_no_score(place):
    moved = place / "source" / "gradescope.json"
    kept = moved.read_text(encoding="utf-8")
    moved.write_text("{", encoding="utf-8")
    done, results = grade_there(place, {})
    moved.write_text(kept, encoding="utf-8")
    assert done.returncode == 1
    assert results is None
    assert "Traceback" not in done.stderr


def test_a_group_is_one_student(tmp_path):
    path = tmp_path / "submission_metadata.json"
    path.write_text('{"users": [{"email": "b"}, {"email": "a"}]}', encoding="utf-8")
    assert student(path) == "a+b"
    path.write_text("{}", encoding="utf-8")
    assert student(path) == "student"


def test_equal_content_gives_equal_bytes(tmp_path):
    made = [write_zip(topic(TOPIC), tmp_path / "secret", tmp_path / f"{k}.zip") for k in "ab"]
    assert made[0].read_bytes() == made[1].read_bytes()


def test_the_command_makes_the_zip(tmp_path):
    done = run("gradescope", TOPIC, "--secret", tmp_path / "secret")
    assert done.returncode == 0, done.stderr
    made = tmp_path / f"{TOPIC}-gradescope.zip"
    assert zipfile.ZipFile(made).testzip() is None
    assert made.stat().st_mode & 0o777 == 0o600
    refused = run("gradescope", "cooking", "--out", tmp_path / "a.zip")
    assert refused.returncode == 2
    assert len(refused.stderr.strip().splitlines()) == 1


def test_in_a_course_the_zip_grades_by_its_file(tmp_path):
    course, _ = init(tmp_path / "course", CATALOGUE, [TOPIC])
    secret, first, last = course.private / "secret", *list(topic(TOPIC).chapter.parts)[:2]
    settings = course.folder / "course.toml"
    text = f"[assignments.{TOPIC}]\npoints = {{ {first} = 20 }}\ndrop = ['{last}']\n"
    settings.write_text(f"{text}exam = 'public'\n")
    assert of_course(tmp_path / "secret", TOPIC) is None
    assert of_course(secret, "lstm") is None
    archive = write_zip(
        topic(TOPIC), secret, tmp_path / "a.zip", assignment=of_course(secret, TOPIC)
    )
    place = lay_out(tmp_path / "autograder", archive)
    wrong = body(ONE, WRONG)
    done, results = grade_there(place, {f"{TOPIC}.py": wrong})
    assert done.returncode == 0, done.stderr
    there = {}
    for test in results["tests"]:
        name = test["name"].split(":")[0]
        there[name] = there.get(name, 0) + test["max_score"]
    kept = {e.name: e.points for e in topic(TOPIC).exercises if e.name != last}
    assert there == pytest.approx({**kept, first: 20}, abs=0.01)
    assert f"of {points_text(sum(there.values()))} points" in results["output"]
    failed = [test for test in results["tests"] if test["name"].startswith(f"{first}:")]
    assert any(test["status"] == "failed" and test["output"] for test in failed)
    assert not any(HINT in test["output"] for test in failed)
    packed = place / "source" / "gradescope.json"
    content = json.loads(packed.read_text())
    content["course"] = {**content["course"], "exam": "none", "exercises": [first], "drop": []}
    packed.write_text(json.dumps(content))
    _, results = grade_there(place, {f"{TOPIC}.py": wrong})
    assert {test["name"].split(":")[0] for test in results["tests"]} == {first}
    assert results["visibility"] == "after_due_date"
    assert {test["visibility"] for test in results["tests"]} == {"after_due_date"}
    settings.write_text(f"[assignments.{TOPIC}]\npoints = {{ cook = 1 }}\n")
    done = run("gradescope", TOPIC, "--secret", secret)
    assert done.returncode == 2 and "there is no 'cook'" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_setup_makes_an_environment_that_grades(place):
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    env["AUTOGRADER_ROOT"] = str(place)
    setup = ["bash", str(place / "source" / "setup.sh")]
    done = subprocess.run(setup, env=env, capture_output=True, text=True, check=False, timeout=590)
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"{POINTS:g} of {POINTS:g} points" in done.stdout
    own = str(place / "venv" / "bin" / "python")
    done, results = grade_there(
        place, {f"{TOPIC}.py": topic(TOPIC).chapter.text}, AUTOGRADER_PYTHON=own
    )
    assert results["score"] == POINTS


# --- GitHub ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("right", [True, False])
def test_the_workflow_checks_what_is_pushed(tmp_path, right):
    """Run its steps as Actions does; installing is what the release's own tests do."""
    yaml = pytest.importorskip("yaml")
    content = yaml.safe_load(workflow(TOPIC))
    assert content[True] == ["push", "workflow_dispatch"]  # YAML 1.1 reads `on` as true
    assert content["permissions"] == {"contents": "read"}
    chapter = topic(TOPIC).chapter
    text = chapter.text if right else chapter.without_solutions()
    (tmp_path / f"{TOPIC}.py").write_text(text, encoding="utf-8")
    steps = {s["name"]: s for s in content["jobs"]["check"]["steps"] if "name" in s}
    assert steps["Install"]["run"] == "python -m pip install ./gradus_dl-*.whl"
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    summary = tmp_path / "summary.md"
    env = {
        **os.environ,
        "PATH": search,
        "GITHUB_STEP_SUMMARY": str(summary),
        "GRADUS_ROOT": str(CATALOGUE.root),
    }
    codes = [
        subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", steps[name]["run"]],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            check=False,
            timeout=120,
        ).returncode
        for name in ("Check", "Summary")
    ]
    assert codes == [0 if right else 1, 0]
    assert ONE in summary.read_text(encoding="utf-8")


def test_the_command_writes_the_workflow(tmp_path):
    done = run("workflow", TOPIC, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    written = tmp_path / ".github" / "workflows" / f"check-{TOPIC}.yml"
    assert written.read_text(encoding="utf-8") == workflow(TOPIC)
    assert run("workflow", "cooking", "--out", tmp_path).returncode == 2
