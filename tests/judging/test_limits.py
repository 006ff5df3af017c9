"""One submission costs its limits and little more, and learns nothing of hidden cases."""

import difflib

import numpy as np
import pytest

from autograder.judging.clock import Budget, Purse
from autograder.judging.grader import Grader
from autograder.judging.remedies import nearest, remedy
from autograder.judging.verdict import describe
from autograder.sandbox import Cell, Failure, Limits, Outcome, Sandbox
from autograder.sandbox.types import BUSY, IDLE
from autograder.submission.cells import Submission, code_cells
from autograder.submission.script import split_script
from autograder.topic.live import LiveSource
from autograder.topic.seeds import seeder
from tests.kit.battery import topic
from tests.sandbox.test_machines import LINUX

pytestmark = pytest.mark.skipif(not LINUX, reason="confinement is Linux's")
TOPIC = "neurons"
FIRST = (
    "import numpy as np\ndef sigmoid_neuron(x, w, b):\n    return 1 / (1 + np.exp(-(x @ w + b)))\n"
)


def submitted(text: str) -> Submission:
    return Submission("mallory", code_cells(split_script(text, "m.py")), "m.py")


class Counted:
    """Forks workers and counts them."""

    def __init__(self, box):
        self.box, self.forks = box, 0

    def __call__(self):
        self.forks += 1
        return self.box.worker()


def graded(text, budget, limits, only=None):
    source = LiveSource(topic(TOPIC), seeder(b"secret", "mallory", TOPIC))
    with Sandbox("best", limits=limits) as box:
        fork = Counted(box)
        return Grader(source, submitted(text), fork, budget=budget).grade(only), fork.forks


def test_cells_that_sleep_use_the_time_up_once():
    text = FIRST + "# %%\nimport time; time.sleep(3600)\n" * 30
    limits = Limits(seconds=1.0, load_seconds=0.3)
    report, forks = graded(text, Budget(exercise=1.0, submission=3.0), limits)
    assert forks < 15
    assert report.earned == 0
    told = {check.message for exercise in report for check in exercise.checks}
    assert any("the time for the whole submission is used up" in text for text in told)


def test_many_slow_calls_of_one_check_share_one_budget():
    text = "import time\ndef lif_step(*a, **k):\n    time.sleep(0.3)\n    return 0.0\n"
    limits = Limits(seconds=1.0)
    report, _ = graded(text, Budget(exercise=1.0, submission=5.0), limits, ["lif_step"])
    (exercise,) = report
    assert exercise.seconds < 60  # without the budget: a second for each of some hundred calls
    assert any(
        "used up" in check.message or "too long" in check.message for check in exercise.checks
    )


def test_a_purse_is_empty_when_either_budget_is():
    purse = Purse(Budget(exercise=2.0, submission=5.0))
    purse.open()
    purse.spend(Outcome(seconds=1.5, worked=1.5))
    assert purse.left == 0.5
    assert not purse.used_up()
    assert not purse.stopped
    purse.spend(Outcome(seconds=1.0, worked=1.0))
    assert purse.used_up() == "the time for this exercise is used up"
    purse.open(patience=4.0)
    assert purse.left == 2.5
    purse.spend(Outcome(seconds=2.5, worked=2.5), loading=True)
    assert purse.used_up() == "the time for the whole submission is used up"
    assert purse.over
    assert purse.stopped == "computing"
    assert Purse(None).left is None


def test_time_that_went_by_without_work_is_told_from_time_that_was_computed():
    purse = Purse(Budget(exercise=2.0, submission=5.0))
    purse.spend(Outcome(failure=Failure("timeout", message=IDLE), seconds=1.0))
    assert purse.stopped == "waiting"
    purse.spend(Outcome(failure=Failure("timeout", message=BUSY), seconds=1.0, worked=1.0))
    assert purse.stopped == "waiting"  # one verdict that stands on the wall clock is enough
    slept = Purse(Budget(exercise=2.0, submission=5.0))
    slept.spend(Outcome(seconds=3.0, worked=1.0))
    assert slept.used_up()
    assert slept.stopped == "waiting"


@pytest.mark.parametrize(
    ("body", "stopped", "told"),
    [
        ("while True: pass", "computing", "is there a loop that does not end?"),
        ("import time; time.sleep(60)", "waiting", "without computing"),
        ("return 0.0", "", ""),
    ],
)
def test_a_report_says_whether_time_was_computed_away_or_waited_away(body, stopped, told):
    text = f"def lif_step(*a, **k):\n    {body}\n"
    report, _ = graded(text, Budget(), Limits(seconds=0.4), ["lif_step"])
    assert report.stopped == stopped
    assert report.doubtful is (stopped == "waiting")
    if told:
        assert any(told in check.message for exercise in report for check in exercise.checks)


def test_a_used_up_budget_is_not_called_a_loop():
    purse = Purse(Budget(exercise=1.0))
    purse.spend(Outcome(seconds=2.0, worked=2.0))
    told = describe(Failure("timeout", message=purse.used_up()), public=True)
    assert told == "it is stopped: the time for this exercise is used up"


def test_names_that_nobody_writes_are_not_compared(monkeypatch):
    def counted(name, known, **options):
        assert len(name) * sum(map(len, known)) < 5_000_000
        return []

    monkeypatch.setattr(difflib, "get_close_matches", counted)
    long = "ab" * 95
    source = "def f():\n" + "".join(f"    {long}{k}\n" for k in range(1000))
    assert "get its value" in remedy("NameError", f"name '{long}' is not defined", source, 2)
    assert nearest(long, {long[:-1]}) == ""
    assert nearest("abc", {f"n{k}" for k in range(5000)}) == ""


def test_a_result_far_beyond_the_right_one_is_refused_before_it_is_read():
    text = "import numpy as np\ndef sigmoid_neuron(x, w, b):\n    return np.zeros(1 << 22)\n"
    report, _ = graded(text, Budget(), Limits(), ["sigmoid_neuron"])
    (exercise,) = report
    assert exercise.earned == 0
    assert any(check.message == "the result is far too large" for check in exercise.checks)


def test_a_callback_is_not_handed_more_than_the_exercise_is_about():
    source = LiveSource(topic("backprop"), seeder(b"secret", "mallory", "backprop"))
    text = (
        "import numpy as np\ndef numerical_gradient(f, x, *a, **k):\n"
        "    f(np.zeros(1 << 22))\n    return np.zeros_like(x)\n"
    )
    with Sandbox("best") as box:
        report = Grader(source, submitted(text), box.worker, budget=Budget()).grade(
            ["numerical_gradient"]
        )
    (exercise,) = report
    assert {check.message for check in exercise.checks if not check.hidden} & {
        "the result is far too large"
    }


def test_no_process_that_saw_a_hidden_case_is_asked_a_public_check():
    """Counted by the student: what a public check prints has met public cases alone."""
    exercises = [exercise.name for exercise in topic(TOPIC).exercises]
    text = "SEEN = []\n" + "".join(
        f"def {name}(*a, **k):\n    SEEN.append(1)\n    print('SEEN', len(SEEN))\n    return 0\n"
        for name in exercises
    )
    report, _ = graded(text, Budget(), Limits())
    public = 0
    for exercise, given in zip(topic(TOPIC).exercises, report, strict=True):
        for check, result in zip(exercise, given.checks, strict=True):
            if check.hidden:
                assert not result.stdout
                continue
            counts = [int(line.split()[1]) for line in result.stdout.split("\n") if "SEEN" in line]
            assert counts == list(range(public + 1, public + 1 + len(counts)))
            public += len(counts)
    assert public > 20


COMMENTS = '''
TEXT = """
%s
"""
exec("\\n".join(line[1:] for line in TEXT.split("\\n")))
'''


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (COMMENTS % "#x = 1", COMMENTS % "#x = 2"),
        ("x = '# a'", "x = '# b'"),
        ("x = 1\nif x:\n    y = 2\n    z = 3", "x = 1\nif x:\n    y = 2\nz = 3"),
        ("x = 1 +\n", "x = 1 -\n"),
        ("#\\\nx = 1", "x = 2"),
        ("x = ('a'\n'b')", "x = ('a'\n# 'b'\n)"),
        ("x = '''a\n\n b'''", "x = '''a\n b'''"),
        ("x = 1  # one", "x = 1"),
        ("x = 1\n\n\ny = 2\n", "x = 1\ny = 2"),
        ("x =  1", "x = 1"),
        ("x = 1\n# %%\ny = 2", "x = 1\ny = 2"),
    ],
)
def test_two_programs_have_two_digests(one, other):
    assert submitted(one).digest != submitted(other).digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1\n# %% [markdown]\n# text\n# %%\ny = 2\n", "x = 1\n# %%\ny = 2\n"),
        ("\n\n\nx = 1\n\n\n", "x = 1"),
    ],
)
def test_what_lies_between_the_cells_does_not_count(one, other):
    assert submitted(one).digest == submitted(other).digest


WHERE = """
import sys
def f():
    frame = sys._getframe()
    return __file__, frame.f_lineno, frame.f_code.co_filename, f.__code__.co_firstlineno
def g():
    return 1 / 0
"""


def test_a_program_is_not_told_what_its_file_is_called_nor_where_its_cells_lie():
    """A table could stand in the blank lines between cells, and the digest would not know."""
    seen = []
    with Sandbox("best") as box:
        for name, line in (("ada.py", 1), ("cell 7", 4000)):
            with box.worker() as worker:
                loaded = worker.load([Cell("x = 1", name, line - 1 or 1), Cell(WHERE, name, line)])
                assert not any(outcome.failure for outcome in loaded)
                seen.append(worker.call("f", (), {}).value)
                failure = worker.call("g", (), {}).failure
                assert (failure.cell, failure.line) == (name, line + 6)
    assert seen[0] == seen[1]


def test_a_right_answer_in_other_types_is_not_too_large():
    text = FIRST.replace("return 1", "return [float(v) for v in 1").replace("b)))", "b)))]")
    report, _ = graded(text, Budget(), Limits(), ["sigmoid_neuron"])
    assert not any("too large" in check.message for check in next(iter(report)).checks)
    assert np.isfinite(report.earned)
