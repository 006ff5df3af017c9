"""Gradebooks as Canvas and Moodle import them, and a file for each student.

`import_canvas` and `import_moodle_worksheet` read a file by the rules by which those systems' own
importers do (Canvas: `lib/gradebook_importer.rb`; Moodle: `mod/assign/feedback/offline`).
"""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree

import pytest

from autograder.grading.run import write_results
from autograder.institution.exports import (
    Platform,
    canvas,
    export,
    fill_canvas,
    fill_moodle,
    moodle,
)
from autograder.institution.results import Score, load
from autograder.judging.official import GradeError
from autograder.report.model import CheckResult, ExerciseResult, Report

SCORES = [
    Score("ada", "neurons", 40.5, 43, ("Ada", "Lovelace"), "ada@uni.example"),
    Score("ada", "lstm", 36, 36),
    Score("bo@uni.example", "neurons", 0, 43),
]


def import_canvas(text: str, courses: dict[str, tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    """Return what Canvas would set: by user's ID and assignment's title.

    `courses` is who is in the course: by ID the name, the SIS user ID and the login ID.
    """
    rows = list(csv.reader(io.StringIO(text)))
    heads = rows[0]
    assert len(heads) > 3
    assert "Student" in heads[0]
    assert "ID" in heads[1]
    columns, user, login = 3, None, None
    if re.search(r"SIS\s+Login\s+ID", heads[2]):
        login, columns = 2, 4
    elif re.search(r"SIS\s+User\s+ID", heads[2]) and re.search(r"SIS\s+Login\s+ID", heads[3]):
        user, login, columns = 2, 3, 5
        columns += bool(re.search(r"Integration\s+ID", heads[4]))
    assert "Section" in heads[columns - 1]
    titles = {
        re.sub(r" \(\d+\)$", "", head): heads.index(head)
        for head in heads[columns:]
        if not re.search(r"(Current|Final|Override) (Score|Points|Grade|Status)", head)
    }
    found = {}
    for row in rows[1:]:
        if "Points Possible" in row[0] or all(
            re.fullmatch(r"\s*(Manual Posting.*)?\s*", c) for c in row
        ):
            continue
        key = next(
            key
            for key, (name, sis, account) in courses.items()
            if row[1] == key
            or (user is not None and row[user] and row[user] == sis)
            or (login is not None and row[login] and row[login] == account)
            or row[0] == name
        )
        found[key] = {title: row[at].strip() for title, at in titles.items()}
    return found


def import_moodle_worksheet(text: str) -> dict[str, str]:
    """Return what an offline grading worksheet would set, by participant number."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    heads = rows[0]
    places = [heads.index(head) for head in ("Identifier", "Grade", "Last modified (grade)")]
    return {row[places[0]].removeprefix("Participant "): row[places[1]] for row in rows[1:]}


COURSE = {"11": ("Lovelace, Ada", "s1", "ada"), "12": ("Diddley, Bo", "s2", "bo@uni.example")}


def test_canvas_takes_a_new_gradebook():
    found = import_canvas(canvas(SCORES), COURSE)
    assert found == {
        "11": {"neurons": "40.5", "lstm": "36"},
        "12": {"neurons": "0", "lstm": ""},
    }
    assert "    Points Possible,,,,,36,43" in canvas(SCORES)


CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,neurons (4711),Essay (12),Current Score,Final Score
    Points Possible,,,,,43.00,10.00,(read only),(read only)
"Lovelace, Ada",11,s1,ada,DL-1,,7.5,75.00,75.00
"Diddley, Bo",12,s2,bo@uni.example,DL-1,3,,0.00,0.00
"Student, Test",13,,0d9c,DL-1,,,,
"""


def test_canvas_gets_its_own_gradebook_back_with_the_column_filled_in():
    filled, missing = fill_canvas(CANVAS, [s for s in SCORES if s.assignment == "neurons"])
    expected = CANVAS.replace("DL-1,,7.5", "DL-1,40.5,7.5").replace("DL-1,3,", "DL-1,0,")
    assert filled == expected
    assert missing == []


ELSEWHERE = {  # what stands in the columns of totals, in words of each language
    "de": "(schreibgeschützt)",
    "fr": "(lecture seule)",
    "es": "(sólo lectura)",
    "pt": "(somente leitura)",
    "it": "(sola lettura)",
    "nl": "(alleen lezen)",
}


@pytest.mark.parametrize("language", ELSEWHERE)
@pytest.mark.parametrize("names", ["Student", "LastName;FirstName"])
def test_canvas_of_another_language_gets_its_gradebook_back_as_it_was(language, names):
    """Heads are English in all of them; numbers, separators, the mark and other words are not."""
    parted = names != "Student"
    ada, none = ("Lovelace;Ada", ";") if parted else ("Lovelace, Ada", "")
    text = (
        f"\ufeff{names};ID;SIS User ID;SIS Login ID;Section;neurons (4711);Final Score\r\n"
        f"{none};;;;;Manual Posting;\r\n"
        f"    Points Possible{none};;;;;43,00;{ELSEWHERE[language]}\r\n"
        f"{ada};11;s1;ada;DL-1;;75,00\r\n"
    )
    filled, missing = fill_canvas(text, [s for s in SCORES if s.student == "ada"][:1])
    (score,) = [s for s in SCORES if s.student == "ada"][:1]
    assert (missing, score.assignment, score.score) == ([], "neurons", 40.5)
    assert filled == text.replace("DL-1;;75,00", "DL-1;40,5;75,00")


def test_canvas_gets_a_new_column_where_it_has_none():
    scores = [*SCORES, Score("zoe", "lstm", 1, 36)]
    told = "lstm: there is no column 'lstm'; there are: neurons .*; write column = .* --new-column"
    with pytest.raises(GradeError, match=told):
        fill_canvas(CANVAS, scores)
    filled, missing = fill_canvas(CANVAS, scores, Platform(new_columns=True))
    everybody = {**COURSE, "13": ("Student, Test", "", "0d9c")}
    found = import_canvas(filled, everybody)
    assert found["11"] == {"lstm": "36", "neurons": "40.5", "Essay": "7.5"}
    assert found["12"] == {"lstm": "", "neurons": "0", "Essay": ""}
    assert missing == ["zoe"]
    assert filled.splitlines()[1].split(",")[-1] == "36"


def test_moodle_takes_a_new_gradebook():
    rows = list(csv.DictReader(io.StringIO(moodle(SCORES))))
    assert rows[0] == {
        "First name": "Ada",
        "Last name": "Lovelace",
        "ID number": "ada",
        "Email address": "ada@uni.example",
        "Assignment: lstm (Real)": "36",
        "Assignment: neurons (Real)": "40.5",
    }
    assert rows[1]["Email address"] == "bo@uni.example"
    assert rows[1]["Assignment: lstm (Real)"] == ""


MOODLE = """\
"First name","Last name","ID number",Institution,Department,"Email address",\
"Assignment: neurons (Real)","Course total (Real)","Last downloaded from this course"
Ada,Lovelace,,,,ada@uni.example,-,-,1700000000
Bo,Diddley,,,,bo@uni.example,-,-,1700000000
"""


def test_moodle_gets_its_own_gradebook_back_with_the_column_filled_in():
    filled, missing = fill_moodle(MOODLE, SCORES)
    rows = list(csv.DictReader(io.StringIO(filled)))
    assert [row["Assignment: neurons (Real)"] for row in rows] == ["40.5", "0"]
    assert [row["Course total (Real)"] for row in rows] == ["-", "-"]
    assert missing == ["lstm: no column of it"]


WORKSHEET = """\
\ufeffIdentifier,"Full name","Email address",Status,Grade,"Maximum Grade",\
"Grade can be changed","Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 71","Ada Lovelace",ada@uni.example,"Submitted for grading - ",,43.00,Yes,"Monday, 5 \
January 2026, 12:00 PM",-,
"Participant 72","Bo Diddley",bo@uni.example,"No submission",,43.00,Yes,-,-,
"""


def test_moodle_takes_its_grading_worksheet_back():
    only = [s for s in SCORES if s.assignment == "neurons"]
    filled, missing = fill_moodle(WORKSHEET, only)
    assert import_moodle_worksheet(filled) == {"71": "40.5", "72": "0"}
    assert "Monday, 5 January 2026, 12:00 PM" in filled
    assert missing == []
    with pytest.raises(GradeError, match="say which with --assignment"):
        fill_moodle(WORKSHEET, SCORES)


@pytest.mark.parametrize("fill", [fill_canvas, fill_moodle])
@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Student\n"])
def test_another_file_is_refused_as_a_roster(fill, text):
    with pytest.raises(GradeError, match="the roster is no gradebook"):
        fill(text, SCORES)


def test_a_semicolon_gradebook_is_read():
    filled, _ = fill_canvas(CANVAS.replace(",", ";").replace('"Lovelace; Ada"', "Ada"), SCORES[:1])
    assert "40.5" in filled


def test_no_formula_comes_from_a_name():
    text = canvas([Score("=cmd()", "neurons", 1, 43, ("@x", "+y"))])
    assert "'=cmd()" in text
    assert "'+y, @x" in text


# --- from results --------------------------------------------------------------------------------


@pytest.fixture
def results(tmp_path):
    reports = []
    for student, passed in (("ada", True), ("b/o", False)):
        shown = CheckResult("one", "Does <one>.", False, 2.0, 2.0 * passed)
        kept = CheckResult("two", "Does two.", True, 1.0, 1.0)
        shown.status, kept.status = "passed" if passed else "failed", "passed"
        shown.message = "" if passed else "got 1 < 2\x00"
        made = ExerciseResult("step", 3.0, [shown, kept], status="passed" if passed else "failed")
        reports.append(Report("toy", student, [made], level="A"))
    write_results(reports, tmp_path / "out")
    return load(tmp_path / "out")


def test_junit_and_gradescope_get_a_file_for_each_student(results, tmp_path):
    written, _ = export(results, "junit", tmp_path / "junit")
    assert len(written) == len({path.name for path in written}) == 2
    assert all(path.parent == tmp_path / "junit" / "toy" for path in written)
    suites = [ElementTree.fromstring(path.read_text(encoding="utf-8")) for path in written]
    assert [suite.get("failures") for suite in suites] == ["0", "1"]
    written, _ = export(results, "gradescope", tmp_path / "gradescope")
    contents = [json.loads(path.read_text(encoding="utf-8")) for path in written]
    assert [content["score"] for content in contents] == [3.0, 1.0]
    assert [t["visibility"] for t in contents[0]["tests"]] == ["visible", "after_due_date"]


def test_every_gradebook_has_the_same_score(results, tmp_path):
    for kind in ("canvas", "moodle"):
        (path,), _ = export(results, kind, tmp_path / f"{kind}.csv")
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        assert [row[-1] for row in rows[-2:]] == ["3", "1"]


def test_what_cannot_be_exported_is_said(results, tmp_path):
    with pytest.raises(GradeError, match="comes from a course"):
        export(results, "nbgrader", tmp_path / "x.csv")
    with pytest.raises(GradeError, match="no results of lstm"):
        export(results, "canvas", tmp_path / "x.csv", assignment="lstm")
    (tmp_path / "roster.csv").write_bytes("Student,é".encode("latin-1"))
    with pytest.raises(GradeError, match="not UTF-8"):
        export(results, "canvas", tmp_path / "x.csv", tmp_path / "roster.csv")
