"""The real judge behind real walls: honest work keeps full marks, hostile work costs itself."""

from __future__ import annotations

import json
import random
import resource
import time

import pytest

from autograder.judging.official import Judge
from autograder.sandbox import Limits, Sandbox
from autograder.submission.cells import Submission
from autograder.submission.reading import read_submission
from autograder.submission.script import split_script
from tests.conftest import CATALOGUE, ROOT
from tests.sandbox import test_attacks as toy
from tests.sandbox.test_attacks import FOLDER, box
from tests.sandbox.test_machines import LINUX

pytestmark = pytest.mark.skipif(not LINUX, reason="confinement is Linux's")
TOPIC = "tuning"
SECRET = b"for these tests only" * 2
LIMITS = Limits(seconds=2.0, load_seconds=2.0)


@pytest.fixture(scope="module")
def judge():
    with Judge(CATALOGUE, SECRET, limits=LIMITS) as made:
        right = read_submission(ROOT / "solutions" / TOPIC / "chapter.py")
        made.grade(right, TOPIC, "the first")  # kernels are loaded: no submission's doing
        yield made


# --- no false alarm ------------------------------------------------------------------------------


def styles() -> list[tuple[str, Submission]]:
    """Read every complete and right submission there is: topic and cells."""
    found = []
    for topic in CATALOGUE.names():
        paths = [ROOT / "solutions" / topic / "chapter.py"]
        paths += sorted((ROOT / "solutions" / topic / "alternatives").glob("*.py"))
        found += [(topic, read_submission(path)) for path in paths]
    return found


def grade_honestly(judge: Judge, count: int, seed: int) -> None:
    """Grade one exercise of another student, topic and style, again and again."""
    rng = random.Random(seed)
    complete = styles()
    for number in range(count):
        topic, submission = rng.choice(complete)
        exercise = rng.choice([e.name for e in CATALOGUE.topic(topic).exercises])
        report = judge.grade(submission, topic, f"student {seed}-{number}", [exercise])
        (result,) = report.exercises
        assert result.points == pytest.approx(result.earned), (topic, submission.origin, result)
        assert not report.notes


def test_honest_work_gets_full_marks_every_time(judge):
    grade_honestly(judge, 40, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(4 * 3600)
def test_ten_thousand_honest_gradings_in_a_row(judge):
    grade_honestly(judge, 10_000, seed=2)


def grade_toys(count: int) -> None:
    """Grade the toy topic's exercises in a fresh worker, again and again."""
    honest = toy.honest_cells()
    with Sandbox("best", limits=LIMITS) as sandbox:
        judge = toy.Judge(sandbox)
        for _ in range(count):
            ends = judge.grade(honest, toy.Verdict("honest"))
            assert set(ends.values()) == {"right"}, ends


def test_a_hundred_small_gradings_in_a_row():
    grade_toys(100)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_thousand_small_gradings_in_a_row():
    grade_toys(10_000)


# --- hostile work --------------------------------------------------------------------------------


def hostile(attack: str, folder: str, port: int) -> tuple[Submission, str]:
    """Put an attack's cells before a right solution, one exercise of which they replace."""
    text = (FOLDER / f"{attack}.py").read_text()
    text = text.replace("@BOX@", folder).replace("@PORT@", str(port))
    topic = CATALOGUE.topic(TOPIC)
    victim = topic.exercises[0].name
    text = text.replace("def double(x)", f"def {victim}(x=None, *rest, **named)")
    cells = [cell for cell in split_script(text) if cell.kind == "code"]
    cells = [c for c in cells if not c.source.startswith("def ") or victim in c.source]
    right = read_submission(ROOT / "solutions" / TOPIC / "chapter.py").cells
    kept = [cell for cell in right if victim not in cell.defines()]
    return Submission(attack, (*kept, *cells), f"{attack}.py"), victim


ATTACKS = (
    *("forge_allclose", "forge_lazy_proxy", "forge_frame_walk", "forge_print_verdict"),
    *("forge_verdict_and_exit", "forge_spray_frames", "forge_equal_to_everything"),
    *("read_answers", "read_grader_globals", "leak_tcp", "leak_file", "leak_exception_text"),
    *("hog_sleep", "hog_loop_swallowing", "hog_giant_array", "hog_stdout", "hog_memory"),
    *("escape_kill_parent", "escape_exec", "escape_close_everything", "state_float_errors"),
    *("broken_segmentation_fault", "broken_nan", "broken_exit_in_call", "broken_object_array"),
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_work_earns_what_it_deserves_and_costs_nobody_else(judge, attack):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with box() as target:
        state = target.state()
        submission, victim = hostile(attack, str(target.folder), target.port)
        start = time.monotonic()
        report = judge.grade(submission, TOPIC, attack)
        seconds = time.monotonic() - start
        assert target.state() == state
        assert not target.connected()
    lost = {result.name for result in report.exercises if not result.passed}
    needing = {e.name for e in CATALOGUE.topic(TOPIC).exercises if victim in e.needs}
    assert lost <= {victim} | needing
    earned = {result.name: result.earned for result in report.exercises}
    if "state_" not in attack:
        assert earned[victim] == 0
    assert report.level in "ABFS"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10
    assert seconds < 30
    written = json.dumps(report.to_dict())
    assert "TOKEN-" not in written


BY_NUMPY = (
    'return getattr(np, "con" + "volve")(padded, kernel[::-1], "valid")[::stride]',
    'return kept(padded, kernel[::-1], "valid")[::stride]',
    "return np.polymul(padded, kernel[::-1])[len(kernel) - 1 : len(padded)][::stride]",
    'return np.ma.convolve(padded, kernel[::-1], "valid")[::stride]',
)


@pytest.mark.parametrize("body", BY_NUMPY)
def test_what_an_exercise_does_without_cannot_be_reached_by_another_name(judge, body):
    text = (
        "import numpy as np\n"
        'kept = vars(np)["con" + "volve"]\n'
        "def conv1d(signal, kernel, stride=1, padding=0, dilation=1):\n"
        "    past = dilation * (len(kernel) - 1)\n"
        "    padded = np.pad(signal, (past, 0) if padding == 'causal' else padding)\n"
        f"    {body}\n"
        "def conv_cost(out_shape, in_channels, kernel, itemsize=4, groups=1):\n"
        "    assert kept([1.0, 2.0], [3.0]).tolist() == [3.0, 6.0]\n"
        "    weights = in_channels // groups * kernel[0] * kernel[1]\n"
        "    outputs = out_shape[0] * out_shape[1] * out_shape[2]\n"
        "    return out_shape[0] * (weights + 1), outputs * weights, outputs * itemsize\n"
    )
    submission = Submission("sly", tuple(split_script(text)), "sly.py")
    report = judge.grade(submission, "convolution", "sly", ["conv1d", "conv_cost"])
    conv1d, free = report.exercises
    assert conv1d.earned == 0
    told = [check.message for check in conv1d.checks if not check.hidden]
    assert all("conv1d is to be written without np.convolve" in message for message in told)
    assert free.passed


def test_the_next_student_notices_nothing(judge):
    for attack in ("state_patched_numpy", "state_no_builtins", "hog_processes_at_import"):
        with box() as target:
            submission, _ = hostile(attack, str(target.folder), target.port)
            judge.grade(submission, TOPIC, attack)
        honest = read_submission(ROOT / "solutions" / TOPIC / "chapter.py")
        report = judge.grade(honest, TOPIC, f"after {attack}")
        assert all(result.passed for result in report.exercises)
