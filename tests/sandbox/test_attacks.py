"""Every attack, in every machine: contained here, effective against a grader without walls.

An attack is a submission to a toy topic of four exercises. Its first lines say what it tries, how
its exercises must end (``# ends:``; those not named must be right) and what it does to the weak
grader (``# weak:``). ``python -m tests.sandbox.test_attacks LEVEL NAME...`` prints what happens.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest

from autograder.sandbox import Cell, Failure, Limits, Sandbox, clock, wire
from autograder.sandbox.clock import DISCOUNT
from autograder.submission.reading import read_submission
from tests.kit.memory import Peak
from tests.sandbox.test_machines import LINUX, MACHINES, ROOT, USERS, command

pytestmark = pytest.mark.skipif(not LINUX, reason="confinement is Linux's")
FOLDER = ROOT / "tests" / "attacks"
ATTACKS = sorted(path.stem for path in FOLDER.glob("[a-ik-z]*.py"))  # judge_*: tests/grading
FAMILIES = ("forge", "read", "leak", "hog", "escape", "state", "broken")
SECRET = "TOKEN-c2VjcmV0-of-the-course"
LIMITS = Limits(seconds=0.6, load_seconds=0.6, memory=256 << 20)
GRACE = 0.5  # seconds a verdict may take beyond the limit
SLEPT = GRACE + (DISCOUNT - 1) * LIMITS.seconds  # and where the time was slept away
JUDGE_GROWTH = 100 << 20
WEAK_SECONDS = 1.2
WEAK_MEMORY = 100 << 10  # KiB
KEPT = 8 << 10  # characters of what a submission prints that are looked through


# in every run; the others when slow tests run
QUICK = [("whole", USERS[0]), ("whole", "user"), ("container", "user"), ("old-container", USERS[0])]
LAYERED = ("escape", "leak", "read")  # how these end is up to the layers of the machine


# --- the toy topic, judged from outside ----------------------------------------------------------


def cases(name: str, rng: np.random.Generator) -> list[tuple]:
    """Draw fresh cases: what was published is not among them."""
    if name == "double":
        return [(rng.normal(size=size),) for size in (5, 3, 8)]
    if name == "running_mean":
        return [(rng.normal(size=size), width) for size, width in ((7, 3), (5, 2))]
    if name == "apply":
        return [(float(value),) for value in rng.normal(size=3)]
    return [(int(value),) for value in rng.integers(2, 9, size=2)]


def expected(name: str, args: tuple) -> object:
    if name == "double":
        return 2 * args[0]
    if name == "running_mean":
        return np.convolve(args[0], np.ones(args[1]) / args[1], "valid")
    if name == "apply":
        return 3 * args[0] + 1
    return list(range(args[0], 0, -1))


EXERCISES = ("double", "running_mean", "apply", "countdown")


def triple(method, args, kwargs):
    (x,) = args
    return 3 * float(x)


def right(name: str, args: tuple, value: object) -> bool:
    truth = expected(name, args)
    if name == "countdown":
        return type(value) is list and value == truth
    if name == "apply":
        return isinstance(value, float) and abs(value - truth) < 1e-9
    return (
        type(value) is np.ndarray
        and value.dtype == np.float64
        and value.shape == truth.shape
        and bool(np.all(np.abs(value - truth) <= 1e-9))
    )


@dataclass
class Verdict:
    """How an attack ended."""

    name: str
    ends: dict[str, str] = field(default_factory=dict)
    victim: dict[str, str] = field(default_factory=dict)
    said: str = ""
    late: float = 0.0
    growth: int = 0
    left: list[str] = field(default_factory=list)


class Judge:
    """Grades toy submissions with workers, the way the real judge does."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.rng = np.random.default_rng()

    def grade(self, cells: list[Cell], verdict: Verdict) -> dict[str, str]:
        self.cells, self.fatal, self.verdict = cells, set(), verdict
        ends = {}
        with contextlib.ExitStack() as self.stack:
            self.worker = None
            for name in EXERCISES:
                ends[name] = self.exercise(name)
        return ends

    def exercise(self, name: str) -> str:
        for case in cases(name, self.rng):
            args = tuple(a.copy() if isinstance(a, np.ndarray) else a for a in case)
            if name == "apply":
                args = (wire.Callback(1), *args)
            outcome = self.live().call(
                name, args, {}, collect=name == "countdown", callbacks={1: triple}
            )
            self.note(outcome, LIMITS.seconds)
            if outcome.failure:
                return outcome.failure.kind
            if outcome.modified or not right(name, case, outcome.value):
                return "wrong"
        return "right"

    def live(self):
        """Return a worker that has the submission loaded, without the cells that end it."""
        while self.worker is None or not self.worker.alive:
            self.worker = self.stack.enter_context(self.sandbox.worker(LIMITS))
            kept = [k for k in range(len(self.cells)) if k not in self.fatal]
            start = time.monotonic()
            outcomes = self.worker.load([self.cells[k] for k in kept])
            self.late(time.monotonic() - start, LIMITS.load_seconds)
            for outcome in outcomes:
                self.note(outcome, LIMITS.load_seconds)
            if not self.worker.alive:
                ended = [k for k, o in zip(kept, outcomes, strict=True) if deadly(o.failure)]
                self.fatal.add(ended[0])
        return self.worker

    def note(self, outcome, limit: float) -> None:
        self.late(outcome.seconds, limit)
        verdict = self.verdict
        verdict.said += outcome.stdout[:KEPT]
        if outcome.failure:
            verdict.said += outcome.failure.message
            assert len(outcome.failure.message) <= 300
        else:
            verdict.said += repr(outcome.value)[:KEPT]
        assert len(outcome.stdout) <= LIMITS.stdout

    def late(self, seconds: float, limit: float) -> None:
        self.verdict.late = max(self.verdict.late, seconds - limit)


def deadly(failure: Failure | None) -> bool:
    return failure is not None and failure.kind in ("timeout", "crash", "protocol", "memory")


# --- what an attack could reach, and whether it did ----------------------------------------------


class Box:
    """A folder with things to steal and to spoil, and listeners: what an attack is set upon."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.caught: list[str] = []
        for name in ("loot", "open", "others", "names", ".git/objects", "mnt"):
            (folder / name).mkdir(parents=True)
        (folder / "canary").write_text(SECRET)
        (folder / "open/file").write_text("precious")
        (folder / "others/ada.py").write_text(f"# {SECRET}")
        (folder / "names" / SECRET).touch()
        (folder / ".git/objects/loose").write_text(SECRET)
        (folder / "answers.json").write_text(json.dumps({"double": [2.0, 4.0, float("inf")]}))
        (folder / "model_answers.py").write_text("def double(x):\n    return 2 * x\n")
        with contextlib.closing(sqlite3.connect(folder / "gradebook.db")) as book:
            book.execute("create table scores (name text)")
            book.execute("insert into scores values (?)", (SECRET,))
            book.commit()
        for path in folder.rglob("*"):
            path.chmod(0o777 if path.is_dir() else 0o666)
        self.port = self._listen()
        self.before = self.state()

    def _listen(self) -> int:
        tcp, udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        tcp.bind(("127.0.0.1", 0))
        port = int(tcp.getsockname()[1])
        udp.bind(("127.0.0.1", port))
        local, hidden = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        local.bind(str(self.folder / "listener"))
        os.chmod(self.folder / "listener", 0o777)
        hidden.bind(f"\0gradus-{port}")
        for line in (tcp, local, hidden):
            line.listen(8)
        self.lines = (tcp, local, hidden, udp)
        return port

    def connected(self) -> bool:
        """Tell whether anything has reached a listener."""
        found = False
        for line in self.lines:
            line.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                if line.type == socket.SOCK_DGRAM:
                    line.recv(1000)
                else:
                    line.accept()[0].close()
                found = True
        return found

    def state(self) -> dict[str, tuple]:
        """Describe every file that an attack may have made or changed."""
        paths = [self.folder, *self.folder.rglob("*")]
        paths += [Path(f"/tmp/gradus-{self.port}"), Path(f"/dev/shm/gradus-{self.port}")]
        found = {}
        for path in paths:
            with contextlib.suppress(FileNotFoundError):
                status = path.lstat()
                times = status.st_mtime_ns if path.is_file() else 0
                notes = os.listxattr(path) if path.is_file() else []
                found[str(path)] = (status.st_mode, status.st_size, times, tuple(notes))
        return found

    def close(self) -> None:
        for line in self.lines:
            line.close()
        for place in ("/tmp", "/dev/shm"):
            Path(f"{place}/gradus-{self.port}").unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def plant(self, name: str) -> Path:
        """Write an attack that is set upon this box."""
        text = (FOLDER / f"{name}.py").read_text()
        text = text.replace("@BOX@", str(self.folder)).replace("@PORT@", str(self.port))
        path = self.folder / "others" / f"{name}.py"
        path.write_text(text)
        self.before = self.state()
        return path


@contextlib.contextmanager
def box() -> Iterator[Box]:
    made = Box(Path(tempfile.mkdtemp(prefix="gradus-box-")))
    made.folder.chmod(0o777)
    made.before = made.state()
    try:
        yield made
    finally:
        made.close()


def processes(session: int) -> list[int]:
    """List the processes of a session."""
    found = []
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError):
            fields = Path(f"/proc/{int(name)}/stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(name))
    return found


# --- behind walls --------------------------------------------------------------------------------


def contain(name: str, sandbox: Sandbox, honest: list[Cell]) -> Verdict:
    """Grade an attack and then an honest submission, and look at what the attack left."""
    verdict = Verdict(name)
    judge = Judge(sandbox)
    session = sandbox._zygote.process.pid
    alone = len(processes(session))
    with box() as target:
        cells = read_submission(target.plant(name)).cells
        target.before = target.state()
        peak = Peak()
        cells = [Cell(cell.source, cell.name, cell.line) for cell in cells]
        verdict.ends = judge.grade(cells, verdict)
        verdict.growth = peak.growth
        verdict.victim = judge.grade(honest, Verdict("victim"))
        if target.state() != target.before:
            verdict.left.append("files")
        if target.connected():
            verdict.left.append("connections")
        if len(processes(session)) != alone:
            verdict.left.append("processes")
    if SECRET in verdict.said:
        verdict.left.append("secret")
    if "ESCAPED" in verdict.said:
        verdict.left.append("escape")
    verdict.said = ""
    return verdict


def honest_cells() -> list[Cell]:
    text = (FOLDER / "broken_none.py").read_text()  # its three other exercises, and a right one
    text = text.replace("    2 * x\n", "    return 2 * x\n")
    return [Cell(text, "victim.py", 1)]


def main(level: str, names: list[str]) -> None:
    """Print how the attacks end at a level, one JSON line each, and what is left at the end."""
    os.environ["GRADUS_SECRET"] = SECRET
    honest = honest_cells()

    clock._own_wait()  # the file it asks stays open, one for a thread
    before = len(os.listdir("/proc/self/fd"))
    with Sandbox(level, limits=LIMITS) as sandbox:
        session = sandbox._zygote.process.pid
        for name in names:
            verdict = contain(name, sandbox, honest)
            if slow(verdict):  # a busy machine, not the attack: once more
                verdict = contain(name, sandbox, honest)
            print(json.dumps({"level": sandbox.level, **asdict(verdict)}))
    left = processes(session)
    assert not left, f"processes left: {left}"
    print(json.dumps({"descriptors": len(os.listdir("/proc/self/fd")) - before}))


def slow(verdict: Verdict) -> bool:
    """Tell whether something was too slow that was to be right."""
    ends, _ = declared(verdict.name)
    late = [ends.get(k) == {"right"} for k, end in verdict.ends.items() if end == "timeout"]
    return any(late) or "timeout" in verdict.victim.values() or verdict.late > GRACE


def is_quick(name: str, machine: str, user: str) -> bool:
    """Tell whether an attack is in every run: in one machine all are, in others what differs.

    What no layer decides, or what ends by the clock, ends alike in the other machines.
    """
    if (machine, user) not in QUICK or (machine, user) == QUICK[0]:
        return (machine, user) in QUICK
    return name.startswith(LAYERED) and "timeout" not in str(declared(name)[0])


@dataclass
class Runs:
    """What has been run, a machine's attacks at once, in a few processes."""

    done: dict[tuple[str, str, bool], Callable[[], dict[str, dict]]] = field(default_factory=dict)

    def __call__(self, name: str, machine: str, user: str) -> dict:
        quick = is_quick(name, machine, user)
        if (machine, user, quick) not in self.done:
            chosen = [other for other in ATTACKS if is_quick(other, machine, user) == quick]
            run = partial(attack_shares, machine, user, [chosen[k::3] for k in range(3)])
            self.done[machine, user, quick] = once(run)
        return self.done[machine, user, quick]()[name]


def attack_shares(machine: str, user: str, shares: list[list[str]]) -> dict[str, dict]:
    with ThreadPoolExecutor(len(shares)) as pool:
        found = pool.map(lambda names: attack_all(machine, user, names), shares)
        return {name: seen for share in found for name, seen in share.items()}


def once(run: Callable[[], dict[str, dict]]) -> Callable[[], dict[str, dict]]:
    """Run once, and give the same every time: a failure too, which took as long."""

    @cache
    def ran() -> tuple[dict[str, dict], Exception | None]:
        try:
            return run(), None
        except Exception as error:
            return {}, error

    def again() -> dict[str, dict]:
        found, error = ran()
        if error:
            raise error
        return found

    return again


def attack_all(machine: str, user: str, names: list[str]) -> dict[str, dict]:
    arguments = ("-m", "tests.sandbox.test_attacks", "best", *names)
    done = subprocess.run(
        command(machine, user, *arguments), cwd=ROOT, capture_output=True, text=True, timeout=500
    )
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines.pop() == {"descriptors": 0}
    return {line["name"]: line for line in lines}


@pytest.fixture(scope="module")
def runs() -> Runs:
    return Runs()


def declared(name: str) -> tuple[dict[str, set[str]], list[str]]:
    """Return how each exercise may end, and what the attack does to the weak grader."""
    text = (FOLDER / f"{name}.py").read_text()
    ends = re.search(r"^# ends: (.*)$", text, re.M).group(1)
    weak = re.search(r"^# weak: (.*)$", text, re.M).group(1).split()
    if ends == "all any":
        return {}, weak
    named = {} if ends == "all right" else dict(part.split("=") for part in ends.split())
    return {name: set(named.get(name, "right").split("|")) for name in EXERCISES}, weak


def test_there_are_over_a_hundred_attacks_in_all_families():
    assert len(ATTACKS) >= 100
    for family in FAMILIES:
        assert sum(name.startswith(f"{family}_") for name in ATTACKS) >= 10, family
    assert {name.partition("_")[0] for name in ATTACKS} == set(FAMILIES)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_says_what_it_tries_and_what_must_happen(name):
    lines = (FOLDER / f"{name}.py").read_text().splitlines()
    assert re.fullmatch(r'""".{5,150}: .{10,120}\."""', lines[0]), lines[0]
    assert lines[1].startswith("# ends: ")
    assert lines[2].startswith("# weak: ")


CASES = [
    pytest.param(name, *place, marks=[] if is_quick(name, *place) else pytest.mark.slow)
    for place in ((machine, user) for machine in MACHINES if machine != "bare" for user in USERS)
    for name in ATTACKS
]


@pytest.mark.parametrize(("name", "machine", "user"), CASES)
def test_contained(name, machine, user, runs):
    found = runs(name, machine, user)
    assert MACHINES[machine][1][user == "root"] == found["level"]
    assert found["left"] == []
    ends, _ = declared(name)
    for exercise, allowed in ends.items():
        assert found["ends"][exercise] in allowed or allowed == {"any"}, exercise
    assert dict.fromkeys(EXERCISES, "right") == found["victim"]
    assert found["late"] <= SLEPT
    assert found["growth"] < JUDGE_GROWTH


# --- without walls -------------------------------------------------------------------------------

_WATCHER = """
import os, resource, socket, subprocess, sys
os.dup2(os.open(sys.argv[1], os.O_RDONLY), 9)  # descriptors the grader should have closed
line = socket.socketpair()
os.dup2(line[0].fileno(), 10)
child = subprocess.Popen(sys.argv[2:], pass_fds=[9, 10])
child.wait()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stderr.write(f"\\nWATCHED {child.returncode} {used.ru_maxrss}\\n")
"""


def weaken(name: str, bare: bool) -> tuple[set[str], str]:
    """Grade an attack, then an honest submission, without walls; return the effects."""
    with box() as target, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        attack = target.plant(name)
        victim = target.folder / "others/victim.py"
        victim.write_text(honest_cells()[0].source)
        target.before = target.state()
        mark = f"{target.port}-{os.getpid()}"
        grader = [sys.executable, "-B", str(FOLDER / "_weak_grader.py"), *["--bare"] * bare]
        process = subprocess.Popen(
            [sys.executable, "-S", "-E", "-c", _WATCHER, str(target.folder / "canary")]
            + [*grader, str(attack), str(victim)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=target.folder,
            env={"PATH": os.environ["PATH"], "GRADUS_SECRET": SECRET, "GRADUS_MARK": mark}
            | {"OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,
            preexec_fn=_spare_this_machine,
        )
        effects = set()
        try:
            hangs = "hang" in declared(name)[1]
            status = process.wait(WEAK_SECONDS if hangs else 25 * WEAK_SECONDS)
        except subprocess.TimeoutExpired:
            effects.add("hang")
            status = 0
        left = marked(mark)
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
        if left and "hang" not in effects:
            effects.add("process")
        said = "".join(_head(stream) for stream in (out, err))
        size = out.tell() + err.tell()
        watched = re.search(r"WATCHED (-?\d+) (\d+)", _tail(err))
        if status < 0:
            effects.add("killed")
        if watched and watched[1] != "0":
            effects.add("crash")
        if watched and int(watched[2]) > WEAK_MEMORY:
            effects.add("memory")
        verdicts = [json.loads(line) for line in re.findall(r"^SCORES (.*)$", said, re.M)]
        ends, _ = declared(name)
        if verdicts:
            for exercise, good in verdicts[0].items():
                if good and "right" not in ends.get(exercise, {"right"}):
                    effects |= {"points", exercise}
                if not good and ends.get(exercise) == {"right"}:
                    effects.add("others")
        if "hang" not in effects and not (len(verdicts) > 1 and all(verdicts[-1].values())):
            effects |= {"others"} if verdicts else {"others", "crash"}
        effects |= {"secret"} if SECRET in said else set()
        effects |= {"escaped"} if "ESCAPED" in said else set()
        effects |= {"output"} if size > 1 << 20 else set()
        effects |= {"box"} if target.state() != target.before else set()
        effects |= {"net"} if target.connected() else set()
        return effects, said[:2000]


def _spare_this_machine() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (5 << 29, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _head(stream) -> str:
    stream.seek(0)
    text = stream.read(1 << 20).decode("utf-8", "replace")
    stream.seek(0, 2)
    return text


def _tail(stream) -> str:
    stream.seek(max(stream.seek(0, 2) - 1000, 0))
    return stream.read().decode("utf-8", "replace")


def marked(mark: str) -> list[int]:
    """List the processes whose environment carries a mark."""
    found = []
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError):
            place = Path(f"/proc/{int(name)}")
            state = (place / "stat").read_text().rpartition(")")[2].split()[0]
            if mark.encode() in (place / "environ").read_bytes() and state != "Z":
                found.append(int(name))
    return found


@pytest.fixture(scope="module")
def weakened() -> Callable[[str], tuple[set[str], str]]:
    """Run attacks against the weak grader, a few at a time: those of every run, or the others."""

    @cache
    def run(quick: bool) -> dict[str, tuple[set[str], str]]:
        names = [name for name in ATTACKS if (name in TRIED) == quick]
        bare = [declared(name)[1][0] == "bare" for name in names]
        with ThreadPoolExecutor(4) as pool:
            return dict(zip(names, pool.map(weaken, names, bare), strict=True))

    return lambda name: run(name in TRIED)[name]


def first_of_each_effect() -> set[str]:
    """Choose attacks so that every family has every effect that one of its attacks has.

    No code of the package has a part in this: it is only that the attacks are what they say.
    """
    seen = {}
    for name in ATTACKS:
        for effect in declared(name)[1]:
            seen.setdefault((name.partition("_")[0], effect), name)
    return set(seen.values())


TRIED = first_of_each_effect()


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in TRIED else pytest.mark.slow) for n in ATTACKS]
)
def test_effective_without_walls(name, weakened):
    _, weak = declared(name)
    effects, said = weakened(name)
    missing = set(weak) - {"bare"} - effects
    assert not missing, f"only {effects}: {said}"


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
