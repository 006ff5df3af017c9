"""What students receive holds no answer, no hidden check and no hidden value, and it works."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from autograder.build.derive import SIZE_LIMIT
from autograder.topic.catalogue import RECORD
from autograder.topic.live import LiveSource
from autograder.topic.record import RecordedSource
from autograder.topic.seeds import seeder
from tests.conftest import CATALOGUE, ROOT
from tests.kit.battery import live, topic

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
    checks = [check for exercise in topic(name).exercises for check in exercise]
    public = {check.sentence for check in checks if not check.hidden}
    for exercise in topic(name).exercises:
        for check in exercise:
            if check.hidden and check.sentence not in public:
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
            fresh = next(c for c in exercise if c.name == check.name)
            drawn = _random_arrays(official.trials(exercise, fresh))
            fixed = _random_arrays([Drawn(case) for case in fresh.cases(np.random.default_rng(1))])
            for values in _random_arrays(record.trials(recorded, check)):
                if values not in fixed:  # a worked example of the handout is always the same
                    assert values not in drawn, f"{exercise.name}: {check.name} repeats a case"


class Drawn:
    def __init__(self, case):
        self.case = case


def _random_arrays(trials) -> list[bytes]:
    """Return the bytes of the float arrays of the cases that look drawn."""
    return [
        array.tobytes()
        for trial in trials
        for array in trial.case.args
        if isinstance(array, np.ndarray) and array.dtype.kind == "f" and np.unique(array).size > 3
        if not np.allclose(array, np.round(array, 2), rtol=0, atol=1e-6)  # few of them: chance
    ]


@pytest.mark.parametrize("name", TOPICS)
def test_records_are_small(name):
    assert (ASSIGNMENTS / name / RECORD).stat().st_size <= SIZE_LIMIT


def test_no_derived_file_is_left_of_a_topic_that_is_gone():
    assert {path.name for path in ASSIGNMENTS.iterdir()} == set(TOPICS)


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
