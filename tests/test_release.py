"""What students receive holds no answer, no hidden check and no hidden value, and it works."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from autograder.build import SIZE_LIMIT, differences
from autograder.catalogue import RECORD
from autograder.record import RecordedSource
from autograder.source import LiveSource, seeder
from tests.battery import live, topic
from tests.conftest import CATALOGUE, ROOT

TOPICS = CATALOGUE.names()
ASSIGNMENTS = ROOT / "assignments"


def released_text(name: str) -> str:
    """Return all text of a topic's release, arrays left out."""
    folder = ASSIGNMENTS / name
    record = json.dumps(RecordedSource(folder / RECORD).texts)
    parts = [path.read_text(encoding="utf-8") for path in folder.iterdir() if path.suffix != ".npz"]
    return "\n".join([*parts, record])


def statements(region: str) -> list[str]:
    """Return the lines of a solution region that say something."""
    return [line.strip() for line in region.split("\n") if len(line.strip()) > 20]


@pytest.mark.parametrize("name", TOPICS)
def test_no_statement_of_a_solution_is_released(name):
    chapter = topic(name).chapter
    text = released_text(name).replace("\\n", "\n").replace('\\"', '"')
    outside = chapter.without_solutions()
    for part in chapter.parts.values():
        for line in statements(part.region):
            if not line.startswith("#") and line not in outside:
                assert line not in text, f"{part.name}: {line}"


@pytest.mark.parametrize("name", TOPICS)
def test_no_hidden_check_is_released(name):
    text = released_text(name)
    for exercise in topic(name).exercises:
        for check in exercise:
            if check.hidden:
                assert check.sentence not in text, f"{exercise.name}: {check.name}"
    assert "BEGIN SOLUTION" not in text
    assert "HIDDEN TESTS" not in text
    assert "grade(" not in text


@pytest.mark.parametrize("name", TOPICS)
def test_recorded_values_are_of_public_checks_only(name):
    """No recorded case is one that official grading would draw."""
    record = RecordedSource(ASSIGNMENTS / name / RECORD)
    official = LiveSource(topic(name), seeder(b"a course", "ada", name, "hash"))
    for exercise in topic(name).exercises:
        recorded = next(e for e in record.exercises if e.name == exercise.name)
        assert [c.name for c in recorded] == [c.name for c in exercise if not c.hidden]
        for check in recorded:
            for trial in record.trials(recorded, check):
                for array in trial.case.args:
                    if isinstance(array, np.ndarray) and array.dtype.kind == "f":
                        fresh = next(c for c in exercise if c.name == check.name)
                        if not fresh.exact and array.size > 3:
                            drawn = official.trials(exercise, fresh)
                            assert not any(
                                isinstance(a, np.ndarray)
                                and a.shape == array.shape
                                and np.array_equal(a, array)
                                and np.unique(a).size > 3
                                and not _fixed(exercise, check.name, a)
                                for t in drawn
                                for a in t.case.args
                            ), f"{exercise.name}: {check.name} draws the recorded case again"


def _fixed(exercise, check: str, array) -> bool:
    """Whether the check gives this array whatever the seed (a worked example of the handout)."""
    spec = next(c for c in exercise if c.name == check)
    again = spec.cases(np.random.default_rng(12345))
    return any(
        isinstance(a, np.ndarray) and a.shape == array.shape and np.array_equal(a, array)
        for case in again
        for a in case.args
    )


@pytest.mark.parametrize("name", TOPICS)
def test_records_are_small(name):
    assert (ASSIGNMENTS / name / RECORD).stat().st_size <= SIZE_LIMIT


def test_derived_files_are_up_to_date():
    assert differences(CATALOGUE) == []


@pytest.mark.parametrize("name", TOPICS)
def test_released_stub_and_notebook_ask_for_the_same(name):
    stub = (ASSIGNMENTS / name / f"{name}.py").read_text(encoding="utf-8")
    notebook = json.loads((ASSIGNMENTS / name / f"{name}.ipynb").read_text(encoding="utf-8"))
    code = "\n".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"
    )
    wanted = set(topic(name).chapter.parts)
    for text in (stub, "\n".join(line for line in code.split("\n") if line[:1] != "%")):
        defined = {n.name for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)}
        assert wanted <= defined
    graded = {
        cell["metadata"]["nbgrader"]["grade_id"]
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade")
    }
    assert wanted <= graded
    assert live(name, stub).earned == 0


def test_wheel_holds_the_topics_and_no_answer(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "-w",
            str(tmp_path),
            str(ROOT),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        text = "\n".join(
            archive.read(n).decode("utf-8", "replace") for n in names if not n.endswith(".npz")
        )
    assert not any(n.startswith(("solutions", "reference", "tests")) for n in names)
    for name in TOPICS:
        for suffix in (f"{name}.py", f"{name}.ipynb", RECORD):
            assert f"autograder/_assignments/{name}/{suffix}" in names
    assert "### BEGIN SOLUTION\n" not in text.replace('"### BEGIN SOLUTION"', "")
