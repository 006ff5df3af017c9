"""What people see: formgrader for graders, the notebook and Validate in JupyterLab for students."""

from __future__ import annotations

import csv
import json
import shutil
import warnings

import pytest

from autograder.course.grade import grade_assignments
from autograder.institution.exports import export
from autograder.institution.results import load
from autograder.judging.official import Judge
from tests.conftest import CATALOGUE
from tests.kit.browser import chromium, jupyter, needs_chromium
from tests.kit.courses import (
    NARROW,
    TOPIC,
    fresh,
    quietly,
    released,
    scores,
    submit,
    without_rewards,
)

EXERCISES = list(CATALOGUE.topic(TOPIC).chapter.parts)
pytestmark = [needs_chromium, *(pytest.mark.filterwarnings(text) for text in NARROW)]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course in which three students were graded, with a server for its pages."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = fresh(tmp_path_factory.mktemp("formgrader"))
        for student, kind in (("ada", "right"), ("bo", "mistakes"), ("eve", "hostile")):
            submit(made, student, kind, TOPIC)
        submit(made, "zed", with_headings(made), TOPIC)
        quietly(lambda: grade_assignments(made, [TOPIC], jobs=1))
        work = made.folder / "desk"
        work.mkdir()
        shutil.copy(made.place("release", ".", TOPIC) / f"{TOPIC}.ipynb", work)
        without_rewards(work / f"{TOPIC}.ipynb")
    return made


def with_headings(course):
    """Return a notebook with headings of the student's own, called like graded cells."""
    content = json.loads(released(course))
    names = (EXERCISES[0], CATALOGUE.topic(TOPIC).questions[0].name)
    texts = [f"# {names[0]}\n\nmine", f"{names[1]}\n====\n\nmine"]
    mine = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in texts]
    return json.dumps({**content, "cells": [*mine, *content["cells"]]}).encode()


@pytest.fixture(scope="module")
def server(course, tmp_path_factory):
    pytest.importorskip("jupyterlab")
    with jupyter(course.folder, tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture
def page(tmp_path):
    with chromium(tmp_path) as tab:
        yield tab


def follow(page, text):
    """Click the link with this text."""
    link = f"[...document.querySelectorAll('a')].find(a => a.innerText.trim() === {text!r})"
    page.until(f"!!{link}")
    page.js(f"{link}.click()")


def test_formgrader_lists_opens_and_regrades(course, server, page, tmp_path):
    """List, open a submission, see the verdict, enter a score by hand, find it in the export."""
    before = scores(course, TOPIC)["bo"]
    report = next(r for r in load(course.folder).of(TOPIC) if r.student == "bo")
    exercise = next(e for e in report if not e.passed)
    failed = next(check for check in exercise.checks if not check.passed)
    wrong, total = exercise.name, sum(before.values())
    page.open(f"{server}formgrader/gradebook")
    follow(page, TOPIC)
    page.until(f"location.pathname.endsWith('/gradebook/{TOPIC}')")
    follow(page, TOPIC)
    page.until("document.querySelectorAll('#main_table a, table a').length >= 3")
    listed = page.text()
    assert f"{total:g} / " in listed
    identifier = submission_of(course, "bo")
    page.js(f"document.querySelector('a[href*=\"{identifier}\"]').click()")
    box = f"document.getElementById({wrong!r})"
    page.until(f"{box} && {box}.placeholder !== ''")
    assert float(page.js(f"{box}.placeholder")) == pytest.approx(before[wrong])
    assert plain(failed.sentence) in plain(page.text())
    assert "For graders only." in page.text()
    page.js(
        "window.saved = false; $(document).on('finished_saving', () => { window.saved = true })"
    )
    page.js(f"$({box}).val('0.75').trigger('change')")
    page.until("window.saved")
    (path,), _ = quietly(lambda: export(load(course.folder), "nbgrader", tmp_path / "g.csv"))
    with path.open(encoding="utf-8") as stream:
        rows = {
            row["student_id"]: row for row in csv.DictReader(stream) if row["assignment"] == TOPIC
        }
    assert float(rows["bo"]["score"]) == pytest.approx(total - before[wrong] + 0.75)
    (path,), _ = export(load(course.folder), "canvas", tmp_path / "c.csv", None, TOPIC)
    assert f"{total - before[wrong] + 0.75:.2f}".rstrip("0") in path.read_text(encoding="utf-8")


def test_each_answer_to_grade_is_one_click_from_the_top(course, server, page):
    """The links stand in the first window; each brings the score's field and the question there."""
    page.call("Page.bringToFront")
    page.open(f"{server}formgrader/submissions/{submission_of(course, 'ada')}")
    asked = [question.name for question in CATALOGUE.topic(TOPIC).questions]
    first = f"document.getElementById({EXERCISES[0]!r})"
    page.until(f"{first} && {first}.placeholder !== ''")
    link = "document.querySelector('a[href=\"#{}\"]')"
    top = "{}.getBoundingClientRect().top"
    for name in asked:
        page.js("window.scrollTo(0, 0)")
        field = f"document.getElementById({name!r})"
        assert page.js(top.format(link.format(name))) < 400
        assert page.js(top.format(field)) > 2000  # far below the first window
        page.js(f"{link.format(name)}.click()")
        heading = f"[...document.querySelectorAll('h3')].find(h => h.innerText.includes({name!r}))"
        page.until(f"{top.format(field)} < innerHeight && {top.format(heading)} > 50")  # at rest
        assert page.js(top.format(field)) > 100  # below formgrader's bar
        assert 50 < page.js(top.format(heading)) < page.js(top.format(field))


def test_a_heading_of_a_students_does_not_take_the_place_of_a_scores_field(course, server, page):
    """Headings get their text as an id, as formgrader's fields have the names of cells."""
    page.open(f"{server}formgrader/submissions/{submission_of(course, 'zed')}")
    asked = CATALOGUE.topic(TOPIC).questions[0].name
    for name in (EXERCISES[0], asked):
        box = f"document.getElementById({name!r})"
        page.until(f"{box} && document.readyState === 'complete'")
        assert page.js(f"{box}.tagName") == "INPUT"


def test_hostile_work_is_shown_as_text(course, server, page):
    page.open(f"{server}formgrader/submissions/{submission_of(course, 'eve')}")
    box = f"document.getElementById({EXERCISES[0]!r})"
    page.until(f"{box} && {box}.placeholder !== ''")
    assert page.js("[...document.scripts].filter(s => s.text.startsWith('alert')).length") == 0


def submission_of(course, student):
    with course.gradebook() as gradebook:
        return gradebook.find_submission_notebook(TOPIC, TOPIC, student).id


def plain(text):
    return " ".join(text.replace("`", "").split())


PANEL = "[...jupyterapp.shell.widgets('main')].find(w => w.context)"
VALIDATE = "document.querySelector('.validate-button button, .validate-button')"
DIALOG = "document.querySelector('.jp-Dialog')"


def test_students_edit_and_validate_in_jupyterlab(course, server, page):
    """Open the released notebook, run it, edit a cell, validate; then right answers."""
    desk = course.folder / "desk" / f"{TOPIC}.ipynb"
    page.open(f"{server}lab/tree/desk/{TOPIC}.ipynb")
    page.until("!!window.jupyterapp && !!jupyterapp.shell")
    page.until(f"{PANEL}?.context?.isReady && {PANEL}.content.widgets.length > 0")
    page.until(f"!!{PANEL}.sessionContext.session?.kernel")
    page.js(f"jupyterapp.shell.activateById({PANEL}.id)")
    first = EXERCISES[0]
    answer = CATALOGUE.topic(TOPIC).chapter.parts[first].cell.source
    put(page, {first: answer})
    page.js("jupyterapp.commands.execute('notebook:run-all-cells')")
    page.until(
        f"{PANEL}.content.widgets.filter(c => c.model.type === 'code')"
        ".every(c => c.model.executionCount)",
        300,
    )
    assert earned(page, first) > 0
    assert earned(page, EXERCISES[1]) == 0
    told = validate(page)
    assert "failed" in told.lower()
    answers = {
        name: part.cell.source for name, part in CATALOGUE.topic(TOPIC).chapter.parts.items()
    }
    answers |= {question.name: "Because." for question in CATALOGUE.topic(TOPIC).questions}
    put(page, answers)
    assert "Success! Your notebook passes all the tests." in validate(page)
    # Validate saves the notebook first; what is handed in now earns full marks.
    path = submit(course, "zoe", desk.read_bytes(), TOPIC)
    with Judge(CATALOGUE, course.secret) as judge:
        report = judge.grade_file(path, TOPIC, "zoe")
    assert report.earned == report.points


def put(page, answers):
    """Type answers into the cells of their exercises."""
    page.js(
        f"""(() => {{
          const answers = {json.dumps(answers)};
          for (const cell of {PANEL}.content.widgets) {{
            const about = cell.model.sharedModel.metadata.nbgrader || {{}};
            const name = (about.grade_id || '').replace(/-solution$/, '');
            if (about.solution && answers[name])
              cell.model.sharedModel.setSource(answers[name]);
          }}
        }})()"""
    )


def earned(page, name):
    """Return what the graded cell of an exercise shows."""
    shown = page.js(
        f"""(() => {{
          for (const cell of {PANEL}.content.widgets) {{
            const about = cell.model.sharedModel.metadata.nbgrader || {{}};
            if (about.grade && about.grade_id === {name!r})
              return cell.model.sharedModel.outputs.find(o => o.output_type === 'execute_result')
                .data['text/plain'];
          }}
        }})()"""
    )
    return float("".join(shown))


def validate(page):
    """Press Validate and return what the dialog says."""
    page.until(f"!!{VALIDATE}")
    page.js(f"{VALIDATE}.click()")
    page.until(f"{DIALOG} && {DIALOG}.innerText.includes('Validation Results')", 300)
    told = page.js(f"{DIALOG}.innerText")
    page.js(f"{DIALOG}.querySelector('button.jp-mod-accept').click()")
    page.until(f"!{DIALOG}")
    return told
