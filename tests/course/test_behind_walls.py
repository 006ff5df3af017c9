"""A notebook that takes nbgrader's own way of grading in, and what it gets here."""

from __future__ import annotations

import nbformat
import pytest

from tests.conftest import CATALOGUE
from tests.kit.courses import NARROW, TOPIC, fresh, nbgrader, released, scores, submit
from tests.sandbox.test_machines import LINUX

pytestmark = [
    *(pytest.mark.filterwarnings(text) for text in NARROW),
    pytest.mark.skipif(not LINUX, reason="confinement is Linux's"),
]
SILENCE = "\n\ncheck = grade = lambda *args, **options: None"
OURS, STOCK = '"autograder.nbgrader_plugin.Judge"', '"nbgrader.preprocessors.Execute"'


def hostile(course) -> bytes:
    """Return the notebook that was given out, unsolved, with a line that disarms the grader."""
    notebook = nbformat.reads(released(course), as_version=4)
    cell = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution"))
    cell.source += SILENCE
    return nbformat.writes(notebook).encode()


def test_a_notebook_that_disarms_the_kernel_s_grader_gets_what_it_deserves(tmp_path):
    course = fresh(tmp_path)
    submit(course, "mallory", hostile(course))
    config = course.folder / "nbgrader_config.py"
    ours = config.read_text()
    total = sum(exercise.points for exercise in CATALOGUE.topic(TOPIC).exercises)

    config.write_text(ours.replace(OURS, STOCK))
    done = nbgrader(course, "autograde", TOPIC)
    assert done.returncode == 0, done.stderr[-2000:]
    assert sum(scores(course)["mallory"].values()) == pytest.approx(total)

    config.write_text(ours)
    done = nbgrader(course, "autograde", TOPIC, "--force")
    assert done.returncode == 0, done.stderr[-2000:]
    assert sum(scores(course)["mallory"].values()) == 0
