"""Attacks on the judge itself: what is handed in is read, judged, written, exported and reported.

``tests/attacks/judge_*.py`` are submissions (or, where a line says ``# plants:``, scripts that put
entries into a class's folder; ``# waits:`` marks what is stopped by the wall clock alone). Each is
graded between two honest ones through the whole of grading, in every machine;
``python -m tests.grading.test_judge_attacks NAME...`` prints what happens.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

from autograder.judging.clock import Budget
from autograder.judging.official import Judge
from autograder.sandbox import Limits
from tests.conftest import CATALOGUE, ROOT
from tests.kit.memory import Peak
from tests.kit.whole_way import walk, wrong_files, wrong_names
from tests.sandbox.test_attacks import once
from tests.sandbox.test_machines import LINUX, MACHINES, USERS, command

pytestmark = pytest.mark.skipif(not LINUX, reason="confinement is Linux's")
FOLDER = ROOT / "tests" / "attacks"
ATTACKS = sorted(path.stem for path in FOLDER.glob("judge_*.py"))
HONEST = {
    "neurons": "def sigmoid_neuron(x, w, b):\n    return 1 / (1 + np.exp(-(x @ w + b)))\n",
    "backprop": "def relative_error(a, b):\n    return abs(a - b)\n",
    "spatial_transformer": "def content_theta(motion, amount):\n    return amount\n",
}
GROWTH = 100 << 20
COST = 90  # processor seconds of the judge for one entry, the kernels' loading among them
SHARES = 2
FIRST = ("whole", USERS[0])  # in every run, with FEW; the others, with all, when slow tests run
FEW = "mcculloch_pitts sigmoid_neuron lif_simulate diagnose_trace fit_relu_to_rate hebbian_update"
PLACES = [
    pytest.param(machine, user, marks=[] if (machine, user) == FIRST else pytest.mark.slow)
    for machine in MACHINES
    for user in USERS
    if machine != "bare"
]


@dataclass
class Seen:
    """What became of an attack and of those beside it."""

    name: str
    level: str = ""
    ends: str = ""
    earned: dict[str, float] = field(default_factory=dict)
    honest: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    growth: int = 0


def about(name: str, what: str, default: str = "") -> str:
    """Return what an attack says of itself."""
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    found = re.search(rf"^# {what}: (.*)$", text, re.MULTILINE)
    return found[1] if found else default


def shortened(text: str) -> str:
    """Let an attack that answers every exercise answer those of FEW: each makes it wait again."""
    return re.sub(r'^for name in """[^"]+"""', f'for name in """{FEW}"""', text, flags=re.MULTILINE)


# --- the whole way, in a machine -----------------------------------------------------------------


def lay_out(folder: Path, name: str, topic: str, few: bool) -> None:
    """Plant an attack between two honest submissions."""
    for student in ("ada", "zoe"):
        text = "import numpy as np\n\n\n" + HONEST[topic]
        (folder / f"{student}_{topic}.py").write_text(text, encoding="utf-8")
    if not name:
        return
    source = FOLDER / f"{name}.py"
    if about(name, "plants"):
        subprocess.run([sys.executable, "-B", str(source), str(folder)], check=True)
    else:
        text = source.read_text(encoding="utf-8")
        (folder / f"mallory_{topic}.py").write_text(shortened(text) if few else text, "utf-8")


def go(judge, name: str, topic: str, few: bool) -> Seen:
    """Grade a class with the attack in it, write all there is to write, and look at it."""
    seen = Seen(name, judge.level)
    with tempfile.TemporaryDirectory(prefix="class-") as place:
        given, out = Path(place, "in"), Path(place, "out")
        given.mkdir()
        lay_out(given, name, topic, few)
        before = resource.getrusage(resource.RUSAGE_SELF)
        _allow(before.ru_utime + before.ru_stime + COST)
        peak = Peak()
        found, reports = walk(judge, given, out, topic)
        seen.growth = peak.growth
        seen.wrong = [*wrong_files(out), *wrong_names(given, out)]
    _told(seen, found, reports)
    return seen


def _allow(seconds: float) -> None:
    """End this process if it computes any longer."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), resource.RLIM_INFINITY))


def _told(seen: Seen, found, reports) -> None:
    """Say how the attack ended, and what the honest ones got, to the byte."""
    others = []
    for report in reports:
        if report.student in ("ada", "zoe"):
            content = report.to_dict() | {"seconds": 0, "stopped": ""}
            for exercise in content["exercises"]:
                exercise["seconds"] = 0
            seen.honest[report.student] = json.dumps(content, sort_keys=True)
        else:
            others.append(report)
    for report in others:
        for exercise in report:
            seen.earned[exercise.name] = max(seen.earned.get(exercise.name, 0), exercise.earned)
        if report.broken or (report.doubtful and not about(seen.name, "waits")):
            seen.wrong.append(f"no verdict: {report.broken or report.notes[0]}")
    seen.wrong += [f"our fault: {left}" for left in found.left_out if left.fault]
    seen.ends = "left out"
    if others:
        seen.ends = "unreadable" if all(report.error for report in others) else "graded"
    if "ada" not in seen.honest:
        seen.ends, seen.honest = "apart", {}


def main(names: list[str]) -> None:
    """Print what becomes of each attack, one line of JSON each; the honest alone come first."""
    few = "--few" in names
    names = [name for name in names if name != "--few"]
    limits = Limits(seconds=0.5, load_seconds=1.0)
    with Judge(CATALOGUE, b"s" * 64, "best", limits, Budget(1.0, 3.0)) as judge:
        for topic in sorted({about(name, "topic") for name in names}):
            alone = go(judge, "", topic, few)
            print(json.dumps(asdict(alone) | {"name": topic}), flush=True)
        for name in names:
            print(json.dumps(asdict(go(judge, name, about(name, "topic"), few))), flush=True)


# --- from outside --------------------------------------------------------------------------------


class Runs:
    """What has been run, a machine's attacks at once, in a few processes one after the other."""

    def __init__(self) -> None:
        self.done: dict[tuple[str, str], Callable[[], dict[str, dict]]] = {}

    def __call__(self, machine: str, user: str) -> dict[str, dict]:
        if (machine, user) not in self.done:
            self.done[machine, user] = once(lambda: self._all(machine, user))
        return self.done[machine, user]()

    def _all(self, machine: str, user: str) -> dict[str, dict]:
        found: dict[str, dict] = {}
        for share in range(SHARES):
            found |= self._run(machine, user, ATTACKS[share::SHARES])
        return found

    def _run(self, machine: str, user: str, names: list[str]) -> dict[str, dict]:
        arguments = ["-m", "tests.grading.test_judge_attacks", *names]
        arguments += ["--few"] if (machine, user) == FIRST else []
        done = subprocess.run(
            command(machine, user, *arguments),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert done.returncode == 0, f"after {lines[-1]['name']}: {done.stderr[-3000:]}"
        return {line["name"]: line for line in lines}


@pytest.fixture(scope="module")
def runs() -> Runs:
    return Runs()


def test_there_are_fifty_attacks_on_the_judge_and_each_says_what_it_tries():
    assert len(ATTACKS) >= 50
    for name in ATTACKS:
        lines = (FOLDER / f"{name}.py").read_text(encoding="utf-8").splitlines()
        assert re.fullmatch(r'""".{10,150}\."""', lines[0]), name
        assert about(name, "topic") in HONEST, name
        ends = set(about(name, "ends").split("|"))
        assert ends and ends <= {"graded", "unreadable", "left out", "apart"}, name


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize(("machine", "user"), PLACES)
def test_the_judge_is_not_worn_out_read_or_reached(name, machine, user, runs):
    found = runs(machine, user)
    seen, alone = found[name], found[about(name, "topic")]
    assert seen["level"] == MACHINES[machine][1][user == "root"]
    assert seen["ends"] in about(name, "ends").split("|")
    assert seen["wrong"] == []
    for exercise in about(name, "nothing for").split():
        assert seen["earned"].get(exercise, 0) == 0, exercise
    if seen["ends"] != "apart":
        assert seen["honest"] == alone["honest"]
    assert seen["growth"] < GROWTH


if __name__ == "__main__":
    main(sys.argv[1:])
