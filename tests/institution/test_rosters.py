"""Names of platforms are understood both ways: a table of rosters and of the students they mean."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest

from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.institution.exports import Platform, export, fill_canvas, fill_moodle
from autograder.institution.results import Results, Score
from autograder.judging.official import GradeError
from autograder.report.model import CheckResult, ExerciseResult, Report
from autograder.submission.sheet import Sheet

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,lstm (1)
    Points Possible,,,,,36
"Roe, Jane",12347,s1,jroe@uni.example,A,
"Poe, Zoë",12348,s2,Zoë.Poe,A,
"""
MOODLE = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum Grade"
"Participant 1234567","Ada Lovelace",Ada.Lovelace@Uni.example,"No submission",,36
"Participant 22","Bo Lee",bo@uni.example,"No submission",,36
"""
GERMAN = (
    MOODLE.replace("Identifier", "ID")
    .replace("Full name", "Vollständiger Name")
    .replace("Email address", "E-Mail-Adresse")
    .replace("Grade,", "Bewertung,")
    .replace("Participant ", "Teilnehmer/in")
)


def filled(fill, roster, student):
    text, missing = fill(roster, [Score(student, "lstm", 7.5, 36)])
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    return {row[0]: row[4 if fill is fill_moodle else 5] for row in rows[1:]}, missing


@pytest.mark.parametrize(
    ("fill", "roster", "student", "row"),
    [
        (fill_canvas, CANVAS, "roejane_12347", "Roe, Jane"),
        (fill_canvas, CANVAS, "JROE@uni.Example", "Roe, Jane"),
        (fill_canvas, CANVAS, "jroe", "Roe, Jane"),
        (fill_canvas, CANVAS, "S1", "Roe, Jane"),
        (fill_canvas, CANVAS, "roejane", "Roe, Jane"),
        (fill_canvas, CANVAS, "Zoë.Poe@uni.example", "Poe, Zoë"),
        (fill_canvas, CANVAS, unicodedata.normalize("NFD", "Zoë.Poe"), "Poe, Zoë"),
        (fill_moodle, MOODLE, "Ada Lovelace_1234567", "Participant 1234567"),
        (fill_moodle, MOODLE, "ada.lovelace@uni.example", "Participant 1234567"),
        (fill_moodle, MOODLE, "Ada Lovelace_99", "Participant 1234567"),
        (fill_moodle, GERMAN, "Ada Lovelace_1234567", "Teilnehmer/in1234567"),
        (fill_moodle, GERMAN, "bo", "Teilnehmer/in22"),
    ],
)
def test_a_student_meets_the_roster(fill, roster, student, row):
    grades, missing = filled(fill, roster, student)
    assert missing == []
    assert {name: grade for name, grade in grades.items() if grade not in ("", "36")} == {
        row: "7.5"
    }


@pytest.mark.parametrize("student", ["nobody", "roejane_99999x", "12347x", "22"])
def test_who_is_not_there_is_listed(student):
    grades, missing = filled(fill_canvas, CANVAS, student)
    assert missing == [student]
    assert set(grades.values()) == {"", "36"}


def test_two_of_one_name_are_not_mixed_up():
    text = CANVAS + '"Roe, Jane",12399,s3,other,A,\n'
    grades, missing = fill_canvas(text, [Score("roejane_12399", "lstm", 1, 36)])
    assert missing == []
    assert '"Roe, Jane",12399,s3,other,A,1' in grades
    assert '"Roe, Jane",12347,s1,jroe@uni.example,A,\n' in grades


@pytest.mark.parametrize("lead", ["", "\ufeff", "sep=;\n", "\ufeffsep=;\r\n"])
def test_a_roster_comes_back_as_it_was(lead):
    roster = lead + CANVAS.replace('"Roe, Jane"', "Jane").replace('"Poe, Zoë"', "Zoe").replace(
        ",", ";"
    )
    text, _ = fill_canvas(roster, [Score("s1", "lstm", 7.5, 36)])
    assert text == roster.replace("\r\n", "\r\n").replace("example;A;", "example;A;7.5")


def test_numbers_are_written_as_the_others_are():
    roster = CANVAS.replace(",", ";").replace('"Roe; Jane"', "Jane").replace(";36\n", ";36,5\n")
    assert ";7,5\n" in fill_canvas(roster, [Score("s1", "lstm", 7.5, 36.5)])[0]


@pytest.mark.parametrize(
    "text",
    [
        "id,first_name,last_name,email\nann,Ann,Lee,ann@example.org\n",
        "id;first_name;last_name;email\r\nann;Ann;Lee;ann@example.org\r\n",
        "id\tfirst_name\tlast_name\temail\nann\tAnn\tLee\tann@example.org\n",
        "\ufeffsep=;\r\nID;First_Name;Last_Name;Email\r\nann;Ann;Lee;ann@example.org\r\n",
        "sep=,\nEmail,ID,First_name,Last_name,Group\nann@example.org, ann ,Ann,Lee,3\n\n,,,,\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_students_of_a_course_are_read(tmp_path, text, encoding):
    raw = text.removeprefix("\ufeff") if encoding == "utf-16" else text
    (tmp_path / "students.csv").write_bytes(raw.encode(encoding))
    expected = {"id": "ann", "first_name": "Ann", "last_name": "Lee", "email": "ann@example.org"}
    assert Course(tmp_path).students() == [expected]


def test_a_table_is_written_as_it_was_read():
    for text in ('a,b\n1,"x,y"\n', "sep=;\na;b\n1;2\n", "\ufeffa\tb\n"):
        assert Sheet.read(text).text() == text


def test_no_verdict_is_an_empty_cell(tmp_path):
    (tmp_path / "roster.csv").write_text(CANVAS, encoding="utf-8")
    exercise = ExerciseResult("f", 36, status="broken", message="why")
    results = Results([Report("lstm", "s1", [exercise]), Report("lstm", "s2", [])])
    results.reports[1].exercises = [ExerciseResult("f", 36)]
    (path,), missing = export(results, "canvas", tmp_path / "out.csv", tmp_path / "roster.csv")
    assert missing == []
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert [row[5] for row in rows[2:]] == ["", "0"]


# --- what the platform counts, and what it calls it ----------------------------------------------


def column_of(text, at):
    return [row[at] for row in csv.reader(io.StringIO(text))][2:]


def test_other_points_there_are_converted_or_refused():
    """36 of 37 had become 36 %."""
    score = [Score("jroe", "lstm", 36, 37)]
    hundred = CANVAS.replace(",,,,,36", ",,,,,100.00")
    with pytest.raises(GradeError, match="lstm: 100 points there, 37 here: convert them with --sc"):
        fill_canvas(hundred, score)
    text, _ = fill_canvas(hundred, score, Platform(scale=True))
    assert column_of(text, 5)[0] == "97.3"
    text, _ = fill_canvas(CANVAS.replace(",,,,,36", ",,,,,37.00"), score)
    assert column_of(text, 5)[0] == "36"
    text, _ = fill_canvas(CANVAS.replace(",,,,,36", ",,,,,(read only)"), score)
    assert column_of(text, 5)[0] == "36"


@pytest.mark.parametrize("roster", [MOODLE, GERMAN.replace("Maximum Grade", "Höchstpunktzahl")])
def test_a_worksheet_tells_its_maximum_in_any_language(roster):
    score = [Score("bo", "lstm", 18, 36)]
    hundred = roster.replace(",36\n", ',"100,00"\n')
    with pytest.raises(GradeError, match="100 points there, 36 here"):
        fill_moodle(hundred, score)
    text, _ = fill_moodle(hundred, score, Platform(scale=True))
    assert column_of(text, 4) == ["50"]
    text, _ = fill_moodle(roster, score)
    assert column_of(text, 4) == ["18"]


def test_a_column_of_another_name_is_mapped_and_never_missed_in_silence():
    renamed = CANVAS.replace("lstm (1)", "Homework 3: LSTM (77)")
    score = [Score("jroe", "lstm", 7.5, 36)]
    text, _ = fill_canvas(renamed, score, Platform({"lstm": "Homework 3: LSTM"}))
    assert text == renamed.replace("s1,jroe@uni.example,A,", "s1,jroe@uni.example,A,7.5")
    with pytest.raises(GradeError, match="no column 'HW 3'; there are: Homework 3: LSTM"):
        fill_canvas(renamed, score, Platform({"lstm": "HW 3"}))
    moodle = "E-Mail-Adresse;Aufgabe: Übung 3 (Punkte);neurons (Punkte)\nbo@uni.example;-;-\n"
    scores = [Score("bo", "lstm", 7.5, 36), Score("bo", "neurons", 1, 43)]
    text, missing = fill_moodle(moodle, scores, Platform({"lstm": "Übung 3"}))
    assert text.splitlines()[1] == "bo@uni.example;7.5;1" and missing == []
    text, missing = fill_moodle(moodle, scores)
    assert missing == ["lstm: no column of it"]
    with pytest.raises(GradeError, match="no column 'Übung 4'; there are: E-Mail-Adresse"):
        fill_moodle(moodle, scores, Platform({"lstm": "Übung 4"}))


@pytest.mark.parametrize(
    ("text", "ours", "factor"),
    [
        ("1.000,00", 500, 2),
        ("1,000.00", 500, 2),
        ("1\u202f000,00", 500, 2),
        ("1’000.00", 1000, 1),
        ("1.000", 1, 1),
        ("1.000", 1000, 1),
        ("36.5", 73, 0.5),
        ("(read only)", 36, 1),
        ("", 36, 1),
    ],
)
def test_a_maximum_is_read_as_it_is_written(text, ours, factor):
    """`1.000,00` had been taken for no maximum, and nothing was converted."""
    assert Platform(scale=True).factor("lstm", ours, text) == factor


@pytest.mark.parametrize("text", ["1.000", "1.0.0", "1,2,3", "10-5"])
def test_a_maximum_that_cannot_be_read_is_refused(text):
    with pytest.raises(GradeError, match="points there cannot be read: write platform_points"):
        Platform(scale=True).factor("lstm", 48, text)
    assert Platform(scale=True, points={"lstm": 96}).factor("lstm", 48, text) == 2


def test_a_moodle_gradebook_tells_no_maximum_and_that_is_told():
    moodle = "E-Mail-Adresse;Aufgabe: lstm (Punkte)\nbo@uni.example;-\n"
    score, told = [Score("bo", "lstm", 36, 48)], []
    fill_moodle(moodle, score, Platform(told=told.append))
    assert len(told) == 1 and told[0].startswith("lstm: 48 points here, and the file does not say")
    assert "platform_points = ... in [assignments.lstm]" in told[0]
    there = {"lstm": 57.0}
    with pytest.raises(GradeError, match="57 points there, 48 here"):
        fill_moodle(moodle, score, Platform(points=there))
    text, _ = fill_moodle(moodle, score, Platform(scale=True, points=there, told=told.append))
    assert text.splitlines()[1] == "bo@uni.example;42.75"
    assert len(told) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_german_worksheet_comes_back_as_it_was(tmp_path, encoding, ending):
    text = GERMAN.replace(",", ";").replace("\n", ending).replace('"', "")
    (tmp_path / "roster.csv").write_bytes(text.encode(encoding))
    exercise = ExerciseResult("f", 36, [CheckResult("c", "C.", False, 36, 7.5)])
    results = Results([Report("lstm", "bo", [exercise])])
    (path,), missing = export(results, "moodle", tmp_path / "out.csv", tmp_path / "roster.csv")
    assert missing == []
    expected = text.replace("No submission;;36", "No submission;7.5;36", 2)
    expected = expected.replace("No submission;7.5;36", "No submission;;36", 1)
    assert path.read_bytes() == expected.encode(encoding)


def test_the_course_says_how_the_platform_calls_it(tmp_path):
    (tmp_path / "course.toml").write_text('[assignments.lstm]\ncolumn = "HW 3"\n[assignments.x]\n')
    assert Course(tmp_path).columns == {"lstm": "HW 3"}
    text = "[assignments.lstm]\nplatform_points = 57\n[assignments.x]\n"
    (tmp_path / "course.toml").write_text(text)
    assert Course(tmp_path).platform_points == {"lstm": 57}
    (tmp_path / "course.toml").write_text("[assignments.lstm]\ncolumn = 5\n")
    with pytest.raises(CourseError, match="lstm: column: write a name"):
        _ = Course(tmp_path).columns
