"""The verdict as text: wide and narrow, with and without colour and signs, read aloud."""

from __future__ import annotations

import io
import re

import pytest

from autograder.report import terminal
from autograder.report.model import CheckResult, ExerciseResult, Report
from autograder.report.terminal import Look

ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Stream(io.StringIO):
    def __init__(self, encoding="utf-8", terminal=True):
        super().__init__()
        self._encoding, self._terminal = encoding, terminal

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return self._terminal

    def write(self, text):
        text.encode(self._encoding)
        return super().write(text)


@pytest.fixture
def report():
    wrong = CheckResult(
        "b",
        "Follows ten steps on a quadratic bowl, from any start and with any learning rate.",
        False,
        1.0,
        asked="lif_step(v=float64 array (3, 4), current=[1, 2, 3], dt=0.1) (case 1 of 2)",
        message="3 of 12 values are wrong",
        values="at [0, 1] expected 1, got 2",
        where="first at index [0, 1]",
        cause="It looks as if the values come one step late along axis 0.",
        hint="Which voltage does the spike test look at?",
        tolerance="1e-12 of the largest value",
        stdout="\x1b[2Jhello\x07\n" + "line\n" * 40,
    )
    later = CheckResult("c", "Later.", False, 1.0, message="other", explained_by="b")
    right = CheckResult("a", "Leaks.", False, 1.0, 1.0, status="passed")
    return Report(
        "neurons",
        "me",
        [
            ExerciseResult("lif_step", 3.0, [right, wrong, later]),
            ExerciseResult("lif_run", 2.0, [], status="waiting", message="waiting for lif_step"),
            ExerciseResult("rate", 1.0, [], status="todo", message="still to write"),
            ExerciseResult("done_one", 1.0, [right], status="passed"),
        ],
    )


@pytest.mark.parametrize("width", [24, 32, 40, 55, 56, 80, 100])
@pytest.mark.parametrize("signs", [True, False])
def test_no_line_is_wider_than_the_terminal(report, width, signs):
    text = terminal.verdict(report, Look(width=width, signs=signs), file="a.py")
    for line in text.split("\n"):
        assert len(line) <= width or line.startswith("More: ") or " " not in line.strip(), line


def test_without_signs_it_is_plain_ascii_words(report):
    text = terminal.verdict(report, Look(signs=False), file="a.py")
    text.encode("ascii")
    assert "no lif_step" in text
    assert "ok Leaks." in terminal.verdict(report, Look(signs=False), whole=True)


def test_colour_adds_nothing_but_colour(report):
    plain = terminal.verdict(report, Look(), file="a.py")
    coloured = terminal.verdict(report, Look(colour=True), file="a.py")
    assert coloured != plain
    assert ANSI.sub("", coloured) == plain
    for word in ("to fix", "waiting for lif_step", "to write", "done"):
        assert word in plain


def test_no_control_character_of_the_student_reaches_the_terminal(report):
    text = terminal.verdict(report, Look(), file="a.py")
    assert not set(text) & {"\x1b", "\x07", "\r"}
    assert "more lines" in text


def test_what_follows_from_an_earlier_failure_is_brief_unless_asked_for(report):
    assert "follows from the one above" in terminal.verdict(report, Look())
    assert "other" in terminal.verdict(report, Look(), focus=True)


def test_a_half_done_topic_fits_a_screen_and_ends_with_what_is_next(report):
    report.exercises[3:] = [ExerciseResult(f"exercise_{k}", 1.0, status="passed") for k in range(9)]
    report.exercises += [ExerciseResult(f"later_{k}", 1.0, status="todo") for k in range(9)]
    other = CheckResult("e", "Is finite.", False, 1.0, message="it is not")
    report.exercises.append(ExerciseResult("wrong_too", 1.0, [other]))
    text = terminal.verdict(report, Look(), more="autograder check a.py")
    lines = text.rstrip("\n").split("\n")
    assert len(lines) <= 40
    assert sum("exercise_" in line for line in lines) <= 3
    places = [
        text.index(word) for word in ("exercise_8", "later_8", "Is finite", "asked:", "Next:")
    ]
    assert places == sorted(places)
    assert lines[-1] == "More: autograder check a.py --exercise lif_step --explain"
    assert text.count("Leaks.") == 0
    assert "1 of 3 checks pass" in text


def test_next_is_what_waits_for_nothing(report):
    assert "Next: fix lif_step" in terminal.verdict(report, Look())
    report.exercises[0].status = "passed"
    assert "Next: write rate" in terminal.verdict(report, Look())


@pytest.mark.parametrize(
    ("env", "tty", "colour"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colour_is_where_it_is_welcome(monkeypatch, env, tty, colour):
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert terminal.look_of(Stream(terminal=tty)).colour is colour
    assert terminal.look_of(Stream(terminal=tty), plain=True).colour is False


def test_an_encoding_without_signs_gets_words_and_question_marks(report):
    stream = Stream("cp1252")
    style = terminal.look_of(stream)
    assert not style.signs
    report.exercises[0].checks[1].hint = "Is α ≤ β?"
    terminal.write(stream, terminal.verdict(report, style))
    assert "Is ? ? ??" in stream.getvalue()


def test_columns_decides_the_width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "44")
    assert terminal.look_of(Stream()).width == 44
    monkeypatch.setenv("COLUMNS", "4")
    assert terminal.look_of(Stream()).width == 24
