"""Official grading of a folder: everyone gets what they deserve, whatever the others hand in."""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from autograder.grading import pool
from autograder.grading.run import gather, grade_all, safe_name
from autograder.judging.official import GradeError, load_secret
from autograder.report.model import Report
from autograder.sandbox.types import SandboxUnavailable
from autograder.submission.cells import SubmissionError
from autograder.submission.item import Item
from autograder.submission.reading import read_submission
from autograder.topic.catalogue import Catalogue
from tests.conftest import CATALOGUE, ROOT
from tests.kit.battery import topic
from tests.kit.courses import judge_here
from tests.kit.forked import autograder as run

TOPIC, ONE = "tuning", "initial_loss"  # which no other exercise needs
SECRET = bytes(range(64))


def cell_of(name: str) -> str:
    return topic(TOPIC).chapter.parts[name].cell.source


def with_cell(name: str, text: str) -> str:
    return topic(TOPIC).chapter.text.replace(cell_of(name), text)


def body(name: str, statement: str) -> str:
    """Return the solution with one exercise's body replaced by a statement."""
    part = topic(TOPIC).chapter.parts[name]
    return with_cell(name, part.cell.source.replace(part.region, f"    {statement}\n"))


def as_notebook(text: str) -> str:
    from autograder.submission.script import split_script

    cells = [
        nbformat.v4.new_markdown_cell(c.source)
        if c.kind == "markdown"
        else nbformat.v4.new_code_cell(c.source)
        for c in split_script(text)
    ]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells))


def make_class(folder: Path) -> None:
    right = topic(TOPIC).chapter.text
    folder.mkdir()
    write = {
        f"right_{TOPIC}.py": right,
        f"bom_{TOPIC}.py": "\ufeff" + right,
        f"crlf_{TOPIC}.py": right.replace("\n", "\r\n"),
        f"notebook_{TOPIC}.ipynb": as_notebook(right),
        f"stub_{TOPIC}.py": topic(TOPIC).chapter.without_solutions(),
        f"syntax_{TOPIC}.py": body(ONE, "return ((("),
        f"endless_{TOPIC}.py": body(ONE, "while True: pass"),
        f"exits_{TOPIC}.py": body(ONE, "import os; os._exit(0)"),
        f"bomb_{TOPIC}.py": body(ONE, "return np.ones((1 << 36,)), None"),
        f"deep_{TOPIC}.py": body(ONE, f"return {ONE}(None)"),
        f"cut_{TOPIC}.ipynb": as_notebook(right)[:2000],
        f"empty_{TOPIC}.py": "",
        "stranger.py": "def cook(x):\n    return x\n",
    }
    for name, text in write.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    (folder / f"latin_{TOPIC}.py").write_bytes("# é".encode("latin-1"))
    (folder / f"link_{TOPIC}.py").symlink_to(topic(TOPIC).folder / "chapter.py")
    (folder / "folder").mkdir()
    (folder / "folder" / f"{TOPIC}.py").write_text(right, encoding="utf-8")
    (folder / "nothing").mkdir()


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    make_class(folder / "in")
    done = run("grade", folder / "in", "--out", folder / "out")
    assert done.returncode == 0, done.stderr
    reports = json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))["reports"]
    return folder, {report["student"]: Report.from_dict(_timed(report)) for report in reports}


def _timed(report):
    for exercise in report["exercises"]:
        exercise["seconds"] = 0.0
    return report | {"seconds": 0.0}


@pytest.mark.parametrize("student", ["right", "bom", "crlf", "notebook", "folder"])
def test_right_solutions_in_any_form_get_full_marks(graded, student):
    report = graded[1][student]
    assert report.earned == report.points


@pytest.mark.parametrize("student", ["syntax", "endless", "exits", "bomb", "deep"])
def test_a_broken_exercise_costs_itself_alone(graded, student):
    report = graded[1][student]
    lost = [exercise.name for exercise in report if exercise.earned < exercise.points]
    assert lost == [ONE]
    (exercise,) = (exercise for exercise in report if exercise.name == ONE)
    assert exercise.earned == 0
    said = " ".join([exercise.message, *(check.message for check in exercise.checks)])
    expected = {
        "syntax": "SyntaxError",
        "endless": "takes too long",
        "exits": "process ended",
        "bomb": "memory",
        "deep": "RecursionError",
    }
    assert expected[student] in said


@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("cut", "not valid JSON"),
        ("latin", "not UTF-8"),
        ("link", "is a link"),
    ],
)
def test_what_cannot_be_read_earns_nothing_and_says_why(graded, student, reason):
    report = graded[1][student]
    assert report.earned == 0
    assert reason in report.error


@pytest.mark.parametrize(
    ("student", "reason"),
    [("nothing", "no .py or .ipynb file"), ("stranger", "another course")],
)
def test_where_nothing_can_be_graded_no_topic_is_charged(graded, student, reason):
    folder, reports = graded
    assert student not in reports
    left = json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))["not_graded"]
    assert [reason in one["reason"] for one in left if one["student"] == student] == [True]
    page = (folder / "out" / "index.html").read_text(encoding="utf-8")
    assert "Not graded, and why" in page and reason in page


def test_stub_is_still_to_write_and_empty_file_is_missing(graded):
    assert {exercise.status for exercise in graded[1]["stub"]} == {"todo"}
    assert {exercise.status for exercise in graded[1]["empty"]} == {"missing"}


def test_every_report_names_the_confinement(graded):
    assert len({report.level for report in graded[1].values()}) == 1
    assert next(iter(graded[1].values())).level in ("A", "B", "F", "S")


def test_table_has_a_line_for_each_exercise(graded):
    folder, reports = graded
    table = (folder / "out" / "results.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    assert len(rows) == sum(len(report.exercises) for report in reports.values())
    mine = [row for row in rows if row["student"] == "right"]
    assert sum(float(row["earned"]) for row in mine) == reports["right"].earned


def test_pages_hold_no_hidden_value_and_nothing_of_others(graded):
    folder, reports = graded
    for student, report in reports.items():
        page = (folder / "out" / report.topic / f"{safe_name(student)}.html").read_text("utf-8")
        assert "<script" not in page
        assert str(folder) not in page
        assert str(ROOT) not in page
        for other in set(reports) - {student, "right", "nothing", "empty", "cut", "folder", "link"}:
            assert f">{other}:" not in page
        for exercise in report:
            for check in exercise.checks:
                if check.hidden:
                    assert not check.values
                    assert not check.stdout


def test_grading_twice_gives_the_same_bytes(graded, tmp_path):
    folder, _ = graded
    secret = folder / "out" / ".gradus" / "secret"
    subset = tmp_path / "in"
    subset.mkdir()
    for name in (f"right_{TOPIC}.py", f"syntax_{TOPIC}.py"):
        (subset / name).write_bytes((folder / "in" / name).read_bytes())
    for out in ("one", "two"):
        done = run("grade", subset, "--out", tmp_path / out, "--secret", secret, "--jobs", 1)
        assert done.returncode == 0, done.stderr
    for name in ("results.json", "results.csv", f"{TOPIC}/syntax.html", "index.html"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_interrupted_grading_resumes(graded, tmp_path):
    folder, reports = graded
    subset = tmp_path / "in"
    subset.mkdir()
    right = (folder / "in" / f"right_{TOPIC}.py").read_bytes()
    for number in range(12):
        (subset / f"s{number:02}_{TOPIC}.py").write_bytes(right)
    command = [sys.executable, "-c", "from autograder.cli.main import main; main()"]
    args = ["grade", str(subset), "--out", str(tmp_path / "out"), "--jobs", "1"]
    process = subprocess.Popen(
        [*command, *args],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    kept = tmp_path / "out" / ".gradus" / "reports" / TOPIC
    deadline = time.monotonic() + 120
    while len(list(kept.glob("*.json"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = {path: path.stat().st_mtime_ns for path in kept.glob("*.json")}
    assert 2 <= len(before) < 12
    done = run(*args, "--resume")
    assert done.returncode == 0, done.stderr
    assert all(path.stat().st_mtime_ns == time_ for path, time_ in before.items())
    assert len(list(kept.glob("*.json"))) == 12
    assert reports["right"].earned == topic_points()


def topic_points() -> float:
    return sum(exercise.points for exercise in topic(TOPIC).exercises)


def test_cases_follow_from_student_and_code():
    from autograder.topic.live import LiveSource
    from autograder.topic.seeds import case_keys, chooser

    authored = topic("optimizers")
    checks = [(exercise, check) for exercise in authored.exercises[:4] for check in exercise]

    def drawn(student, code):
        source = LiveSource(authored, chooser(case_keys(b"s", student, "t"), student, "t", code))
        trials = [source.trials(*check)[0] for check in checks]
        return [[a.tolist() for a in t.case.args if hasattr(a, "tolist")] for t in trials]

    ada = drawn("ada", "hash")
    assert drawn("ada", "hash") == ada
    for other in (drawn("bo", "hash"), drawn("ada", "other hash")):
        same = sum(one == there for one, there in zip(ada, other, strict=True))
        assert same < len(checks) / 2  # one check in 32 meets the same draw


def test_the_secret_is_private(tmp_path):
    path = tmp_path / "course" / ".gradus" / "secret"
    secret = load_secret(path)
    assert load_secret(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"short")
    with pytest.raises(GradeError, match="too short"):
        load_secret(path)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["grade", "nowhere", "--out", "x"], "not a folder"),
        (["grade", "tests", "--out", "x", "--sandbox", "none"], "choose strict"),
        (["grade", "tests", "--out", "x", "--assignment", "cooking"], "there is no topic"),
        (["start", "cooking"], "there is no topic"),
        (["list", "--root", "nowhere"], "not a folder"),
        (["build", "cooking"], "there is no topic"),
        (["grade"], "Missing argument"),
        (["frobnicate"], "No such command"),
    ],
)
def test_bad_use_is_one_line_and_exit_code_2(args, said, tmp_path):
    done = run(*[str(tmp_path / "x") if arg == "x" else arg for arg in args])
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(GradeError, match="holds no"):
        gather(tmp_path, Catalogue(ROOT))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("big.py", b"#" * (300 << 10), "the limit is"),
        ("null.py", b"x = 1\0", "null bytes"),
        ("list.ipynb", b"[1, 2]", "expected a JSON object"),
        ("none.ipynb", b"{}", "no list of cells"),
        ("deep.ipynb", b"[" * 200_000, "not valid JSON"),
        ("notes.txt", b"hello", "neither"),
    ],
)
def test_hostile_files_are_named(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SubmissionError, match=said):
        read_submission(tmp_path / name)


def test_devices_pipes_and_huge_files_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(SubmissionError, match="not a regular file"):
        read_submission(tmp_path / "pipe.py")
    with (tmp_path / "huge.ipynb").open("wb") as stream:
        stream.truncate(1 << 30)
    with pytest.raises(SubmissionError, match="the limit is"):
        read_submission(tmp_path / "huge.ipynb")


def test_spreadsheets_take_no_formula_from_a_name():
    from autograder.report.writers import cell

    assert cell("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert cell("-2.5") == "-2.5"
    assert cell("") == ""


def test_names_lead_nowhere_else():
    assert "/" not in safe_name("../../etc/passwd")
    assert safe_name("ada") == "ada"
    assert safe_name("a/b") != safe_name("a_b")


def handed_in(folder: Path, count: int) -> list[Item]:
    """Return items of one student, whose first file alone is right."""
    texts = [topic(TOPIC).chapter.text] + [topic(TOPIC).chapter.without_solutions()] * (count - 1)
    paths = [folder / f"{number}.py" for number in range(count)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return [Item("ada", TOPIC, path) for path in paths]


def test_two_files_of_one_name_are_two_reports(tmp_path, monkeypatch):
    judge_here(monkeypatch)
    items = handed_in(tmp_path, 2)
    reports = grade_all(items, CATALOGUE, SECRET, tmp_path / "store")
    assert [report.earned for report in reports] == [reports[0].points, 0.0]
    assert [report.earned for report in reports[1:]] == [0.0]
    monkeypatch.setattr(pool, "run_here", lambda work, *rest: ((n, "again") for n in work))
    again = grade_all(items, CATALOGUE, SECRET, tmp_path / "store", resume=True)
    assert [report.earned for report in again] == [reports[0].points, 0.0]
    (tmp_path / "store" / TOPIC).rename(tmp_path / "store" / "gone")
    with pytest.raises(GradeError, match="can no longer be read"):
        reports[0]


def test_judges_that_are_ended_lose_nothing_that_was_graded(tmp_path):
    items = handed_in(tmp_path, 4)
    seen = []

    def kill(done: int, total: int, report: Report) -> None:
        seen.append(done)
        for process in multiprocessing.active_children():
            process.kill()

    with pytest.raises(GradeError, match=r"ended from outside.*--resume"):
        grade_all(items, CATALOGUE, SECRET, tmp_path / "store", jobs=1, progress=kill)
    kept = len(list((tmp_path / "store" / TOPIC).iterdir()))
    assert kept == len(seen) > 0
    done = []
    reports = grade_all(
        *(items, CATALOGUE, SECRET, tmp_path / "store"),
        jobs=1,
        resume=True,
        progress=lambda *told: done.append(told[0]),
    )
    assert [report.earned for report in reports] == [reports[0].points] + [0.0] * 3
    assert done == list(range(1, 5))
    for process in multiprocessing.active_children():
        process.join(10)  # they end by themselves
    assert not multiprocessing.active_children()


def test_a_sandbox_that_is_refused_is_told_in_one_line(tmp_path):
    items = handed_in(tmp_path, 2)
    with pytest.raises(SandboxUnavailable, match="is not possible here"):
        grade_all(items, CATALOGUE, SECRET, tmp_path / "store", sandbox=_lacking())


def _lacking() -> str:
    """Return a level that this machine, whoever runs the tests, does not have."""
    return "B" if os.geteuid() == 0 else "A"


WILD = """
import numpy as np


def _deep(value, change):
    if isinstance(value, (list, tuple)):
        return type(value)(_deep(item, change) for item in value)
    if isinstance(value, (np.ndarray, float, int)):
        return change(np.array(value, dtype=float))
    return value
"""
CHANGES = {
    "nan": "v * np.nan",
    "huge": "v * 0 + 1.7e308",
    "infinite": "np.where(v > 0, np.inf, -np.inf)",
    "both": "np.where(v > np.mean(v), 1.7e308, -1.7e308)",
}


@pytest.mark.parametrize(
    ("name", "each"),
    [
        ("activations", 3),
        pytest.param("activations", 1, marks=pytest.mark.slow),
        pytest.param("regression", 1, marks=pytest.mark.slow),
        pytest.param("energy_models", 1, marks=pytest.mark.slow),
        pytest.param("convolution", 1, marks=pytest.mark.slow),
    ],
)
def test_nothing_but_results_stands_in_the_terminal(tmp_path, name, each):
    """What is no finite number, or hardly one, is compared, explained and drawn without a word."""
    for student, change in CHANGES.items():
        functions = "".join(
            f"\n\ndef {exercise.name}(first, *rest, **named):\n"
            f"    return _deep(first, lambda v: {change})\n"
            for exercise in topic(name).exercises[::each]
        )
        path = tmp_path / "in" / f"{student}_{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(WILD + functions)
    done = subprocess.run(
        [sys.executable, "-W", "always", "-m", "autograder", "grade", tmp_path / "in"]
        + ["--out", tmp_path / "out", "--jobs", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Warning" not in done.stdout + done.stderr
