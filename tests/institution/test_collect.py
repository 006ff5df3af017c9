"""Canvas' and Moodle's downloads come into a course, and feedback goes back under their names."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.course.start import init
from autograder.institution.collect import bring_in, feedback_zip
from autograder.judging.official import GradeError
from tests.conftest import CATALOGUE
from tests.kit.courses import command

TOPIC = "optimizers"
STUB = CATALOGUE.topic(TOPIC).chapter.without_solutions()
WORK = STUB.replace("raise NotImplementedError", "return 1.0  # ", 1)
OTHER = (
    CATALOGUE.topic("lstm").chapter.without_solutions().replace("raise Not", "return 1 or Not", 1)
)
STUDENTS = """id,first_name,last_name,email
jroe,Jane,Roe,jane.roe@uni.example
ada,Ada,Lovelace,ada@uni.example
bo,Bo,Diddley,bo@uni.example
zoe,Zoë,Poe,zoe@uni.example
"""
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,optimizers (1)
    Points Possible,,,,,50
"Roe, Jane",12347,jroe,jane.roe@uni.example,A,
"Smith, Al",555,bo,bo@uni.example,A,
"""
WORKSHEET = """\
\ufeffIdentifier,"Full name","Email address",Grade,"Maximum Grade","Last modified (submission)"
"Participant 1234567","Ada Lovelace",ada@uni.example,,50,"Monday, 5 January 2026, 12:00 PM"
"Participant 22","B. Diddley",bo@uni.example,,50,"5. Jänner"
"""


@pytest.fixture
def course(tmp_path):
    made, _ = init(tmp_path / "course", CATALOGUE, [TOPIC])
    (made.folder / "students.csv").write_text(STUDENTS, encoding="utf-8")
    (made.folder / "course.toml").write_text(
        f'zone = "Europe/Berlin"\n[assignments.{TOPIC}]\n', encoding="utf-8"
    )
    return Course.open(made.folder)


def archive(path, **files):
    with zipfile.ZipFile(path, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


def zipped(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return stream.getvalue()


def handed_in(course, student, name=f"{TOPIC}.py"):
    path = course.place("submitted", student, TOPIC) / name
    return path.read_text(encoding="utf-8") if path.exists() else None


def test_canvas_names_lateness_and_attempts(course, tmp_path):
    given = archive(
        tmp_path / "submissions.zip",
        **{
            "roejane_LATE_12347_6789014_optimizers-1.py": WORK,
            "lovelaceada_99_6789015_optimizers.py": WORK + "# ada\n",
            "smithal_555_6789016_optimizers.py": WORK + "# bo, under another name\n",
            "doejohn_777_6789017_optimizers.py": WORK,
            "poezoe_888_6789018_essay.pdf": b"%PDF",
        },
    )
    (tmp_path / "roster.csv").write_text(CANVAS, encoding="utf-8")
    done = bring_in(course, given, TOPIC, tmp_path / "roster.csv")
    assert done.taken.keys() == {"jroe", "ada", "bo"}
    assert handed_in(course, "bo").endswith("# bo, under another name\n")
    assert done.late == ["jroe"]
    assert done.unknown == ["doejohn_777"]
    assert done.nothing == ["zoe"]
    assert any("essay.pdf" in str(left) for left in done.left_out)
    again = bring_in(course, given, TOPIC, tmp_path / "roster.csv")
    assert sorted(again.same) == ["ada", "bo", "jroe"] and not again.taken and not again.again


def test_moodles_folders_zips_in_zips_and_times(course, tmp_path):
    inner = zipped(**{"work/optimizers.py": WORK + "# zipped\n", "notes.txt": "x"})
    given = archive(
        tmp_path / "moodle.zip",
        **{
            "Ada Lovelace_1234567_assignsubmission_file/optimizers.py": WORK,
            "B. Diddley_22_assignsubmission_file/all.zip": inner,
            "Zoë Poe_23_assignsubmission_file_/lstm.py": OTHER,
            "Cy Twombly_24_assignsubmission_file/optimizers.py": WORK,
        },
    )
    (tmp_path / "sheet.csv").write_text(WORKSHEET, encoding="utf-8")
    done = bring_in(course, given, TOPIC, tmp_path / "sheet.csv")
    assert done.taken.keys() == {"ada", "bo"}
    assert handed_in(course, "bo").endswith("# zipped\n")
    assert handed_in(course, "ada", "timestamp.txt") == "2026-01-05 11:00:00 UTC\n"
    assert len(done.doubts) == 1 and done.doubts[0].startswith("bo: ")
    assert done.other == [f"zoe: lstm, not {TOPIC}"]
    assert done.unknown == ["Cy Twombly_24"]
    assert done.nothing == ["jroe"]


GERMAN = """\
\ufeffID,"Vollständiger Name",E-Mail,"Zuletzt geändert (Bewertung)","Zuletzt geändert (Abgabe)"
"Teilnehmer/in1234567","Ada Lovelace",ada@uni.example,-,"Mittwoch, 7. Januar 2026, 12:00"
"Teilnehmer/in22","Bo Diddley",bo@uni.example,-,"Samstag, 10. Januar 2026, 00:30"
"""
FRENCH = """\
\ufeffIdentifiant,"Nom complet","Adresse de courriel",Note,"Dernière modification (remise)"
"Participant 1234567","Ada Lovelace",ada@uni.example,,"mercredi 7 janvier 2026, 12:00"
"Participant 22","Bo Diddley",bo@uni.example,,"samedi 10 janvier 2026, 00:30"
"""


@pytest.mark.parametrize("sheet", [GERMAN, FRENCH], ids=["German", "French"])
def test_a_worksheet_that_comes_later_tells_the_times_and_who_is_late(course, tmp_path, sheet):
    """Nothing is new the second time but the times: they had been passed over."""
    settings = course.folder / "course.toml"
    settings.write_text(f"{settings.read_text(encoding='utf-8')}due = 2026-01-09\n")
    course = Course.open(course.folder)
    given = archive(
        tmp_path / "moodle.zip",
        **{
            "Ada Lovelace_1234567_assignsubmission_file/optimizers.py": WORK,
            "Bo Diddley_22_assignsubmission_file/optimizers.py": WORK + "# bo\n",
        },
    )
    first = bring_in(course, given, TOPIC)
    assert (sorted(first.taken), first.late) == (["ada", "bo"], [])
    (tmp_path / "sheet.csv").write_text(sheet, encoding="utf-8")
    again = bring_in(course, given, TOPIC, tmp_path / "sheet.csv")
    assert (sorted(again.same), again.late, again.doubts) == (["ada", "bo"], ["bo"], [])
    assert handed_in(course, "ada", "timestamp.txt") == "2026-01-07 11:00:00 UTC\n"
    assert handed_in(course, "bo", "timestamp.txt") == "2026-01-09 23:30:00 UTC\n"
    assert "late: bo: 2026-01-09 23:30 UTC" in list(again.lines())
    assert bring_in(course, given, TOPIC).late == ["bo"]


def test_what_is_handed_in_again_replaces_and_nothing_is_lost(course, tmp_path):
    name = "roejane_12347_6789014_optimizers.py"
    bring_in(course, archive(tmp_path / "a.zip", **{name: WORK}), TOPIC)
    (course.place("submitted", "jroe", TOPIC) / "timestamp.txt").write_text("2026-01-01 10:00 UTC")
    done = bring_in(course, archive(tmp_path / "b.zip", **{name: WORK + "# new\n"}), TOPIC)
    assert done.again == ["jroe"] and handed_in(course, "jroe").endswith("# new\n")
    assert handed_in(course, "jroe", "timestamp.txt") is None  # it was the earlier one's
    kept = course.private / "set_aside" / TOPIC / "jroe-1"
    assert (kept / f"{TOPIC}.py").read_text(encoding="utf-8") == WORK
    assert sorted(done.nothing) == ["ada", "bo", "zoe"]


def test_without_a_list_everybody_is_taken_by_the_platforms_name(course, tmp_path):
    (course.folder / "students.csv").write_text("id,first_name,last_name,email\n")
    given = archive(tmp_path / "a.zip", **{"roejane_12347_6789014_optimizers.py": WORK})
    assert bring_in(course, given, TOPIC).taken.keys() == {"roejane_12347"}


def test_two_of_one_name_are_told_by_number_only(course, tmp_path):
    twice = STUDENTS + "jroe2,Jane,Roe,other@uni.example\n"
    (course.folder / "students.csv").write_text(twice, encoding="utf-8")
    given = archive(tmp_path / "a.zip", **{"roejane_12347_6789014_optimizers.py": WORK})
    assert bring_in(course, given, TOPIC).unknown == ["roejane_12347"]
    (tmp_path / "roster.csv").write_text(CANVAS, encoding="utf-8")
    assert bring_in(course, given, TOPIC, tmp_path / "roster.csv").taken.keys() == {"jroe"}


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 damaged"])
def test_a_zip_that_is_none_is_one_line(course, tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises((GradeError, CourseError)):
        bring_in(course, tmp_path / "a.zip", TOPIC)
    done = command("course", "collect", course.folder, tmp_path / "a.zip", "--assignment", TOPIC)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr


def test_slips_are_named(course, tmp_path):
    given = archive(tmp_path / "a.zip", **{"roejane_12347_6789014_optimizers.py": WORK})
    with pytest.raises(CourseError, match="there is no assignment 'lstm'"):
        bring_in(course, given, "lstm")
    with pytest.raises(CourseError, match="does not exist"):
        bring_in(course, tmp_path / "b.zip", TOPIC)
    (tmp_path / "roster.csv").write_text("a,b\n1,2\n")
    with pytest.raises(CourseError, match="neither a gradebook of Canvas nor"):
        bring_in(course, given, TOPIC, tmp_path / "roster.csv")
    place = course.place("submitted", "jroe", TOPIC)
    place.parent.mkdir(parents=True)
    place.symlink_to(tmp_path)
    with pytest.raises(CourseError, match="is a link"):
        bring_in(course, given, TOPIC)
    outside = archive(tmp_path / "c.zip", **{"../roejane_1_2_optimizers.py": WORK, "x": "y"})
    assert not bring_in(course, outside, TOPIC).taken
    assert not (tmp_path / "roejane_1_2_optimizers.py").exists()


def test_the_command_tells_and_its_code_says_whether_somebody_must_look(course, tmp_path):
    files = {"roejane_LATE_12347_6789014_optimizers.py": WORK}
    given = archive(tmp_path / "a.zip", **files)
    done = command("course", "collect", course.folder, given, "--assignment", TOPIC)
    assert done.returncode == 0, done.stderr
    told = f"late, says the platform: jroe: write when into submitted/jroe/{TOPIC}/timestamp.txt"
    assert told in done.stdout
    assert done.stdout.splitlines()[-1] == (
        f"{TOPIC}: 1 new, 0 as before, 1 late, 0 unknown, 3 handed in nothing"
    )
    given = archive(tmp_path / "b.zip", **{**files, "doe_1_2_optimizers.py": WORK})
    done = command("course", "collect", course.folder, given, "--assignment", TOPIC)
    assert (done.returncode, done.stderr) == (1, "unknown: doe_1\n")


def test_feedback_goes_back_under_the_platforms_names(course, tmp_path):
    with pytest.raises(CourseError, match="nothing was collected"):
        feedback_zip(course, TOPIC, tmp_path / "f.zip")
    canvas = {"roejane_LATE_12347_6789014_optimizers.py": WORK}
    moodle = {
        "Ada Lovelace_1234567_assignsubmission_file/optimizers.py": WORK,
        "Bo Diddley_22_assignsubmission_file_/optimizers.py": WORK + "#\n",
    }
    bring_in(course, archive(tmp_path / "a.zip", **canvas, **moodle), TOPIC)
    with pytest.raises(CourseError, match="no page yet: run autograder course feedback"):
        feedback_zip(course, TOPIC, tmp_path / "f.zip")
    for student in ("jroe", "ada"):
        place = course.place("feedback", student, TOPIC)
        place.mkdir(parents=True)
        (place / f"{TOPIC}.html").write_text(f"<p>{student}</p>")
    assert feedback_zip(course, TOPIC, tmp_path / "f.zip") == (2, ["bo"])
    with zipfile.ZipFile(tmp_path / "f.zip") as made:
        assert {name: made.read(name).decode() for name in made.namelist()} == {
            "roejane_LATE_12347_6789014_optimizers.html": "<p>jroe</p>",
            "Ada Lovelace_1234567_assignsubmission_file_optimizers.html": "<p>ada</p>",
        }
    done = command("course", "return", course.folder, TOPIC, "--to", tmp_path / "g.zip")
    assert (done.returncode, done.stderr) == (1, "no page: bo\n")
    assert (tmp_path / "g.zip").read_bytes() == (tmp_path / "f.zip").read_bytes()
    assert json.loads((course.private / "collected.json").read_text())[TOPIC].keys() == {
        *("jroe", "ada", "bo")
    }
