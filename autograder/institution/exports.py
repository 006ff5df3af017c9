"""Gradebooks of Canvas and Moodle as the files those systems import, and one file per student.

With a roster, the file the system itself exported, only the column of grades is filled in and all
else comes back as it was: that is how both want it. Without one a file is made that both accept if
the names under which students handed in are their login names (Canvas) or their e-mail addresses or
ID numbers (Moodle). A student without a submission keeps an empty cell, not a zero.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.grading.files import safe_name, write_whole
from autograder.institution.held import judged_alone
from autograder.institution.results import Results, Score
from autograder.institution.who import PEOPLE, Students, identifier_column
from autograder.judging.official import GradeError
from autograder.report.model import points_text
from autograder.report.writers import cell, gradescope, junit
from autograder.submission.sheet import Sheet, SheetError

__all__ = ["FORMATS", "Platform", "canvas", "export", "fill_canvas", "fill_moodle", "moodle"]

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
CANVAS_NAMES = ("SIS Login ID", "SIS User ID", "Integration ID", "ID", "Student")
CANVAS_FIRST = ("Student", "LastName")
"""Where names begin: Canvas can part them. Its heads are English whatever its language; numbers,
separators and words such as ``(read only)`` follow the language and come back as they were."""
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


@dataclass(frozen=True)
class Platform:
    """How a course's assignments are called on the platform, and what to do about its points.

    Attributes
    ----------
    columns : mapping
        The platform's name of a column, by assignment, where it is not the assignment's.
    scale : bool
        Whether scores are converted where the platform counts other points; else it is refused.
    points : mapping
        The points the platform counts, by assignment, for a file that does not tell them.
    new_columns : bool
        Whether Canvas gets a new column where none is found; else it is refused.
    told : callable
        Called with a line on what nobody could compare.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    scale: bool = False
    points: Mapping[str, float] = field(default_factory=dict)
    new_columns: bool = False
    told: Callable[[str], None] = lambda line: None

    def name(self, assignment: str) -> str:
        """Return what an assignment is called there."""
        return self.columns.get(assignment, assignment)

    def factor(self, assignment: str, ours: float, theirs: str) -> float:
        """Return what scores are multiplied with, `theirs` being the maximum as it is written.

        Raises
        ------
        GradeError
            If the points differ and are not to be converted, or cannot be read.
        """
        readings = _readings(theirs)
        if assignment in self.points and (readings is None or len(readings) != 1):
            readings = [self.points[assignment]]
        hint = f"write platform_points = ... in [assignments.{assignment}] of course.toml"
        if readings is None:
            self.told(
                f"{assignment}: {_number(ours)} points here, and the file does not say how many "
                f"there: if they are others, {hint}"
            )
            return 1.0
        if not ours or any(abs(one - ours) < 0.005 for one in readings):
            return 1.0
        if len(readings) != 1:
            raise GradeError(
                f"{assignment}: {theirs.strip()!r} points there cannot be read: {hint}"
            )
        (there,) = readings
        if not self.scale:
            raise GradeError(
                f"{assignment}: {_number(there)} points there, {_number(ours)} here: convert them "
                "with --scale, or set the same points"
            )
        return there / ours


def _readings(text: str) -> list[float] | None:
    """Return what a platform's maximum may mean: 1.000 is two numbers. None: it tells none."""
    plain = re.sub(r"[\s'’]", "", text)
    if not re.fullmatch(r"[\d.,-]*[1-9][\d.,-]*", plain):
        return None
    found = []
    for point, comma in (".,", ",."):
        number = rf"(\d+|\d{{1,3}}([{comma}]\d{{3}})+)([{point}]\d+)?"
        if re.fullmatch(number, plain):
            found.append(float(plain.replace(comma, "").replace(point, ".")))
    return sorted(set(found))


def fill_canvas(
    roster: Sheet | str, scores: Sequence[Score], platform: Platform | None = None
) -> tuple[str, list[str]]:
    """Fill an exported Canvas gradebook in; return it and what was not found.

    A column ``neurons (4711)`` takes the scores of the assignment ``neurons``; an assignment
    without a column gets a new one, at the end, if `platform` allows it. What is not found are
    students.

    Raises
    ------
    GradeError
        If the file is not one that Canvas exported, lacks a column, or counts other points.
    """
    sheet = Sheet.read(roster) if isinstance(roster, str) else roster
    platform = platform or Platform()
    rows, heads = sheet.rows, sheet.heads
    if not rows or heads[0].strip() not in CANVAS_FIRST or sheet.column("Section") is None:
        raise GradeError("the roster is no gradebook of Canvas: export one (Gradebook > Export)")
    points = _assignments(scores)
    columns: dict[str, int] = {}
    for name in points:
        pattern = re.compile(rf"{re.escape(platform.name(name))}( \(\d+\))?", re.IGNORECASE)
        column = next((k for k, h in enumerate(heads) if pattern.fullmatch(h.strip())), None)
        if column is None and (name in platform.columns or not platform.new_columns):
            told = _no_column(name, platform, heads[_after_section(sheet) :])
            raise GradeError(f"{told}{'' if name in platform.columns else _MAPPED}")
        if column is None:  # at the end: what follows Section may be columns of the course's own
            column = len(heads)
            for row in rows:
                row.append("")
            heads[column] = name
        columns[name] = column
    totals = next((row for row in rows if row[0].strip() == "Points Possible"), None)
    factors = {}
    for name, column in columns.items():
        if totals is not None and not totals[column]:
            totals[column] = _number(points[name])
        theirs = totals[column] if totals is not None else ""
        factors[name] = platform.factor(name, points[name], theirs)
    people = [row for row in rows[1:] if row is not totals]
    return _fill(sheet, people, _places(sheet, CANVAS_NAMES), columns, scores, factors)


def _after_section(sheet: Sheet) -> int:
    return (sheet.column("Section") or 0) + 1


_MAPPED = (
    '; write column = "..." below the assignment in course.toml, give --column, or make it with '
    "--new-column"
)


def _no_column(name: str, platform: Platform, heads: Sequence[str]) -> str:
    there = ", ".join(head for head in heads if head.strip()) or "none"
    return f"{name}: there is no column {platform.name(name)!r}; there are: {there}"


def fill_moodle(
    roster: Sheet | str, scores: Sequence[Score], platform: Platform | None = None
) -> tuple[str, list[str]]:
    """Fill in an exported Moodle gradebook, or an assignment's offline grading worksheet.

    Raises
    ------
    GradeError
        If the file is neither, lacks an assignment, counts other points, or the worksheet could be
        of several assignments.
    """
    sheet = Sheet.read(roster) if isinstance(roster, str) else roster
    platform = platform or Platform()
    points = _assignments(scores)
    columns = {
        name: k
        for name in points
        for k, head in enumerate(sheet.heads)
        if _of_moodle(platform.name(name)).fullmatch(head.strip())
    }
    participants = identifier_column(sheet.rows)
    grade = next(iter(_places(sheet, GRADES)), None)
    factors: dict[str, float] = {}
    if not columns and grade is not None and participants is not None:
        if len(points) > 1:
            raise GradeError(
                "a grading worksheet is of one assignment: say which with --assignment"
            )
        columns = dict.fromkeys(points, grade)
        factors = {n: platform.factor(n, p, _maximum(sheet, grade)) for n, p in points.items()}
    places = _places(sheet, MOODLE_NAMES)
    if not columns or not (places or participants is not None):
        raise GradeError(
            "the roster is no gradebook of Moodle with these assignments: export one (Grades > "
            "Export > Plain text file), or download the assignment's grading worksheet"
        )
    for name in points:
        if name not in columns and name in platform.columns:
            raise GradeError(_no_column(name, platform, sheet.heads))
        if name in columns and name not in factors:  # a gradebook tells no maximum
            factors[name] = platform.factor(name, points[name], "")
    if participants is not None:
        sheet.heads[participants], head = "Identifier", sheet.heads[participants]
        places = [participants, *(at for at in places if at != participants)]
    text, missing = _fill(sheet, sheet.rows[1:], places, columns, scores, factors)
    if participants is not None:
        sheet.heads[participants] = head
        text = sheet.text()
    return text, missing + [f"{name}: no column of it" for name in points if name not in columns]


def _of_moodle(name: str) -> re.Pattern[str]:
    """Return what Moodle calls an assignment's column: ``Assignment: lstm (Real)``."""
    return re.compile(rf"([^:]+: ?)?{re.escape(name)} \(({REAL})\)", re.IGNORECASE)


def _maximum(sheet: Sheet, grade: int) -> str:
    """Return the maximum of a worksheet: it stands beside the grade, in whatever language."""
    cells = {row[grade + 1].strip() for row in sheet.rows[1:] if len(row) > grade + 1}
    return cells.pop() if len(cells) == 1 else ""


def _fill(
    sheet: Sheet,
    people: Rows,
    places: Iterable[int],
    columns: Mapping[str, int],
    scores: Sequence[Score],
    factors: Mapping[str, float],
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
                        scaled = found[assignment].score * factors.get(assignment, 1.0)
                        row[column] = _filled(scaled, sheet)
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
    Callable[[Sequence[Score]], str],
    Callable[[Sheet | str, Sequence[Score], Platform | None], tuple[str, list[str]]],
]
GRADEBOOKS: dict[str, Gradebook] = {
    "canvas": (canvas, fill_canvas),
    "moodle": (moodle, fill_moodle),
}
EACH = {"junit": (junit, "xml"), "gradescope": (gradescope, "json")}
FORMATS = (*GRADEBOOKS, *EACH, "nbgrader")


def export(
    results: Results,
    kind: str,
    to: Path,
    roster: Path | None = None,
    assignment: str | None = None,
    platform: Platform | None = None,
) -> tuple[list[Path], list[str]]:
    """Write results in a format; return the files, and the students and columns not found.

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
    platform : Platform, optional
        Columns and points there; by default what the course says.

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
    to.parent.mkdir(parents=True, exist_ok=True)
    if roster is None:
        write_whole(to, plain(scores))
        return [to], []
    try:
        sheet = Sheet.load(roster)
    except SheetError:
        raise GradeError(f"{roster} is not UTF-8: export it anew") from None
    there = platform or Platform(results.columns, points=results.platform_points)
    _, missing = filled(sheet, scores, there)
    part = to.with_name(f".{to.name}.part")
    part.write_bytes(sheet.content())
    os.replace(part, to)
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
