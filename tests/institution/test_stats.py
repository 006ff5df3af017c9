"""The class report: figures that can be worked out by hand, and who is alike."""

from __future__ import annotations

import csv
import json
import re
from xml.etree import ElementTree

import pytest

from autograder.grading.run import write_results
from autograder.institution.class_report import class_page, write_stats
from autograder.institution.results import load
from autograder.institution.similar import similar, solution_cells
from autograder.institution.stats import topic_stats
from autograder.judging.official import GradeError
from autograder.report.charts import bars, histogram
from autograder.report.model import CheckResult, ExerciseResult, Report
from tests.kit.battery import submission, topic

TOPIC = "optimizers"
STYLE = r"ignore::DeprecationWarning:(copydetect|matplotlib|pyparsing)"


def report(student, *marks, beliefs=(), error=""):
    """Return a report of one-check exercises e0, e1...; `beliefs` by exercise number."""
    exercises = []
    for number, mark in enumerate(marks):
        check = CheckResult("check", f"Does {number}.", number % 2 == 1, 2.0, 2.0 * mark)
        check.status = "passed" if mark == 1 else "failed"
        check.misconception = dict(beliefs).get(number)
        check.hint = "Which one?" if check.misconception else ""
        made = ExerciseResult(f"e{number}", 2.0, [check], seconds=0.5 * (number + 1))
        exercises.append(made)
    return Report("toy", student, exercises, error=error)


CLASS = [
    report("ada", 1, 1, 1),
    report("bo", 1, 0, 0, beliefs=[(1, "swapped"), (2, "late")]),
    report("chi", 1, 0, 1, beliefs=[(1, "swapped")]),
    report("<b>dee", 0, 0, 0, beliefs=[(1, "swapped"), (2, "early")]),
    report("cut", 0, 0, 0, error="cut.ipynb is not valid JSON"),
]


def test_shares_and_discrimination_are_as_worked_out_by_hand():
    stats = topic_stats(CLASS)
    assert [item.share for item in stats.items] == [0.75, 0.25, 0.5]
    # e1 is (2, 0, 0, 0), the rest (4, 2, 4, 0): r = 3 / sqrt(3 * 11)
    assert stats.items[1].discrimination == pytest.approx(3 / (3 * 11) ** 0.5)
    assert stats.items[0].checks[0].discrimination == stats.items[0].discrimination
    assert (stats.mean, stats.median) == (2.4, 2.0)  # with the zero of what cannot be read
    assert stats.items[2].seconds == (1.5, 1.5)


def test_what_cannot_be_read_is_named_and_has_zero_points_in_the_mean_alone():
    stats = topic_stats(CLASS)
    assert stats.unread == [("cut", "cut.ipynb is not valid JSON")]
    assert stats.scores[-1] == 0 and len(stats.scores) == 5
    assert stats.items[0].share == 0.75  # of four


def test_a_class_of_two_or_of_equals_has_no_discrimination():
    assert topic_stats(CLASS[:2]).items[1].discrimination is None
    same = [report(name, 1, 1) for name in "abcd"]
    assert topic_stats(same).items[0].discrimination is None


def test_nobody_readable_is_said():
    page = class_page([topic_stats(CLASS[-1:])])
    assert "No submission could be read." in page


def test_misconceptions_come_by_frequency_with_names():
    beliefs = topic_stats(CLASS).beliefs
    assert [(b.exercise, b.name, len(b.students)) for b in beliefs] == [
        ("e1", "swapped", 3),
        ("e2", "early", 1),
        ("e2", "late", 1),
    ]
    assert beliefs[0].students == ("<b>dee", "bo", "chi")


def test_the_page_escapes_names_and_tells_plots_in_words():
    page = class_page([topic_stats(CLASS)])
    assert "<b>dee" not in page
    assert "&lt;b&gt;dee" in page
    assert not re.search(r"src=|href=(?!\"#)|@import|url\(", page)
    assert page.count("<script") == page.count("<script>") == 1  # our own, that sorts
    labels = re.findall(r'role="img" aria-label="([^"]+)"', page)
    assert len(labels) == 2
    assert "e1 25%" in labels[1]


def test_charts_are_well_formed_and_count_right():
    svg = histogram([0, 1, 9.99, 10, 5], 10, "Scores <1>")
    assert ElementTree.fromstring(svg).tag == "svg"
    assert "1 from 0 to 1, 1 from 1 to 2, 1 from 5 to 6, 2 from 9 to 10" in svg
    assert ElementTree.fromstring(bars(["a&b", "c" * 99], [0.5, 0], "Shares")).tag == "svg"
    assert bars([], [], "none") == histogram([], 10, "none") == ""


def test_tables_hold_every_check_and_no_formula(tmp_path):
    write_stats([topic_stats([report("=1+1", 0, beliefs=[(0, "swapped")]), *CLASS])], tmp_path)
    with (tmp_path / "stats.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["share"] for row in rows if not row["check"]] == ["0.600", "0.250", "0.500"]
    with (tmp_path / "misconceptions.csv").open(encoding="utf-8") as stream:
        assert all(not row["students"].startswith("=") for row in csv.DictReader(stream))


def test_results_are_read_back_with_their_times(tmp_path):
    write_results(CLASS, tmp_path)
    found = load(tmp_path)
    assert [r.earned for r in found.reports] == [r.earned for r in CLASS]
    assert found.reports[0].exercises[2].seconds == 1.5
    assert list(found.submissions("toy")) == []
    (tmp_path / "results.json").write_text("{")
    with pytest.raises(GradeError, match="cannot be read"):
        load(tmp_path)
    with pytest.raises(GradeError, match="holds no results"):
        load(tmp_path / "nowhere")


# --- alike ----------------------------------------------------------------------------------------


def cells_of(text, names):
    return solution_cells(submission(text), names)


@pytest.fixture(scope="module")
def given():
    chapter = topic(TOPIC).chapter
    names = list(chapter.parts)
    return names, cells_of(chapter.without_solutions(), names), cells_of(chapter.text, names)


pytestmark = pytest.mark.filterwarnings(STYLE)


def test_a_copy_with_other_names_and_comments_is_found(given):
    names, stub, right = given
    copied = {
        name: re.sub(r"\bstate\b", "memory", source).replace(
            "\n    return", "\n\n    # so\n    return"
        )
        for name, source in right.items()
    }
    (pair,) = similar({"ada": right, "bo": copied}, stub)
    assert (pair.first, pair.second) == ("ada", "bo")
    assert pair.share > 0.95
    assert len(pair.exercises) > len(names) / 2


def test_the_stub_itself_is_no_copy(given):
    _, stub, right = given
    assert similar({"ada": stub, "bo": stub, "chi": right}, stub) == []


def test_what_half_the_class_wrote_is_nobodys(given):
    names, stub, right = given
    text = topic(TOPIC).chapter.text
    odd = text.replace("    ### BEGIN SOLUTION", "    for k in range(3):\n        print(k)\n")
    everybody = {f"s{k}": right for k in range(8)}
    assert similar(everybody, stub) == []
    assert similar({"ada": right, "bo": cells_of(odd, names)}, stub, 0.5)


def test_independent_answers_are_not_reported(given):
    from tests.conftest import ROOT

    names, stub, _ = given
    answers = {
        path.stem: cells_of(path.read_text(encoding="utf-8"), names)
        for path in (ROOT / "solutions" / TOPIC / "alternatives").glob("*.py")
    }
    assert len(answers) == 2
    assert similar(answers, stub) == []


def test_part_of_an_answer_copied_is_found_by_exercise(given):
    names, stub, right = given
    half = {**stub, **{name: right[name] for name in names[: len(names) // 2]}}
    (pair,) = similar({"ada": right, "bo": half}, stub)
    assert set(pair.exercises) <= set(names[: len(names) // 2])


def test_code_that_cannot_be_parsed_is_compared_all_the_same(given):
    _, stub, right = given
    broken = {name: source + "\n    if True\n" for name, source in right.items()}
    (pair,) = similar({"ada": right, "bo": broken}, stub)
    assert pair.share > 0.9


def test_the_command_reports_a_folder(tmp_path):
    from tests.kit.forked import autograder as run

    authored = topic(TOPIC)
    (tmp_path / "in").mkdir()
    for student in ("ada", "bo"):
        text = authored.chapter.text.replace("state", f"state_{student}", 0)
        (tmp_path / "in" / f"{student}_{TOPIC}.py").write_text(text, encoding="utf-8")
    assert run("grade", tmp_path / "in", "--out", tmp_path / "out").returncode == 0
    done = run("stats", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    pairs = (tmp_path / "out" / "similar.csv").read_text(encoding="utf-8")
    assert f"{TOPIC},ada,bo,1.000" in pairs
    page = (tmp_path / "out" / "stats.html").read_text(encoding="utf-8")
    assert str(tmp_path) not in page
    kept = json.loads((tmp_path / "out/.gradus/submissions.json").read_text(encoding="utf-8"))
    assert [path for _, _, path in kept] == [f"../in/{s}_{TOPIC}.py" for s in ("ada", "bo")]
    refused = run("stats", tmp_path / "in")
    assert refused.returncode == 2
    assert "holds no results" in refused.stderr
