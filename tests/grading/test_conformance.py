"""One score everywhere: the same submissions by every path there is."""

from __future__ import annotations

import csv
import json
import warnings
from xml.etree import ElementTree

import pytest

from autograder.course.grade import grade_assignments
from autograder.grading.run import grade_all, write_results
from autograder.institution.exports import export
from autograder.institution.gradescope import write_zip
from autograder.institution.results import load
from autograder.report.model import rounded
from autograder.submission.item import Item
from tests.conftest import CATALOGUE
from tests.institution.test_gradescope import grade_there, lay_out
from tests.kit.courses import NARROW, TOPIC, fresh, nbgrader, quietly, scores, submit

CLASS = {"ada": "right", "bo": "mistakes", "chi": "half", "dee": "hostile", "eve": "syntax error"}
pytestmark = [
    *(pytest.mark.filterwarnings(text) for text in NARROW),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:(distributed|dask|tornado)"),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course in which the class has handed in."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = fresh(tmp_path_factory.mktemp("conformance"))
        for student, kind in CLASS.items():
            submit(made, student, kind, TOPIC)
    return made


@pytest.fixture(scope="module")
def items(course):
    return [
        Item(student, TOPIC, course.place("submitted", student, TOPIC) / f"{TOPIC}.ipynb")
        for student in CLASS
    ]


@pytest.fixture(scope="module")
def official(course, items, tmp_path_factory):
    """What official grading gives: the score all others are compared with."""
    folder = tmp_path_factory.mktemp("official")
    reports = grade_all(items, CATALOGUE, course.secret, folder / "store", jobs=1)
    write_results(reports, folder)
    found = {report.student: report for report in reports}
    assert found["ada"].earned == found["ada"].points
    assert len({report.earned for report in reports}) > 3
    return folder, found


def by_exercise(reports):
    return {
        report.student: {exercise.name: exercise.earned for exercise in report}
        for report in reports
    }


def test_course_grade(course, official):
    outcome = quietly(lambda: grade_assignments(course, [TOPIC], jobs=1))[TOPIC]
    assert by_exercise(outcome.reports) == by_exercise(official[1].values())
    assert scores(course, TOPIC) == by_exercise(official[1].values())


def test_nbgrader_autograde(course, official, tmp_path):
    theirs = fresh(tmp_path)
    (theirs.private / "secret").write_bytes(course.secret)
    for student, kind in CLASS.items():
        submit(theirs, student, kind, TOPIC)
    done = nbgrader(theirs, "autograde", TOPIC)
    assert done.returncode == 0, done.stderr[-2000:]
    assert scores(theirs, TOPIC) == by_exercise(official[1].values())


def test_gradescope(course, items, official, tmp_path):
    secret = course.private / "secret"
    archive = write_zip(CATALOGUE.topic(TOPIC), secret, tmp_path / "autograder.zip")
    place = lay_out(tmp_path / "autograder", archive)
    for item in items[1::2]:  # a process each; what is right gets full marks in test_gradescope
        text = item.path.read_text(encoding="utf-8")
        done, results = grade_there(place, {item.path.name: text}, users=[item.student])
        assert done.returncode == 0, done.stderr
        assert results["score"] == official[1][item.student].earned
        mine: dict[str, float] = {}
        for test in results["tests"]:
            name = test["name"].split(":")[0]
            mine[name] = mine.get(name, 0.0) + test["score"]
        expected = by_exercise(official[1].values())[item.student]
        assert mine == pytest.approx(expected, abs=0.0051)  # two decimals


def test_dask(course, items, official, tmp_path):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        executor = f"dask:{cluster.scheduler_address}"
        reports = grade_all(items, CATALOGUE, course.secret, tmp_path, executor=executor)
        graded = quietly(
            lambda: grade_assignments(course, [TOPIC], executor=executor, resume=False)
        )
    assert by_exercise(reports) == by_exercise(official[1].values())
    assert by_exercise(graded[TOPIC].reports) == by_exercise(official[1].values())


@pytest.mark.parametrize("kind", ["canvas", "moodle"])
def test_gradebooks(official, tmp_path, kind):
    folder, reports = official
    (path,), _ = export(load(folder), kind, tmp_path / "grades.csv")
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    login = rows[0].index("SIS Login ID" if kind == "canvas" else "ID number")
    found = {row[login]: float(row[-1]) for row in rows[1:] if row[login]}
    assert found == {student: report.earned for student, report in reports.items()}


def test_files_for_each_student(official, tmp_path):
    folder, reports = official
    export(load(folder), "gradescope", tmp_path / "gradescope")
    export(load(folder), "junit", tmp_path / "junit")
    for student, report in reports.items():
        path = tmp_path / "gradescope" / TOPIC / f"{student}.json"
        assert json.loads(path.read_text(encoding="utf-8"))["score"] == report.earned
        suite = ElementTree.parse(tmp_path / "junit" / TOPIC / f"{student}.xml").getroot()
        failed = sum(not check.passed for exercise in report for check in exercise.checks)
        assert int(suite.get("failures")) == failed


def test_exports_of_a_course(course, official, tmp_path):
    """The gradebook's scores, by nbgrader's own CSV and by ours."""
    quietly(lambda: grade_assignments(course, [TOPIC], jobs=1))
    expected = {student: report.earned for student, report in official[1].items()}
    results = load(course.folder)
    assert {s.student: rounded(s.score) for s in results.scores()} == expected
    (path,), _ = quietly(
        lambda: export(results, "nbgrader", tmp_path / "nbgrader.csv", None, TOPIC)
    )
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["student_id"]: rounded(float(row["score"])) for row in rows} == expected
    (path,), _ = export(results, "moodle", tmp_path / "moodle.csv", None, TOPIC)
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    column = f"Assignment: {TOPIC} (Real)"
    assert {row["ID number"]: float(row[column]) for row in rows} == expected
