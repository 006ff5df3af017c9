"""Gradebooks of Canvas and Moodle as the files those systems import, and one file per student.

With a roster, the file the system itself exported, only the column of grades is filled in and all
else comes back as it was: that is how both want it. Without one a file is made that both accept if
the names under which students handed in are their login names (Canvas) or their e-mail addresses or
ID numbers (Moodle). A student without a submission keeps an empty cell, not a zero.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from autograder.grading.files import safe_name, write_whole
from autograder.institution.held import judged_alone
from autograder.institution.results import Results, Score
from autograder.institution.who import PEOPLE, Students, identifier_column
from autograder.judging.official import GradeError
from autograder.report.model import points_text
from autograder.report.writers import cell, gradescope, junit
from autograder.submission.sheet import Sheet, SheetError

__all__ = ["FORMATS", "canvas", "export", "fill_canvas", "fill_moodle", "moodle"]

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
CANVAS_NAMES = ("SIS Login ID", "SIS User ID", "Integration ID", "ID", "Student")
MOODLE = ("First name", "Last name", "ID number", "Email address")
MOODLE_NAMES = (
    *("Email address", "E-Mail-Adresse", "Adresse de courriel", "Dirección de correo", "Email"),
    *("ID number", "ID-Nummer", "Matrikelnummer", "Username", "Anmeldename", "Identifier"),
    *PEOPLE,
)
GRADES = ("Grade", "Bewertung", "Note", "Calificación", "Valutazione", "Cijfer", "Nota")
"""The column of Moodle's offline grading worksheet, as its languages call it."""
REAL = "Real|Punkte|Brut|Valor real|Effettivo"
ByStudent = dict[str, dict[str, Score]]
Rows = list[list[str]]


def by_student(scores: Iterable[Score]) -> ByStudent:
    """Return the scores by student and assignment."""
    found: ByStudent = {}
    for score in scores:
        found.setdefault(score.student, {})[score.assignment] = score
    return found


def _assignments(scores: Sequence[Score]) -> dict[str, float]:
    """Return the assignments and their points, sorted."""
    return dict(sorted({score.assignment: score.points for score in scores}.items()))


def canvas(scores: Sequence[Score]) -> str:
    """Return a gradebook for Canvas (Gradebook > Import): a column for each assignment.

    Canvas finds students by `SIS Login ID` and makes assignments that it does not know yet.
    """
    points = _assignments(scores)
    rows = [
        [*CANVAS, *points],
        ["    Points Possible", "", "", "", "", *map(_number, points.values())],
    ]
    for student, found in sorted(by_student(scores).items()):
        first, last = next(iter(found.values())).name
        shown = ", ".join(part for part in (last, first) if part) or student
        rows.append([cell(shown), "", "", cell(student), "", *_grades(found, points)])
    return _csv(rows)


def moodle(scores: Sequence[Score]) -> str:
    """Return a gradebook for Moodle (Grades > Import > CSV file).

    The heads are those of Moodle's own export, which its import maps by themselves.
    """
    points = _assignments(scores)
    rows = [[*MOODLE, *(f"Assignment: {name} (Real)" for name in points)]]
    for student, found in sorted(by_student(scores).items()):
        one = next(iter(found.values()))
        email = one.email or (student if "@" in student else "")
        number = "" if "@" in student else student
        who = [cell(text) for text in (*one.name, number, email)]
        rows.append([*who, *_grades(found, points)])
    return _csv(rows)


def _grades(found: Mapping[str, Score], points: Iterable[str]) -> list[str]:
    return [_number(found[name].score) if name in found else "" for name in points]


def _number(value: float) -> str:
    return points_text(value)


# --- filling in what a system exported -----------------------------------------------------------


def fill_canvas(roster: str, scores: Sequence[Score]) -> tuple[str, list[str]]:
    """Fill an exported Canvas gradebook in; return it and the students who are not in it.

    A column ``neurons (4711)`` takes the scores of the assignment ``neurons``; an assignment
    without a column gets a new one, at the end.

    Raises
    ------
    GradeError
        If the file is not one that Canvas exported.
    """
    sheet = Sheet.read(roster)
    rows, heads = sheet.rows, sheet.heads
    if not rows or "Student" not in heads[0] or sheet.column("Section") is None:
        raise GradeError("the roster is no gradebook of Canvas: export one (Gradebook > Export)")
    points = _assignments(scores)
    columns: dict[str, int] = {}
    for name in points:
        pattern = re.compile(rf"{re.escape(name)}( \(\d+\))?", re.IGNORECASE)
        column = next((k for k, h in enumerate(heads) if pattern.fullmatch(h)), None)
        if column is None:  # at the end: what follows Section may be columns of the course's own
            column = len(heads)
            for row in rows:
                row.append("")
            heads[column] = name
        columns[name] = column
    totals = next((row for row in rows if row[0].strip() == "Points Possible"), None)
    for name, column in columns.items():
        if totals is not None and not totals[column]:
            totals[column] = _number(points[name])
    people = [row for row in rows[1:] if row is not totals]
    return _fill(sheet, people, _places(sheet, CANVAS_NAMES), columns, scores)


def fill_moodle(roster: str, scores: Sequence[Score]) -> tuple[str, list[str]]:
    """Fill in an exported Moodle gradebook, or an assignment's offline grading worksheet.

    Raises
    ------
    GradeError
        If the file is neither, or the worksheet could be of several assignments.
    """
    sheet = Sheet.read(roster)
    points = _assignments(scores)
    columns = {
        name: k
        for name in points
        for k, head in enumerate(sheet.heads)
        if re.fullmatch(rf"(\w+: ?)?{re.escape(name)} \(({REAL})\)", head, re.IGNORECASE)
    }
    participants = identifier_column(sheet.rows)
    grade = next(iter(_places(sheet, GRADES)), None)
    if not columns and grade is not None and participants is not None:
        if len(points) > 1:
            raise GradeError(
                "a grading worksheet is of one assignment: say which with --assignment"
            )
        columns = dict.fromkeys(points, grade)
    places = _places(sheet, MOODLE_NAMES)
    if not columns or not (places or participants is not None):
        raise GradeError(
            "the roster is no gradebook of Moodle with these assignments: export one (Grades > "
            "Export > Plain text file), or download the assignment's grading worksheet"
        )
    if participants is not None:
        sheet.heads[participants], head = "Identifier", sheet.heads[participants]
        places = [participants, *(at for at in places if at != participants)]
    text, missing = _fill(sheet, sheet.rows[1:], places, columns, scores)
    if participants is not None:
        sheet.heads[participants] = head
        text = sheet.text()
    return text, missing


def _fill(
    sheet: Sheet,
    people: Rows,
    places: Iterable[int],
    columns: Mapping[str, int],
    scores: Sequence[Score],
) -> tuple[str, list[str]]:
    """Write each student's scores into the row that names the student."""
    left = by_student(scores)
    students = Students(left)
    done: set[int] = set()
    for at in places:
        for number, row in enumerate(people):
            student = students.find(row[at], sheet.heads[at].strip()) if row[at] else ""
            if student in left and number not in done:
                done.add(number)
                found = left.pop(student)
                for assignment, column in columns.items():
                    if assignment in found:
                        row[column] = _filled(found[assignment].score, sheet)
    return sheet.text(), sorted(left)


def _filled(score: float, sheet: Sheet) -> str:
    text = _number(score)
    return text.replace(".", ",") if sheet.decimal_comma else text


def _places(sheet: Sheet, names: Iterable[str]) -> list[int]:
    """Return the columns with these heads, in the order of the names."""
    found = (sheet.column(name) for name in names)
    return [at for at in found if at is not None]


def _csv(rows: Iterable[Sequence[str]]) -> str:
    return Sheet([list(row) for row in rows]).text()


# --- all formats ---------------------------------------------------------------------------------

Gradebook = tuple[
    Callable[[Sequence[Score]], str], Callable[[str, Sequence[Score]], tuple[str, list[str]]]
]
GRADEBOOKS: dict[str, Gradebook] = {
    "canvas": (canvas, fill_canvas),
    "moodle": (moodle, fill_moodle),
}
EACH = {"junit": (junit, "xml"), "gradescope": (gradescope, "json")}
FORMATS = (*GRADEBOOKS, *EACH, "nbgrader")


def export(
    results: Results, kind: str, to: Path, roster: Path | None = None, assignment: str | None = None
) -> tuple[list[Path], list[str]]:
    """Write results in a format; return the files and the students a roster does not have.

    Parameters
    ----------
    results : Results
    kind : str
        One of `FORMATS`.
    to : Path
        A file for a gradebook; a folder for the formats with one file for each student.
    roster : Path, optional
        What Canvas or Moodle exported.
    assignment : str, optional
        Only this one.

    Raises
    ------
    GradeError
        If there is nothing to write, or the roster does not fit.
    """
    if kind in EACH:
        return _each(results, kind, to, assignment), []
    if kind == "nbgrader":
        return [_nbgrader(results, to, assignment)], []
    scores = [s for s in results.scores() if assignment in (None, s.assignment)]
    if not scores:
        raise GradeError(f"there are no results of {assignment or 'any assignment'}")
    plain, filled = GRADEBOOKS[kind]
    text, missing = plain(scores), list[str]()
    if roster is not None:
        try:
            text, missing = filled(Sheet.load(roster).text(), scores)
        except SheetError:
            raise GradeError(f"{roster} is not UTF-8: export it anew") from None
    to.parent.mkdir(parents=True, exist_ok=True)
    write_whole(to, text)
    return [to], missing


def _each(results: Results, kind: str, to: Path, assignment: str | None) -> list[Path]:
    write, suffix = EACH[kind]
    written = []
    for report in results.reports:
        told = kind != "gradescope" or not report.broken  # there no score is no grade, 0 is one
        if told and assignment in (None, report.topic):
            path = to / report.topic / f"{safe_name(report.student)}.{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            total = results.total(report)
            shown = judged_alone(report) if kind == "junit" else report
            write_whole(path, write(shown, *total))
            written.append(path)
    return written


def _nbgrader(results: Results, to: Path, assignment: str | None) -> Path:
    """Write the CSV that ``nbgrader export`` writes."""
    if results.course is None:
        raise GradeError("nbgrader's CSV comes from a course: give the course's folder")
    from autograder.course.course import Course
    from autograder.course.export import write_csv

    write_csv(Course.open(results.course), to, [assignment] if assignment else [])
    return to
