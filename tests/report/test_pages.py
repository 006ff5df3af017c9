"""Pages of results, looked at in a real browser: on a phone, in the dark, in print, by axe."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder.course.notebooks import KEY
from autograder.course.page import feedback_page
from autograder.institution.class_report import class_page
from autograder.institution.stats import topic_stats
from autograder.report.figure import Drawn
from autograder.report.model import CheckResult, ExerciseResult, Report
from autograder.report.pages import index_page, report_page
from autograder.report.pictures import difference_svg, png
from autograder.report.prose import inline, paragraphs
from autograder.report.summary import main_causes
from autograder.submission.item import LeftOut
from tests.kit.browser import chromium, needs_chromium

PICTURE = "data:image/png;base64," + base64.b64encode(png(np.zeros((9, 1200), np.uint8))).decode()
HINT = "Which axis is the batch?"
LONG = "a.student.with.quite.a.long.name@students.of.a.university.example"
QUESTION = """### Question: why

Is `conv2d_forward` <b>good</b> for *all* $x < y$?

```text
            weights        multiplications      and a column more than a phone is wide
conv 1       34,848            105,415,200      0.1234567890
```

*Answer in a few sentences.*"""


def check(name, earned, points=1.0, **more):
    status = "passed" if earned == points else "failed"
    given = {"status": status, "message": "" if earned == points else "the number is wrong", **more}
    return CheckResult(name, f"Is right in {name}.", False, points, earned, **given)


def exercise(name, *checks, **more):
    right = all(each.passed for each in checks)
    given = {"status": "passed" if right else "failed", **more}
    return ExerciseResult(name, sum(each.points for each in checks), list(checks), **given)


def submission(student="ada", **more):
    wide = "[" + ", ".join(["1.2345678901234567e-300"] * 12) + "]"
    return Report(
        "convolution",
        student,
        [
            exercise("right_one", check("a", 1.0), check("b", 1.0)),
            exercise(
                "a_function_with_quite_a_long_name_as_students_meet_them",
                check("c", 0.0, 2.0, values=wide, hint=HINT, misconception="batch-axis"),
                check("d", 0.0, hint=HINT, misconception="batch-axis", cause="the mean over rows"),
            ),
            exercise("small_loss", check("e", 0.5, 1.0, hint="Off by one?")),
            exercise("unwritten", check("f", 0.0), status="todo", message="still to write"),
        ],
        level="A",
        **more,
    )


def pictured():
    """Return a report with a picture of every kind."""
    rng = np.random.default_rng(0)
    shapes = [(3, 12), (8,), (1, 40), (30,), (20, 30), (2, 3, 4, 5), (2, 5, 5, 2)]
    pictures = [
        {"expected": rng.normal(size=s), "actual": 1e-5 * rng.normal(size=s)} for s in shapes
    ]
    points = rng.normal(size=(9, 2))
    pictures.append({"expected": points, "actual": points + 1, "kind": "path"})
    checks = [check(f"p{k}", 0.0, svg=difference_svg(**each)) for k, each in enumerate(pictures)]
    told = submission(LONG, notes=["of `submitted/" + "x" * 90 + ".ipynb`"])
    told.exercises.append(exercise("drawn", *checks))
    told.exercises[1].checks[0].stdout = "0 1 2 3 " * 400
    return told


def feedback(report) -> str:
    """Return the feedback page of a notebook: a question, and points that a person changed."""
    cells = [nbformat.v4.new_markdown_cell("# Convolution")]
    for result in report:
        solution = {"grade_id": f"{result.name}-solution", "comment": "Nearly. " * 20}
        code = f"def {result.name}(x):\n" + "    x = x + 1  # and a remark\n" * 60
        cells.append(nbformat.v4.new_code_cell(code, metadata={"nbgrader": solution}))
        score = 1.0 if result.name == "small_loss" else result.earned
        about = {"grade_id": result.name, "grade": True, "score": score, "points": result.points}
        cells.append(nbformat.v4.new_code_cell("", metadata={"nbgrader": about}))
    asked = {"nbgrader": {"grade_id": "why-question", "locked": True}}
    cells.append(nbformat.v4.new_markdown_cell(QUESTION, metadata=asked))
    about = {"grade_id": "why", "grade": True, "score": 0.0, "points": 3, "comment": "Say why."}
    answer = "Because of " + "x" * 80 + "\nand so on\n" * 60
    cells.append(nbformat.v4.new_markdown_cell(answer, metadata={"nbgrader": about}))
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata[KEY] = json.dumps(report.to_dict())
    given = {"notebook": "convolution", "student": report.student, "score": 3.5, "max_score": 18.0}
    given |= {"late_penalty": 1.0, "waiting": ["why"], "handed_in": "on Monday"}
    return feedback_page(notebook, given, Drawn(PICTURE, "Three curves"))


# --- what it begins with -------------------------------------------------------------------------


def test_a_page_begins_with_what_cost_most():
    first, second = main_causes(submission())
    assert (first.exercise, first.points) == (submission().exercises[1].name, 3)
    assert (first.why, first.hint) == ("the number is wrong", HINT)
    assert (second.exercise, second.points) == ("small_loss", 0.5)
    assert main_causes([exercise("right", check("a", 1.0))]) == []


def test_a_hint_stands_once_in_an_exercise_and_what_passed_is_folded():
    page = report_page(submission())
    below = page.split('<div id="a_function')[1].split("</section>")[0]
    assert below.count(HINT) == 1
    assert "The hint above is about this one too." in below
    assert '<details class="done">' in page.split('<div id="right_one"')[1].split("</section>")[0]
    assert "<details" not in below.split("<ul")[0]


def test_what_could_not_be_read_has_no_points_above_it():
    page = report_page(submission(error="it is not valid JSON"))
    assert "Not graded" in page
    assert "it is not valid JSON" in page
    assert "of 7" not in page
    assert "Where most points went" not in page


def test_the_lecture_is_what_several_believe_with_what_to_ask():
    students = [submission(name) for name in ("ada", "bo", "cy")]
    page = class_page([topic_stats(students)])
    first = page.split("What to teach next")[1].split("</section>")[0]
    assert "3 of 3 in convolution" in first
    assert HINT in first
    assert "What to teach next" not in class_page([topic_stats(students[:1])])


def test_the_matrix_shows_everybodys_share():
    page = class_page([topic_stats([submission("ada"), submission("bo")])])
    rows = page.split('<table class="matrix">')[1].split("</table>")[0]
    assert rows.count('<th scope="row">') == 2
    assert rows.count('class="full">100<') == 2
    assert rows.count('class="part">50<') == 2


def test_discrimination_comes_with_its_uncertainty_and_negative_ones_are_marked():
    def graded(name, easy, hard):
        return Report("t", name, [exercise("e", check("a", easy)), exercise("f", check("b", hard))])

    shares = [(1.0, 0.0), (0.0, 1.0), (1.0, 0.0), (0.5, 0.25), (0.0, 1.0), (0.25, 0.5)]
    entry = topic_stats([graded(f"s{k}", *pair) for k, pair in enumerate(shares)])
    item = entry.items[0]
    assert item.negative
    low, high = item.interval
    assert -1 <= low < item.discrimination < high <= 1
    assert "negative" in class_page([entry]).split("<tbody>")[2]


def test_what_authors_mark_is_marked_and_the_rest_is_escaped():
    assert inline("a `b<c` and $x_i < y$ & *d*, **e `f`**") == (
        "a <code>b&lt;c</code> and <code>x_i &lt; y</code> &amp; <em>d</em>, "
        "<strong>e <code>f</code></strong>"
    )
    for plain in ("2 * 3 * 4", "x**2 + y**3", "*args, **more", "5 $ and 6 $", "snake_case_name"):
        assert inline(plain) == plain
    assert paragraphs("a\n\n```text\n 1 < 2\n```\nb") == (
        '<p>a</p><pre role="group" aria-label="Listing" tabindex="0"> 1 &lt; 2\n</pre><p>b</p>'
    )


def test_a_question_stands_in_feedback_as_its_author_marked_it():
    page = feedback(pictured())
    asked = page.split('<div class="question">')[1].split("</div>")[0]
    assert "<code>conv2d_forward</code> &lt;b&gt;good&lt;/b&gt; for <em>all</em>" in asked
    assert "<code>x &lt; y</code>" in asked
    assert "Answer in a few" not in asked
    assert "A grader changed these points by hand" in page


# --- in a browser --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    reports = [submission(LONG), submission("bo", error="it is not valid JSON"), pictured()]
    left = [LeftOut("submitted/" + "x" * 80 + ".zip", "it is of no topic", LONG)]
    texts = {
        "report.html": report_page(reports[0], Drawn(PICTURE, "Three curves")),
        "unread.html": report_page(reports[1]),
        "pictures.html": report_page(reports[2]),
        "feedback.html": feedback(reports[2]),
        "index.html": "".join(index_page(reports, ["report.html"] * 3, left)),
        "stats.html": class_page([topic_stats(reports)]),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


@pytest.fixture(scope="module")
def axe(tmp_path_factory) -> str:
    folder, npm = tmp_path_factory.mktemp("axe"), shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not here: axe cannot be had")
    (folder / "package.json").write_text("{}", encoding="utf-8")
    command = [npm, "install", "--no-audit", "--no-fund", "axe-core"]
    got = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if got.returncode:
        pytest.skip(f"axe cannot be had: {got.stderr[-200:]}")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def look(tab, path: Path, scheme: str) -> None:
    size = {"width": 390, "height": 800, "deviceScaleFactor": 2, "mobile": True}
    tab.call("Emulation.setDeviceMetricsOverride", **size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    tab.call("Emulation.setEmulatedMedia", features=features)
    tab.open(path.as_uri())
    tab.until("document.readyState === 'complete' && !!document.querySelector('main')")


LOADED = "[...document.images].every(image => image.complete && image.naturalWidth)"
OPENED = "document.querySelectorAll('details').forEach(folded => folded.open = true); 1"


@needs_chromium
def test_no_page_pans_on_a_phone_and_print_opens_what_is_folded(pages, tmp_path):
    with chromium(tmp_path) as tab:
        for path in pages:
            look(tab, path, "light")
            tab.js(OPENED)
            assert tab.js("document.documentElement.scrollWidth") <= 390, path.name
            assert tab.js(LOADED), path.name
        look(tab, pages[0], "light")
        shown = "document.querySelector('details.done .checks').checkVisibility()"
        inner = "document.querySelector('details.done .checks').getBoundingClientRect().height"
        assert not tab.js(shown)
        tab.call("Emulation.setEmulatedMedia", media="print")
        assert tab.js(inner) > 10


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(pages, axe, tmp_path, scheme):
    run = "axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations))"
    with chromium(tmp_path) as tab:
        for path in pages:
            look(tab, path, scheme)
            tab.js(OPENED)
            tab.js(f"{axe}; 1")
            found = json.loads(tab.js(run))
            told = [(rule["id"], rule["nodes"][0]["html"][:120]) for rule in found]
            assert told == [], (path.name, told)


@needs_chromium
def test_the_table_is_sorted_by_a_click_and_whole_without(pages, tmp_path):
    with chromium(tmp_path) as tab:
        look(tab, pages[-1], "light")
        first = "document.querySelector('table.sorted').tBodies[0].rows[0].cells[0].textContent"
        before = tab.js(first)
        press = "document.querySelectorAll('table.sorted th button')[{}].click(); 1"
        tab.js(press.format(2))
        assert tab.js(first) != before
