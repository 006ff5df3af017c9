"""The attacks on the judge, in a course: graded by ours, by Dask and by nbgrader's own command.

Each costs its own student at most; figures are drawn and pages written for everybody else.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import warnings

import nbformat
import pytest

from autograder.course.course import Course
from autograder.course.feedback import draw_figures, write_feedback
from autograder.course.grade import grade_assignments
from autograder.course.source import release
from autograder.course.start import init
from tests.conftest import CATALOGUE
from tests.grading.test_judge_attacks import ATTACKS, FOLDER, HONEST, about
from tests.kit.courses import NARROW, nbgrader, quietly, scores

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3600),
    *(pytest.mark.filterwarnings(text) for text in NARROW),
]
WITNESSES = ("ada", "zoe")


def notebook(text: str) -> bytes:
    """Return the cells of a module as a notebook."""
    cells = [nbformat.v4.new_code_cell(part) for part in text.split("\n# %%")]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode("utf-8", "replace")


def hand_in(course: Course, student: str, topic: str, text: str) -> None:
    place = course.place("submitted", student, topic)
    place.mkdir(parents=True)
    (place / f"{topic}.ipynb").write_bytes(notebook(text))


def plant(course: Course, attack: str) -> None:
    """Hand in an attack: as a notebook, or what it plants, in its student's folder."""
    topic, source = about(attack, "topic"), FOLDER / f"{attack}.py"
    if about(attack, "plants"):
        place = course.place("submitted", attack, topic)
        place.mkdir(parents=True)
        subprocess.run([sys.executable, "-B", str(source), str(place)], check=True)
    else:
        hand_in(course, attack, topic, source.read_text(encoding="utf-8", errors="replace"))


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Course:
    """Return a course of the attacks' topics with two honest students, graded."""
    folder = tmp_path_factory.mktemp("attacked") / "course"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        course, _ = init(folder, CATALOGUE, sorted(HONEST), "Attacked")
        for topic, function in HONEST.items():
            quietly(release, course, topic)
            for student in WITNESSES:
                hand_in(course, student, topic, "import numpy as np\n# %%\n" + function)
    return course


def honest(course: Course) -> dict[tuple[str, str], dict[str, float | None]]:
    return {
        (topic, student): scores(course, topic)[student]
        for topic in HONEST
        for student in WITNESSES
    }


def attacked(released: Course, folder) -> Course:
    shutil.copytree(released.folder, folder / "course", symlinks=True)
    course = Course.open(folder / "course")
    for attack in ATTACKS:
        plant(course, attack)
    return course


def test_in_a_course_each_costs_its_own_student_alone(released, tmp_path):
    quietly(grade_assignments, released, sorted(HONEST))
    expected = honest(released)
    assert any(points for given in expected.values() for points in given.values())
    course = attacked(released, tmp_path)
    outcomes = quietly(lambda: grade_assignments(course, sorted(HONEST), jobs=2, resume=False))
    assert honest(course) == expected
    patient = {attack for attack in ATTACKS if about(attack, "waits")}
    broken = [line for outcome in outcomes.values() for line in outcome.broken]
    assert not [line for line in broken if line.split(":")[0] not in patient], broken
    for topic in HONEST:
        drawn = quietly(lambda topic=topic: draw_figures(course, topic, jobs=2))
        assert drawn
        assert quietly(write_feedback, course, topic) >= len(WITNESSES)
        for student in WITNESSES:
            page = course.place("feedback", student, topic) / f"{topic}.html"
            assert student in page.read_text(encoding="utf-8")


def test_on_a_cluster_too(released, tmp_path):
    distributed = pytest.importorskip("distributed")
    quietly(grade_assignments, released, sorted(HONEST))
    expected = honest(released)
    course = attacked(released, tmp_path)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        executor = f"dask:{cluster.scheduler_address}"
        names = sorted(HONEST)
        quietly(lambda: grade_assignments(course, names, executor=executor, resume=False))
    assert honest(course) == expected


def test_under_nbgraders_own_command_too(released, tmp_path):
    quietly(grade_assignments, released, sorted(HONEST))
    expected = honest(released)
    course = attacked(released, tmp_path)
    for topic in sorted(HONEST):
        nbgrader(course, "autograde", topic, "--force")  # who hands in no notebook stops at himself
    assert honest(course) == expected
