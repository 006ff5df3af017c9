"""nbgrader reads the verdicts, and nothing a student hands in can stop it: each trap has a test."""

from __future__ import annotations

import copy
import csv
import json
import os
from datetime import datetime

import nbformat
import pytest
from nbgrader.utils import determine_grade

from autograder.course import plugin as nbgrader_plugin
from autograder.course.kept import without_verdict
from autograder.course.notebooks import (
    KEY,
    TrueCell,
    Truth,
    fill,
    link_in,
    links_below,
    repair,
    scaled,
)
from autograder.course.page import feedback_page
from autograder.course.source import release
from autograder.judging import official
from autograder.report.model import CheckResult, ExerciseResult, Report
from autograder.spec import Exercise
from tests.conftest import CATALOGUE
from tests.kit.courses import (
    NARROW,
    OTHER,
    TOPIC,
    answer,
    fresh,
    nbgrader,
    quietly,
    released,
    scores,
    submit,
    without_rewards,
)

pytestmark = [pytest.mark.filterwarnings(text) for text in NARROW]


def true_cell(name, points=3.0, **changes):
    base = {
        "cell_type": "code",
        "source": f'check("{name}")',
        "checksum": "0" * 32,
        "locked": True,
        "grade": True,
        "solution": False,
        "task": False,
        "points": points,
    }
    return TrueCell(name, **{**base, **changes})


TRUTH = Truth(
    {"name": "python3", "display_name": "Python 3", "language": "python"},
    {
        "f-solution": true_cell("f-solution", 0.0, grade=False, locked=False, solution=True),
        "f": true_cell("f"),
        "why": true_cell("why", 2.0, cell_type="markdown", locked=False, solution=True, source="x"),
    },
)


def report(earned, points=3.0, name="f"):
    check = CheckResult("plain", "Adds.", False, points, earned, status="failed", message="off")
    return Report("topic", "ada", [ExerciseResult(name, points, [check])], official=True)


def filled(earned, points=3.0, notebook=None):
    made = repair(notebook or {}, TRUTH)
    fill(made, report(earned, points))
    nbformat.validate(nbformat.from_dict(made))
    return nbformat.from_dict(made)


def graded(notebook, name="f"):
    found = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name]
    assert len(found) == 1
    return found[0]


# --- what nbgrader reads as a score -------------------------------------------------------------


@pytest.mark.parametrize("text", ["nan", "-1", "True", "np.float64(2.5)", "[1.0]", "2.5 points"])
def test_nbgrader_takes_what_is_no_plain_number_for_full_marks(text):
    cell = graded(filled(1.0))
    cell.outputs = [nbformat.v4.new_output("execute_result", data={"text/plain": text})]
    assert determine_grade(cell)[0] == 3.0


def test_nbgrader_takes_silence_for_full_marks_and_a_warning_for_none():
    cell = graded(filled(1.0))
    cell.outputs = []
    assert determine_grade(cell)[0] == 3.0
    cell.outputs = [nbformat.v4.new_output("stream", name="stderr", text="a warning")]
    assert determine_grade(cell)[0] == 0


@pytest.mark.parametrize(
    ("earned", "read"),
    [
        (0.0, 0.0),
        (1.3, 1.3),
        (3.0, 3.0),
        (1e9, 3.0),
        (-2.0, 0.0),
        (float("nan"), 0.0),
        (1 / 3, 0.33),
    ],
)
def test_a_verdict_is_one_plain_number_between_zero_and_the_points(earned, read):
    cell = graded(filled(earned))
    results = [o for o in cell.outputs if o.output_type == "execute_result"]
    assert {o.output_type for o in cell.outputs} == {"display_data", "execute_result"}
    assert len(results) == 1
    assert results[0].data == {"text/plain": repr(float(read))}
    assert determine_grade(cell) == (read, 3.0)


def test_outputs_a_student_left_are_gone_everywhere():
    forged = nbformat.v4.new_output("execute_result", data={"text/plain": "3.0"}, execution_count=1)
    cells = [
        nbformat.v4.new_code_cell("x", outputs=[forged], metadata={"nbgrader": {"grade_id": "f"}}),
        nbformat.v4.new_code_cell("y", outputs=[forged]),
    ]
    made = filled(0.5, notebook={"cells": cells, "metadata": {KEY: {"forged": 1}}})
    assert determine_grade(graded(made))[0] == 0.5
    assert [c.outputs for c in made.cells if c.cell_type == "code" and not c.metadata] == [[]]
    assert "forged" not in json.dumps(made)


def test_a_graded_cell_the_topic_does_not_know_gets_no_verdict():
    with pytest.raises(ValueError, match="f is no exercise of topic: not judged"):
        fill(repair({}, TRUTH), report(3.0, name="another"))


def test_points_of_the_course_scale_the_verdict():
    result = report(1.5).exercises[0]
    assert scaled(result, 6.0).earned == 3.0
    assert scaled(result, 3.0) is result
    made = filled(1.5, 3.0)
    assert json.loads(made.metadata[KEY])["exercises"][0]["earned"] == 1.5


def test_exercise_names_fit_nbgraders_rule_for_cells():
    for name in CATALOGUE.names():
        for exercise in CATALOGUE.topic(name).exercises:
            assert isinstance(exercise, Exercise)
            assert exercise.name.replace("_", "").isalnum()
            assert exercise.name.isascii()


# --- damaged notebooks --------------------------------------------------------------------------

GRADED = {"grade": True, "grade_id": "f", "locked": True, "points": 3, "schema_version": 3}
DAMAGED = {
    "no cells": {},
    "not an object": [1, 2],
    "cells of no kind": {"cells": [None, 3, "x", [], {}]},
    "no metadata": {"cells": [{"cell_type": "code", "source": "1"}]},
    "metadata of another type": {"cells": [{"cell_type": "code", "source": "1", "metadata": 7}]},
    "unknown kind": {"cells": [{"cell_type": "heading", "source": "x", "metadata": {}}]},
    "tags of another type": {
        "cells": [{"cell_type": "code", "source": "1", "metadata": {"tags": 5}}]
    },
    "source of another type": {"cells": [{"cell_type": "code", "source": {"a": 1}}]},
    "lone surrogate": {"cells": [{"cell_type": "code", "source": "'\ud800'", "id": "a"}]},
    "same id twice": {"cells": [{"cell_type": "code", "source": "1", "id": "a"}] * 3},
    "bad ids": {"cells": [{"cell_type": "code", "source": "1", "id": n} for n in ("", "ä", 5)]},
    "grade cell twice": {
        "cells": [{"cell_type": "code", "source": "1", "metadata": {"nbgrader": GRADED}}] * 2
    },
    "grade cell of another assignment": {
        "cells": [{"cell_type": "code", "metadata": {"nbgrader": {**GRADED, "grade_id": "other"}}}]
    },
    "grade cell without a name": {"cells": [{"cell_type": "code", "metadata": {"nbgrader": {}}}]},
    "points changed": {
        "cells": [{"cell_type": "code", "metadata": {"nbgrader": {**GRADED, "points": 1e6}}}]
    },
    "metadata of the future": {
        "cells": [{"cell_type": "code", "metadata": {"nbgrader": {**GRADED, "schema_version": 99}}}]
    },
    "metadata of the past": {
        "cells": [{"cell_type": "code", "metadata": {"nbgrader": {**GRADED, "schema_version": 1}}}]
    },
    "solution called graded": {
        "cells": [
            {"cell_type": "code", "metadata": {"nbgrader": {**GRADED, "grade_id": "f-solution"}}}
        ]
    },
    "graded cell turned into text": {
        "cells": [{"cell_type": "markdown", "source": "x", "metadata": {"nbgrader": GRADED}}]
    },
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_notebook_is_made_whole(damage):
    before = copy.deepcopy(DAMAGED[damage])
    made = repair(DAMAGED[damage], TRUTH)
    assert before == DAMAGED[damage]
    notebook = nbformat.from_dict(made)
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode("utf-8")
    cell = graded(notebook)
    assert (cell.cell_type, cell.source) == ("code", TRUTH.cells["f"].source)
    assert cell.metadata.nbgrader.points == 3.0
    assert graded(notebook, "why").metadata.nbgrader.points == 2.0
    names = [c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata]
    assert len(names) == len(set(names))
    from nbgrader.nbgraderformat import MetadataValidator

    MetadataValidator().validate_nb(notebook)


def test_repairing_twice_changes_nothing():
    for notebook in DAMAGED.values():
        once = repair(notebook, TRUTH)
        assert repair(once, TRUTH) == once


def test_answers_stay_and_locked_cells_are_restored():
    cells = [
        {"cell_type": "code", "source": ["def f():\n", "    return 1"],
         "metadata": {"nbgrader": {"grade_id": "f-solution"}}},
        {"cell_type": "code", "source": "grade = 100", "metadata": {"nbgrader": GRADED}},
        {"cell_type": "markdown", "source": "Because.",
         "metadata": {"nbgrader": {"grade_id": "why"}}},
    ]  # fmt: skip
    made = nbformat.from_dict(repair({"cells": cells}, TRUTH))
    assert graded(made, "f-solution").source == "def f():\n    return 1"
    assert graded(made).source == TRUTH.cells["f"].source
    assert graded(made, "why").source == "Because."


# --- links --------------------------------------------------------------------------------------


def test_links_are_seen_before_they_are_followed(tmp_path):
    (tmp_path / "submitted/ada/a").mkdir(parents=True)
    (tmp_path / "submitted/ada/a/own.txt").write_text("mine")
    (tmp_path / "secret").write_text("s")
    (tmp_path / "submitted/ada/a/data.txt").symlink_to(tmp_path / "secret")
    (tmp_path / "submitted/bo").symlink_to(tmp_path / "submitted/ada")
    os.mkfifo(tmp_path / "submitted/ada/a/pipe")
    folder = tmp_path / "submitted/ada/a"
    assert {str(path) for path in links_below(folder)} == {"data.txt", "pipe"}
    assert link_in(folder / "own.txt", tmp_path) == ""
    assert "data.txt is a link" in link_in(folder / "data.txt", tmp_path)
    assert "bo is a link" in link_in(tmp_path / "submitted/bo/a/own.txt", tmp_path)


# --- the preprocessors never raise --------------------------------------------------------------


class Exporter(nbgrader_plugin.FeedbackExporter):
    """Stands where nbgrader's own exporter stands: between the converter and a preprocessor."""


def preprocessor(kind, course):
    made = kind()
    made.parent = Exporter()
    made.parent.parent = Exporter()
    made.parent.parent.coursedir = course.directory
    return made


def resources(course, student="ada", notebook=TOPIC):
    return {
        "nbgrader": {
            "student": student,
            "assignment": TOPIC,
            "notebook": notebook,
            "db_url": course.directory.db_url,
        }
    }


def fail(*args, **options):
    raise RuntimeError("no sandbox")


def broken_verdict(judge, item):
    return official.broken(CATALOGUE.topic(item.topic), item.student, "the disk is full")


@pytest.mark.parametrize(
    ("place", "failing"), [("_judge", fail), ("settled", broken_verdict)], ids=["ends", "tells"]
)
def test_a_grader_that_fails_gives_no_grade(tmp_path, monkeypatch, place, failing):
    """No score in the gradebook (an earlier one is taken back), none in an export, and named."""
    course = fresh(tmp_path)
    submit(course, "ada", "right")
    with course.gradebook() as gradebook:
        gradebook.add_student("ada")
        gradebook.add_submission(TOPIC, "ada")
        (notebook,) = gradebook.find_submission(TOPIC, "ada").notebooks
        for grade in notebook.grades:
            grade.auto_score, grade.needs_manual_grade = 1.0, False
        gradebook.db.commit()
    given = nbformat.from_dict(repair(json.loads(released(course)), truth_of(course)))
    with monkeypatch.context() as patched:
        patched.setattr(nbgrader_plugin, place, failing)
        with pytest.raises(nbgrader_plugin.NoVerdict, match="ada: no verdict"):
            preprocessor(nbgrader_plugin.Verdicts, course).preprocess(given, resources(course))
    with course.gradebook() as gradebook:
        (notebook,) = gradebook.find_submission(TOPIC, "ada").notebooks
        assert {grade.auto_score for grade in notebook.grades} == {None}
        assert notebook.needs_manual_grade
    assert without_verdict(course)[TOPIC].keys() == {"ada"}
    assert exported(course, tmp_path / "grades.csv") == {"ada": ""}
    made, _ = preprocessor(nbgrader_plugin.Verdicts, course).preprocess(given, resources(course))
    assert KEY in made.metadata
    assert not without_verdict(course).get(TOPIC)


def exported(course, target):
    """Return what `nbgrader export` gives for the topic, by student."""
    done = nbgrader(course, "export", "--to", str(target), "--assignment", f"['{TOPIC}']")
    assert done.returncode == 0, done.stderr[-2000:]
    with target.open(encoding="utf-8", newline="") as stream:
        return {row["student_id"]: row["score"] for row in csv.DictReader(stream)}


def truth_of(course, name=TOPIC):
    with course.gradebook() as gradebook:
        released = course.place("release", ".", name) / f"{name}.ipynb"
        return Truth.read(gradebook.find_notebook(name, name), released)


def test_a_repair_that_fails_leaves_the_notebook(tmp_path, monkeypatch):
    course = fresh(tmp_path)

    def fail(*args):
        raise RuntimeError("broken")

    monkeypatch.setattr(nbgrader_plugin, "repair", fail)
    notebook = nbformat.v4.new_notebook()
    made, _ = preprocessor(nbgrader_plugin.Repair, course).preprocess(notebook, resources(course))
    assert made is notebook


# --- nbgrader's own commands --------------------------------------------------------------------


def test_tests_are_kept_in_the_gradebook_and_not_in_the_release(tmp_path):
    course = fresh(tmp_path)
    name = next(iter(CATALOGUE.topic(TOPIC).chapter.parts))
    kept = truth_of(course).cells[name].source
    assert f'grade("{name}")' in kept
    assert f'check("{name}")' in kept
    text = released(course)
    assert "grade(\\" not in text
    assert "HIDDEN" not in text
    assert "SOLUTION" not in text


def test_an_edited_assignment_is_released_again(tmp_path):
    course = fresh(tmp_path)
    source = course.folder / "source" / TOPIC / f"{TOPIC}.ipynb"
    name = next(iter(CATALOGUE.topic(TOPIC).chapter.parts))
    content = json.loads(source.read_text())
    for cell in content["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == name:
            cell["metadata"]["nbgrader"]["points"] = 11
    source.write_text(json.dumps(content))
    remarks = quietly(release, course, TOPIC)
    assert any("edited by hand" in remark for remark in remarks)
    assert truth_of(course).cells[name].points == 11
    done = nbgrader(course, "generate_assignment", TOPIC, "--force")
    assert done.returncode == 0, done.stderr


def test_the_course_finds_nbgraders_tools_without_a_path(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    course = fresh(tmp_path)
    (course.folder / "gradebook.db").unlink()
    assert quietly(release, course, TOPIC) == []
    assert os.environ["PATH"] == "/nowhere"


def test_the_courses_configuration_is_loaded_and_its_root_does_not_depend_on_where_we_are(tmp_path):
    course = fresh(tmp_path)
    assert "autograder.nbgrader_plugin.Judge" in course.config.Autograde.autograde_preprocessors
    assert course.directory.root == str(course.folder)
    assert str(course.folder) in course.directory.db_url


def test_nbgraders_commands_grade_and_explain(tmp_path):
    """The whole way by nbgrader's commands; one unreadable notebook costs nobody else anything."""
    course = fresh(tmp_path)
    for kind in ("right", "mistakes", "hostile", "grade cells deleted", "another assignment"):
        submit(course, kind.replace(" ", "-"), kind)
    done = nbgrader(course, "autograde", TOPIC)
    assert done.returncode == 0, done.stderr[-2000:]
    submit(course, "truncated", "truncated")
    assert nbgrader(course, "autograde", TOPIC).returncode == 1
    found = scores(course)
    total = sum(exercise.points for exercise in CATALOGUE.topic(TOPIC).exercises)
    assert sum(found["right"].values()) == pytest.approx(total)
    assert 0 < sum(found["mistakes"].values()) < total
    assert sum(found["another-assignment"].values()) == 0
    with nbgrader_plugin.official.Judge(course.catalogue, course.secret) as judge:
        for student, given in found.items():
            if student != "truncated":
                path = course.place("submitted", student, TOPIC) / f"{TOPIC}.ipynb"
                verdict = judge.grade_file(path, TOPIC, student)
                assert given == {result.name: result.earned for result in verdict}
    done = nbgrader(course, "generate_feedback", TOPIC)
    assert done.returncode == 0, done.stderr[-2000:]
    page = (course.place("feedback", "mistakes", TOPIC) / f"{TOPIC}.html").read_text()
    hints = {m.hint for e in CATALOGUE.topic(TOPIC).exercises for m in e.misconceptions}
    assert any(hint.split("'")[0][:40] in page for hint in hints)
    assert "truncated" not in page
    done = nbgrader(course, "export", "--to", str(tmp_path / "grades.csv"), whole=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"{TOPIC}," in (tmp_path / "grades.csv").read_text()


def test_links_lead_nowhere_under_nbgraders_own_command(tmp_path):
    """nbgrader follows links and copies what they lead to, feedback included."""
    course = fresh(tmp_path)
    secret = course.secret.decode()
    submit(course, "honest", "half")
    place = submit(course, "linked", "half").parent
    (place / f"{TOPIC}.ipynb").unlink()
    (place / f"{TOPIC}.ipynb").symlink_to(course.folder / "source" / TOPIC / f"{TOPIC}.ipynb")
    beside = submit(course, "beside", "half").parent
    (beside / "notes.txt").symlink_to(course.private / "secret")
    (course.folder / "submitted/folder").mkdir()
    (course.folder / "submitted/folder" / TOPIC).symlink_to(course.folder / "source" / TOPIC)
    (course.folder / "source" / TOPIC / "rubric.txt").unlink(missing_ok=True)
    done = nbgrader(course, "autograde", TOPIC)
    assert done.returncode == 0, done.stderr[-2000:]
    assert nbgrader(course, "generate_feedback", TOPIC).returncode == 0
    found = scores(course)
    assert sum(found["honest"].values()) == sum(found["beside"].values()) > 0
    assert sum(found["linked"].values()) == sum(found["folder"].values()) == 0
    for step in ("autograded", "feedback"):
        for path in (course.folder / step).rglob("*"):
            if path.is_file():
                text = path.read_text(encoding="utf-8", errors="replace")
                assert secret not in text, path
                if path.parts[-3] in ("linked", "folder"):
                    assert "BEGIN SOLUTION" not in text
    page = (course.place("feedback", "linked", TOPIC) / f"{TOPIC}.html").read_text()
    assert "is a link" in page


def test_a_notebook_of_no_topic_is_executed_as_nbgrader_does(tmp_path, monkeypatch):
    course = fresh(tmp_path)
    called = []

    class Stand:
        def __init__(self, parent):
            pass

        def preprocess(self, nb, resources):
            called.append(resources["nbgrader"]["notebook"])
            return nb, resources

    monkeypatch.setattr(nbgrader_plugin, "Execute", Stand)
    notebook = nbformat.v4.new_notebook()
    made, _ = preprocessor(nbgrader_plugin.Verdicts, course).preprocess(
        notebook, resources(course, notebook="essay")
    )
    assert made is notebook
    assert called == ["essay"]


def test_a_kernel_gives_the_same_scores(tmp_path):
    """Under nbgrader's own Execute, ``grade`` is a live float; ``nbgrader validate`` works, too."""
    course = fresh(tmp_path)
    config = course.folder / "nbgrader_config.py"
    stock = "nbgrader.preprocessors.Execute"
    config.write_text(config.read_text().replace("autograder.nbgrader_plugin.Judge", stock))
    path = submit(course, "mistakes", "mistakes")  # of which some exercises are right
    without_rewards(path)
    answer(path, "Because.")
    done = nbgrader(course, "autograde", TOPIC)
    assert done.returncode == 0, done.stderr[-2000:]
    found = scores(course)
    assert len(set(found["mistakes"].values())) > 2
    with nbgrader_plugin.official.Judge(course.catalogue, course.secret) as judge:
        for student, given in found.items():
            path = course.place("submitted", student, TOPIC) / f"{TOPIC}.ipynb"
            verdict = judge.grade_file(path, TOPIC, student)
            assert given == {result.name: result.earned for result in verdict}
    path = submit(course, "right", "right")
    without_rewards(path)
    answer(path, "Because.")
    done = nbgrader(course, "validate", f"submitted/right/{TOPIC}/{TOPIC}.ipynb")
    assert "Success" in done.stdout, done.stdout + done.stderr


def test_in_a_kernel_too_a_grader_that_fails_gives_no_grade(tmp_path):
    course = fresh(tmp_path)
    config = course.folder / "nbgrader_config.py"
    stock = "nbgrader.preprocessors.Execute"
    config.write_text(config.read_text().replace("autograder.nbgrader_plugin.Judge", stock))
    without_rewards(submit(course, "ada", "right"))
    (course.private / "secret").write_text("too short for one")
    done = nbgrader(course, "autograde", TOPIC)
    assert done.returncode == 1
    assert "for student 'ada'" in done.stderr
    assert not course.place("autograded", "ada", TOPIC).exists()
    assert set(scores(course)["ada"].values()) == {None}


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ('zone = "Europe/Berlin"\n', "02 July 2026, 01:30 CEST"),
        ("", "01 July 2026, 23:30 UTC"),
        (
            f"[assignments.{TOPIC}]\ndue = 2026-07-02T12:00:00+05:00\n",
            "02 July 2026, 04:30 UTC+05:00",
        ),
        ("zone = ", "01 July 2026, 23:30 UTC"),
    ],
)
def test_a_page_has_the_name_and_the_courses_time(tmp_path, text, when):
    course = fresh(tmp_path)
    (course.folder / "course.toml").write_text(text)
    about = {"db_url": course.directory.db_url, "assignment": TOPIC, "student": "s1"}
    with course.gradebook() as gradebook:
        gradebook.add_student("s1", first_name="Ada", last_name="Lovelace")
        gradebook.add_submission(TOPIC, "s1", timestamp=datetime(2026, 7, 1, 23, 30))
    assert nbgrader_plugin._head(course.folder, about) == {
        "name": "Ada Lovelace",
        "handed_in": when,
    }
    assert nbgrader_plugin._head(course.folder, {**about, "student": "s2"}) == {}
    notebook = filled(1.0)
    told = {**about, "notebook": TOPIC, "score": 1, "max_score": 3, "late_penalty": 0}
    page = feedback_page(notebook, {**told, "name": "Ada Lovelace", "handed_in": when})
    assert f'<p class="who">Ada Lovelace, handed in {when}</p>' in page
    assert '<p class="who">s1</p>' in feedback_page(notebook, told)


def test_other_topics_are_released_too(tmp_path):
    assert OTHER in released(fresh(tmp_path), OTHER)


def test_pasted_pictures_stay_and_missing_ones_stop_nobody():
    """A cell that shows a picture it does not hold makes nbconvert fail; formgrader uses it."""
    picture = {"me.png": {"image/png": "iVBORw0KGgo="}}
    text = "![a](attachment:me.png) ![b](attachment:gone.png)"
    given = {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": text, "attachments": picture},
            {
                "cell_type": "markdown",
                "metadata": {},
                "source": "![c](attachment:x.png)",
                "attachments": {"x.png": {"image/png": '"><script>alert(1)</script>'}},
            },
        ]
    }
    kept, hostile = repair(given, TRUTH)["cells"][:2]
    assert kept["attachments"] == picture
    assert kept["source"] == "![a](attachment:me.png) ![b](missing:gone.png)"
    assert "attachments" not in hostile
    assert hostile["source"] == "![c](missing:x.png)"
