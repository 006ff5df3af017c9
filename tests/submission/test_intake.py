"""Right work is never lost: which file is whose, of which topic, and what is left out and why."""

from __future__ import annotations

import io
import os
import warnings
import zipfile
from pathlib import Path

import pytest

from autograder.grading.run import gather
from autograder.judging.official import GradeError
from autograder.submission import files, intake, look
from autograder.submission.archives import ArchiveError, unpack
from autograder.submission.files import TOTAL
from autograder.submission.intake import of_class, of_student
from autograder.submission.look import Known
from autograder.submission.names import plain_stem, told_by, topics_in
from autograder.submission.work import written
from autograder.topic.known import known
from tests.conftest import CATALOGUE
from tests.submission.table import KINDS, MORE, STUB, WORK, zipped

KNOWN = known(CATALOGUE)


def lay_out(folder: Path, given) -> Path:
    for name, content in given.items():
        path = Path(os.fsdecode(os.fsencode(str(folder / name))))
        if name.endswith("/"):
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        path.write_bytes(raw)
        os.utime(path, (1e9, 1e9))
    return folder


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.about)
def test_each_kind_is_taken_or_named(kind, tmp_path):
    folder = lay_out(tmp_path / "class", kind.files)
    found = of_class(folder, KNOWN, unpacked=tmp_path / "unpacked")
    graded = {f"{item.student}/{item.topic}/{item.path.name}" for item in found.items}
    assert graded == set(kind.graded)
    assert len(found.items) == len(kind.graded)
    reasons = [left.reason for left in found.left_out]
    assert len(reasons) == len(kind.left), reasons
    for word in kind.left:
        match = next((reason for reason in reasons if word in reason), None)
        assert match, (word, reasons)
        reasons.remove(match)
    for item in found.items:
        assert not item.fault


def test_a_choice_is_told_in_the_report(tmp_path):
    lay_out(tmp_path / "bo", {"optimizers.py": MORE, "lstm_optimizers.py": WORK})
    found = of_student("bo", tmp_path / "bo", KNOWN)
    assert "2 files were handed in: optimizers.py is graded" in found.items[0].notes[0]


def test_a_later_file_is_taken_where_as_much_is_written(tmp_path):
    lay_out(tmp_path, {"optimizers.py": WORK, "optimizers_new.py": WORK.replace("lr * grad", "lr")})
    os.utime(tmp_path / "optimizers_new.py", (1e9 + 100, 1e9 + 100))
    assert of_student("bo", tmp_path, KNOWN).items[0].path.name == "optimizers_new.py"
    os.utime(tmp_path / "optimizers_new.py", (1e9 + 30, 1e9 + 30))
    assert of_student("bo", tmp_path, KNOWN).items[0].path.name == "optimizers.py"


def test_the_assignment_asked_for_takes_files_of_any_name(tmp_path):
    lay_out(tmp_path, {"bo/x.py": WORK, "cy/y.py": "", "di/z.py": WORK, "di/plots.py": "x = 1"})
    found = of_class(tmp_path, KNOWN, "optimizers")
    assert [(item.student, item.path.name) for item in found.items] == [
        ("bo", "x.py"),
        ("cy", "y.py"),
        ("di", "z.py"),
    ]
    assert [left.place for left in found.left_out] == ["di/plots.py"]


def test_whose_nothing_is_graded_is_named(tmp_path):
    lay_out(tmp_path, {"bo/optimizers.docx": b"", "cy/optimizers.py": WORK, "cy/notes.txt": "x"})
    left = of_class(tmp_path, KNOWN).left_out
    assert [(one.place, one.student) for one in left] == [
        ("bo/optimizers.docx", "bo"),
        ("cy/notes.txt", ""),
    ]


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/self").exists(), reason="needs Linux")
def test_what_we_cannot_read_is_our_fault(tmp_path, monkeypatch):
    lay_out(tmp_path, {"bo/optimizers.py": WORK, "cy/optimizers.py": WORK})
    real = os.open

    def refuse(path, *rest, **more):
        if "bo" in Path(os.fsdecode(path)).parts:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *rest, **more)

    monkeypatch.setattr(os, "open", refuse)
    bo, cy = of_class(tmp_path, KNOWN).items
    assert bo.fault and "Permission denied" in bo.problem
    assert not cy.fault


def test_any_exception_ends_one_student_alone(tmp_path, monkeypatch):
    lay_out(tmp_path, {"bo/optimizers.py": WORK, "cy/optimizers.py": WORK})
    real = look.read_submission

    def fail(path, **options):
        if "bo" in path.parts:
            raise RuntimeError("boom")
        return real(path, **options)

    monkeypatch.setattr(look, "read_submission", fail)
    bo, cy = of_class(tmp_path, KNOWN).items
    assert bo.fault and "RuntimeError" in bo.problem and "boom" in bo.problem
    assert not cy.problem
    monkeypatch.setattr(files.Files, "below", lambda *rest: 1 / 0)
    found = of_class(tmp_path, KNOWN)
    assert [left.student for left in found.left_out] == ["bo", "cy"]
    assert all(left.fault and "ZeroDivisionError" in left.reason for left in found.left_out)


def test_links_are_named_and_not_followed(tmp_path):
    lay_out(tmp_path / "secret", {"optimizers.py": MORE})
    lay_out(tmp_path / "class", {"bo/": "", "cy/": ""})
    (tmp_path / "class/bo/optimizers.py").symlink_to(tmp_path / "secret/optimizers.py")
    (tmp_path / "class/cy/work").symlink_to(tmp_path / "secret")
    found = of_class(tmp_path / "class", KNOWN)
    assert "is a link" in found.items[0].problem
    assert [left.place for left in found.left_out] == ["cy/work"]


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(8):
            archive.writestr(f"{number}.py", b"#" * (10 << 20))
    with pytest.raises(ArchiveError, match="more code"):
        unpack(tmp_path / "a.zip", tmp_path / "out", TOTAL)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for number in range(20_001):
            archive.writestr(f"{number}.py", b"")
    with pytest.raises(ArchiveError, match="limit is"):
        unpack(tmp_path / "b.zip", tmp_path / "out", TOTAL)


def test_a_zip_of_windows_stays_in_its_folder(tmp_path):
    (tmp_path / "a.zip").write_bytes(
        zipped(**{"..\\..\\evil.py": "1", "C:\\evil.py": "1", "/evil.py": "1", "a\\ok.py": "1"})
    )
    left, _ = unpack(tmp_path / "a.zip", tmp_path / "in" / "out", TOTAL)
    assert len(left) == 3
    assert [path.relative_to(tmp_path) for path in tmp_path.rglob("*.py")] == [
        Path("in/out/a/ok.py")
    ]


@pytest.mark.parametrize(
    ("name", "student", "title"),
    [
        ("roejane_12347_6789014_optimizers-1.py", "roejane_12347", "optimizers.py"),
        ("roejane_LATE_12347_6789014_a_b-c-12.ipynb", "roejane_12347", "a_b-c.ipynb"),
        ("lstm_2026_10_final.py", "", "lstm_2026_10_final.py"),
        ("ada_lstm.py", "", "ada_lstm.py"),
        ("Ada L_7_assignsubmission_file_", "Ada L_7", ""),
        ("Ada L_7_assignsubmission_file", "Ada L_7", ""),
        ("Ada_van_L_7_assignsubmission_file_x.py", "Ada_van_L_7", "x.py"),
        ("Ada L_7_assignsubmission_onlinetext.html", "Ada L_7", ""),
    ],
)
def test_platforms_names_are_read(name, student, title):
    told = told_by(name, KNOWN.names)
    assert (told.student, told.title) == (student, title)


@pytest.mark.parametrize(
    "name",
    [
        *("x.py", "x.IPYNB", "x (1).py", "x(2).py", "x-Copy1.ipynb", "x - Kopie.py", "x~.py"),
        *("x - Copy (3).ipynb", "x copy 2.py", "Copy of x.ipynb", "Kopie von x.ipynb", "x_copy.py"),
    ],
)
def test_marks_of_a_copy_are_no_part_of_the_name(name):
    assert plain_stem(name) == "x"


def test_a_topic_stands_at_an_end_of_a_name():
    assert topics_in("ada_lstm", ["lstm"]) == {"lstm": "ada"}
    assert topics_in("Q-Learning ada", ["q_learning"]) == {"q_learning": "ada"}
    assert topics_in("adalstm", ["lstm"]) == topics_in("ada_lstm_x", ["lstm"]) == {}
    assert set(topics_in("lstm_optimizers", KNOWN.names)) == {"lstm", "optimizers"}


def test_work_is_told_from_a_stub():
    names = frozenset({"sgd_step", "momentum_step"})
    assert written([STUB], names) == frozenset()
    assert written([WORK], names) == {"sgd_step"}
    assert written([MORE], names) == names
    kept = "def sgd_step(x):\n    '''Do.'''\n    y = x\n    raise NotImplementedError\n"
    assert written([kept], names) == {"sgd_step"}
    guard = "def sgd_step(x):\n    if x:\n        raise NotImplementedError\n    return x\n"
    assert written([guard], names) == {"sgd_step"}
    unfinished = "def sgd_step(x):\n\n    # TODO\n    raise NotImplementedError()\n\nprint(1)\n"
    assert written([unfinished], names) == frozenset()


def test_a_topic_that_cannot_be_read_costs_no_other():
    def exercises(name):
        return {"a": frozenset({"f"}), "b": frozenset()}[name]

    assert Known(["b", "a"], exercises).by_content(frozenset({"f"})) == "a"


def test_the_zip_of_a_class_is_opened_and_nothing_of_it_is_lost(tmp_path):
    members = {
        "roejane_12347_1_optimizers-1.py": WORK,
        "Ada L_77_assignsubmission_file_/optimizers.py": WORK,
        "Bo L_78_assignsubmission_file_/work.pdf": b"%PDF",
    }
    (tmp_path / "submissions.zip").write_bytes(zipped(**members))
    found = gather(tmp_path / "submissions.zip", CATALOGUE, unpacked=tmp_path / "unpacked")
    assert {item.student for item in found.items} == {"roejane_12347", "Ada L_77"}
    assert [left.place for left in found.left_out] == ["Bo L_78_assignsubmission_file_/work.pdf"]
    (tmp_path / "bad.zip").write_bytes(b"PK")
    with pytest.raises(GradeError, match="damaged"):
        gather(tmp_path / "bad.zip", CATALOGUE, unpacked=tmp_path / "unpacked")


def test_the_zips_of_one_student_share_one_limit(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.py", b"#" * (12 << 20))
    one = stream.getvalue()
    lay_out(tmp_path / "class", {"bo/a.zip": one, "bo/b.zip": one, "cy/c.zip": one})
    found = of_class(tmp_path / "class", KNOWN, unpacked=tmp_path / "out")
    told = [left.place for left in found.left_out if "more code than" in left.reason]
    assert told == ["bo/b.zip"]


def test_of_two_members_of_one_name_none_is_lost(tmp_path):
    with warnings.catch_warnings(), zipfile.ZipFile(tmp_path / "bo.zip", "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("optimizers.py", MORE)
        archive.writestr("optimizers.py", STUB)
    found = of_class(tmp_path, KNOWN, unpacked=tmp_path / "out")
    assert found.items[0].path.read_text(encoding="utf-8") == MORE
    assert [left.reason for left in found.left_out if "untouched stub" in left.reason]


def test_names_that_no_disk_takes_cost_themselves_alone(tmp_path):
    names = {"x" * 3000 + ".py": "1", "a.py": "1", "a.py/b.py": "1", "./.": "1"}
    (tmp_path / "bo.zip").write_bytes(zipped(**names, **{"optimizers.py": WORK}))
    found = of_class(tmp_path, KNOWN, unpacked=tmp_path / "out")
    assert [item.path.name for item in found.items] == ["optimizers.py"]
    assert not any(left.fault for left in found.left_out)
    assert sum("cannot be unpacked" in left.reason for left in found.left_out) == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have names on Unix")
@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_what_is_called_a_zip_and_is_no_file_is_named(tmp_path, kind):
    lay_out(tmp_path, {"class/bo/": "", "loot.zip": zipped(**{"optimizers.py": MORE})})
    path = tmp_path / "class" / "bo" / "a.zip"
    os.mkfifo(path) if kind == "pipe" else path.symlink_to(tmp_path / "loot.zip")
    found = of_class(tmp_path / "class", KNOWN, unpacked=tmp_path / "out")
    assert not found.items
    assert "no regular file" in found.left_out[0].reason


def test_files_without_end_are_not_all_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "LOOKED", 3 * len(WORK))
    lay_out(tmp_path, {f"bo/x{number}.py": WORK for number in range(5)} | {"cy/a.py": WORK})
    found = of_class(tmp_path, KNOWN)
    assert sum("not looked at" in left.reason for left in found.left_out) == 2
    assert {item.student for item in found.items} == {"bo", "cy"}
