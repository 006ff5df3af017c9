"""The sandbox from outside: what a worker says and does not, how it ends, what fails closed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from autograder import sandbox as package
from autograder.sandbox import (
    DEFAULT_IMPORTS,
    Cell,
    Limits,
    Outcome,
    Sandbox,
    SandboxUnavailable,
    wire,
)
from autograder.sandbox.local import LocalWorker
from tests.sandbox.test_machines import AS_ROOT, LINUX, ROOT

pytestmark = pytest.mark.skipif(not LINUX, reason="confinement is Linux's")
LIMITS = Limits(seconds=1.0, load_seconds=1.0, memory=256 << 20, output=1 << 20, stdout=4096)


@pytest.fixture(scope="module")
def box():
    with Sandbox("best", limits=LIMITS) as sandbox:
        yield sandbox


@pytest.fixture(params=["confined", "local"])
def fresh(request, box):
    """Make workers of both kinds: what they have in common is tested on both."""
    with contextlib.ExitStack() as stack:
        if request.param == "local":
            yield lambda: stack.enter_context(LocalWorker(LIMITS))
        else:
            yield lambda: stack.enter_context(box.worker())


def submission(worker, *sources: str) -> list[Outcome]:
    return worker.load([Cell(source, f"cell {k}", 1) for k, source in enumerate(sources, 1)])


def result(fresh, source: str, *args, **options) -> Outcome:
    worker = fresh()
    (loaded,) = submission(worker, "import numpy as np\n" + source)
    assert loaded.failure is None, loaded
    return worker.call("f", args, {}, **options)


# --- both kinds of worker ------------------------------------------------------------------------


def test_cells_share_a_namespace_and_fail_alone(fresh):
    worker = fresh()
    outcomes = worker.load(
        [
            Cell("a = 1", "student.py", 1),
            Cell("b = a +", "student.py", 7),
            Cell("\nraise KeyError('x')", "student.py", 20),
            Cell("def f(x):\n    return a + x\n\n\nclass K: ...", "student.py", 30),
        ]
    )
    assert [outcome.failure is None for outcome in outcomes] == [True, False, False, True]
    assert _place(outcomes[1]) == ("SyntaxError", 7, "student.py")
    assert _place(outcomes[2]) == ("KeyError", 21, "student.py")
    assert frozenset({"f", "K"}) == worker.names()
    assert worker.call("f", (2,), {}).value == 3
    assert worker.call("f", (), {"x": 2}).value == 3


def _place(outcome):
    failure = outcome.failure
    return failure.type_name, failure.line, failure.cell


def test_a_failure_has_its_innermost_line_in_the_student_s_file(fresh):
    source = "def g(x):\n    return np.reshape(x, (2, 2))\n\n\ndef f(x):\n    return g(x)"
    outcome = result(fresh, source, np.ones(3))
    assert _place(outcome) == ("ValueError", 3, "cell 1")
    assert "reshape" in outcome.failure.message


FAILURES = {
    "not-implemented": "def f(): raise NotImplementedError",
    "memory": "def f(): raise MemoryError",
    "wrong-type": "def f(): return {1, 2}",
    "output-too-big": "def f(): return np.zeros(1_000_000)",
    "missing": "g = 1",
    "exception": "def f(): raise SystemExit",
}


@pytest.mark.parametrize("kind", FAILURES)
def test_each_kind_of_failure(fresh, kind):
    failure = result(fresh, FAILURES[kind]).failure
    assert kind == failure.kind


def test_types_of_exceptions_are_builtin_ones(fresh):
    source = "class ValueError(Exception): ...\nclass Mine(OSError): ...\ndef f(name): raise {name}"
    for name, shown in (("Mine", "Exception"), ("np.linalg.LinAlgError", "Exception")):
        assert shown == result(fresh, source.format(name=name), "x").failure.type_name
    assert result(fresh, source.format(name="ValueError"), "").failure.type_name == "ValueError"


def test_a_message_is_short_and_printable(fresh):
    failure = result(fresh, "def f(): raise OSError('\\ud800' + 'x' * 10_000)").failure
    assert len(failure.message) == 300
    assert failure.message.startswith("?x")


def test_what_happens_to_arguments_is_noticed(fresh):
    x = np.arange(6.0).reshape(2, 3)
    outcome = result(fresh, "def f(a, b, c=None): b += 1; return b[:1]", x, x)
    assert outcome.modified == (1,)
    assert outcome.aliased
    assert np.array_equal(x, np.arange(6.0).reshape(2, 3))
    outcome = result(fresh, "def f(a): return a + 1", x)
    assert outcome.modified == ()
    assert not outcome.aliased


def test_a_deep_argument_is_watched_too(fresh):
    assert result(fresh, "def f(a): a['w'][1] *= 2; return 0", {"w": [1, np.ones(2)]}).modified == (
        0,
    )


def test_what_is_printed_comes_back_capped(fresh):
    worker = fresh()
    (loaded,) = submission(worker, "print('loading')\ndef f(n): print('é' * n)")
    assert loaded.stdout == "loading\n"
    assert worker.call("f", (2,), {}).stdout == "éé\n"
    assert len(worker.call("f", (100_000,), {}).stdout) <= LIMITS.stdout
    assert worker.call("f", (1,), {}).failure is None


def test_iterators_are_collected(fresh):
    assert result(fresh, "def f():\n  for i in range(3): yield i * i", collect=True).value == [
        0,
        1,
        4,
    ]
    assert result(fresh, "def f(): return 3", collect=True).failure.kind == "wrong-type"
    broken = result(fresh, "def f():\n  yield 1\n  raise KeyError", collect=True)
    assert broken.failure.type_name == "KeyError"


def test_seeds_and_layouts_arrive(fresh):
    source = "def f(rng, a): return rng.random(2), a.flags.c_contiguous, type(rng).__name__"
    value = result(fresh, source, wire.GeneratorSeed(5), np.ones((4, 6))[:, ::2]).value
    assert np.array_equal(np.random.Generator(np.random.PCG64(5)).random(2), value[0])
    assert value[1:] == (False, "Generator")


class World:
    """Answers callbacks and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple] = []

    def __call__(self, method, args, kwargs):
        self.asked.append((method, args, kwargs))
        if method == "step":
            return np.float64(args[0]), True, {}
        if args == ("bad",):
            raise ValueError("only numbers here")
        if args == ("worse",):
            raise RuntimeError("secret of the judge")
        return 10 * args[0]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("world(4)", 40),
        ("world.step(2)", (np.float64(2), True, {})),
        ("world.action_space.n", 5),
        ("callable(world), hasattr(world, 'nothing')", (True, False)),
    ],
)
def test_a_callback_is_a_function_or_an_object(fresh, body, value):
    world = World()
    callback = wire.Callback(9, ("step",), {"action_space.n": 5})
    outcome = result(fresh, f"def f(world): return {body}", callback, callbacks={9: world})
    assert outcome.failure is None
    assert value == outcome.value


def test_a_callback_refuses_in_the_student_s_name(box):
    for word, message in (("bad", "only numbers here"), ("worse", "the arguments were refused")):
        with box.worker() as worker:
            submission(worker, "def f(g, x):\n    return g(x)")
            outcome = worker.call("f", (wire.Callback(1), word), {}, callbacks={1: World()})
        assert ("ValueError", message) == (outcome.failure.type_name, outcome.failure.message)
        assert outcome.failure.line == 2


def test_what_answers_alike_in_every_call_is_asked_the_same_once(fresh):
    worker = fresh()
    submission(worker, "def f(g, x):\n    return [g(x) + k for k in range(3)]")
    asked = []

    def answer(method, args, kwargs):
        asked.append(args[0].tolist())
        return 10 * args[0]

    once = 6 if isinstance(worker, LocalWorker) else 1  # without walls to ask costs nothing
    for handle, times in ((wire.LASTING + 5, once), (wire.LASTING + 6, once), (4, 6)):
        asked.clear()
        for _ in range(2):
            told = worker.call(
                "f", (wire.Callback(handle), np.ones(2)), {}, callbacks={handle: answer}
            )
            np.testing.assert_array_equal(told.value, 10.0 + np.arange(3)[:, None] + [[0, 0]])
        assert asked == [[1.0, 1.0]] * times


def test_a_prerequisite_is_provided(fresh):
    worker = fresh()
    submission(worker, "def step(x): raise OSError\ndef f(x): return step(x) + 1")
    assert worker.call("f", (1,), {}).failure is not None
    worker.provide("step", hundredfold)
    assert worker.call("f", (3,), {}).value == 301
    assert worker.call("f", (4,), {}).value == 401
    refused = worker.call("f", ("many",), {}).failure
    assert (refused.type_name, refused.line) == ("ValueError", 2)
    assert "a number is asked for" in refused.message


def hundredfold(question):
    """Answer a question as a worker's `apply` does."""
    _, _, (x,), _ = wire.decode(bytearray(question), wire.OUTPUTS)
    if type(x) is not int:
        raise ValueError("a number is asked for")
    return np.frombuffer(wire.encode(100 * x), np.uint8)


def test_a_lasting_answer_is_asked_for_once_and_stays_what_it_was(box):
    asked = []

    def ones(question):
        asked.append(question)
        return np.frombuffer(wire.encode(np.ones(2)), np.uint8)

    with box.worker() as worker:
        submission(worker, "step = again = None\ndef f(g, x):\n    g(x)[:] = 5\n    return g(x)")
        submission(worker, "def one(x): return f(step, x)\ndef other(x): return f(again, x)")
        worker.provide("step", ones, lasting=True)
        worker.provide("again", ones)
        for x in (1, 1, 2):
            assert worker.call("one", (x,), {}).value.tolist() == [1.0, 1.0]
        assert len(asked) == 2
        worker.call("other", (1,), {})
        assert len(asked) == 4


def test_one_worker_answers_another(box):
    """What is asked and answered passes the judge as bytes, whatever is in it."""
    with box.worker() as worker, box.worker() as other:
        submission(other, "def step(x, by=1):\n    x += by\n    return x, x.sum()")
        submission(worker, "def step(x): raise OSError\ndef f(x, **more): return step(x, **more)")
        worker.provide("step", lambda question: other.apply("step", question))
        value, total = worker.call("f", (np.arange(3.0),), {"by": 2}).value
        np.testing.assert_array_equal(value, [2.0, 3.0, 4.0])
        assert total == 9.0
        for wrong in ({"to": 2}, {"by": "two"}):
            failure = worker.call("f", (np.arange(3.0),), wrong).failure
            assert failure.type_name == "ValueError"
            assert "step cannot take that" in failure.message
        assert worker.alive and other.alive


def test_a_worker_that_answers_another_is_held_to_its_limits(box):
    with box.worker() as worker, box.worker() as other:
        submission(other, "def step(x):\n    while x: pass\n    return 1")
        submission(
            worker,
            "step = None\ndef f(x):\n    try: return step(x)\n"
            "    except ValueError as error: return str(error)",
        )
        worker.provide("step", lambda question: other.apply("step", question))
        assert worker.call("f", (0,), {}).value == 1
        assert not worker.call("f", (1,), {}, seconds=4.0).failure
        assert not other.alive
        assert "step cannot take that" in worker.call("f", (0,), {}).value


def test_dataclasses_and_annotations_work(fresh):
    source = """
from __future__ import annotations
from dataclasses import dataclass
from typing import get_type_hints

@dataclass
class Cell:
    size: int = 3

def f() -> int: return Cell().size + len(get_type_hints(Cell))
"""
    worker = fresh()
    submission(worker, source.lstrip(), "def g(x: Unknown): return x")
    assert worker.call("f", (), {}).value == 4
    assert worker.call("g", (5,), {}).value == 5  # what the first cell imports holds for all


# --- confined only -------------------------------------------------------------------------------


def test_the_level_and_its_layers_are_told(box):
    assert box.level in "ABFS"
    assert {"seccomp", "wall clock", "rlimits", "no_new_privs"} <= set(box.layers)
    assert ("namespaces" in box.layers) == (box.level in "AB") or box.level == "S"


def test_drawing_and_progress_do_nothing(box):
    source = """
import matplotlib.pyplot as plt
import matplotlib
from IPython.display import display, Image
from tqdm.auto import tqdm, trange
from tqdm.notebook import tqdm as bar
%s
def f():
    fig, ax = plt.subplots(2)
    ax[0].plot([1, 2]).set_title("x")
    matplotlib.rcParams["figure.dpi"] = 3
    with plt.style.context("ggplot"):
        plt.show()
    display(fig)
    return [i for i in tqdm(range(3), desc="x")] + list(trange(2)) + list(bar([7]))
"""
    with box.worker() as worker:
        (loaded,) = submission(worker, source % "from autograder import check\ncheck('f')")
        assert loaded.failure is None
        assert worker.call("f", (), {}).value == [0, 1, 2, 0, 1, 7]


@pytest.mark.parametrize("module", ["scipy", "torch", "numba", "reference", "solutions", "pip"])
def test_nothing_else_can_be_imported(box, module):
    with box.worker() as worker:
        (loaded,) = submission(worker, f"import {module}")
    assert loaded.failure.type_name == "ModuleNotFoundError"
    assert f"No module named '{module}' in grading" == loaded.failure.message


def test_the_judge_s_modules_are_not_there(box):
    source = "import sys\ndef f(): return sorted(m for m in sys.modules if 'autograder' in m)"
    with box.worker() as worker:
        submission(worker, source)
        assert worker.call("f", (), {}).value == []


def test_a_topic_can_ask_for_more():
    pytest.importorskip("scipy")
    imports = (*DEFAULT_IMPORTS, "scipy.special")
    with Sandbox("best", imports=imports, limits=LIMITS) as sandbox, sandbox.worker() as worker:
        submission(worker, "from scipy.special import expit\ndef f(): return expit(0.0)")
        assert worker.call("f", (), {}).value == 0.5


def test_a_module_that_is_not_installed_is_said_at_once():
    with pytest.raises(SandboxUnavailable, match="may import nonesuch, which is not installed"):
        Sandbox("best", imports=(*DEFAULT_IMPORTS, "nonesuch"))


def test_an_unknown_level_is_a_mistake():
    with pytest.raises(ValueError, match="expected a level among strict, best"):
        Sandbox("paranoid")


@pytest.mark.skipif(not AS_ROOT, reason="as root, level B is what is refused")
def test_a_level_by_name_is_that_level_or_none():
    with pytest.raises(SandboxUnavailable, match="needs an ordinary user"):
        Sandbox("B")
    for level in ("A", "F", "S", "process"):
        with Sandbox(level) as sandbox:
            assert level == sandbox.level


ENDS = {
    "timeout": ("exec('while True: pass')", "timeout", "it computes"),
    "sleep": ("import time; time.sleep(60)", "timeout", "it waits"),
    "exit": ("import os; os._exit(4)", "crash", "the process ended itself (status 4)"),
    "fault": ("import ctypes; ctypes.string_at(0)", "crash", "the process was ended by SIGSEGV"),
    "close": ("import os; os.close(3)", "crash", "the process"),
    "noise": ("import os; os.write(3, b'x' * 100)", "protocol", "did not keep to the protocol"),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_dead_worker_stays_dead_and_says_so(box, name):
    body, kind, message = ENDS[name]
    with box.worker() as worker:
        submission(worker, f"def f(): {body}")
        first = worker.call("f", (), {})
        assert kind == first.failure.kind
        assert message in first.failure.message
        assert not worker.alive
        again = worker.call("f", (), {})
        assert first.failure == again.failure
        assert again.seconds < 0.1
        assert first.failure == submission(worker, "1")[0].failure
        worker.provide("g", hundredfold)


def test_what_was_printed_before_the_end_is_kept(box):
    with box.worker() as worker:
        submission(worker, "import os\ndef f(): print('last words'); os._exit(0)")
        assert worker.call("f", (), {}).stdout == "last words\n"


def test_cells_after_a_deadly_one_are_refused(box):
    with box.worker() as worker:
        outcomes = submission(worker, "a = 1", "while True: pass", "b = 2", "c = 3")
    kinds = [outcome.failure and outcome.failure.kind for outcome in outcomes]
    assert kinds == [None, "timeout", "refused", "refused"]


def test_memory_is_limited(box):
    with box.worker() as worker:
        submission(worker, "def f(n): return len(bytearray(n))")
        assert worker.call("f", (1 << 27,), {}).value == 1 << 27
        assert worker.call("f", (1 << 29,), {}).failure.kind == "memory"
        assert worker.call("f", (5,), {}).value == 5


def test_workers_do_not_know_each_other(box):
    with box.worker() as one, box.worker() as two:
        for worker, number in ((one, 1), (two, 2)):
            submission(worker, f"import numpy as np\nnp.note = {number}\ndef f(): return np.note")
        assert [worker.call("f", (), {}).value for worker in (one, two)] == [1, 2]
        one.close()
        assert two.call("f", (), {}).value == 2


def session(sandbox) -> list[str]:
    leader = sandbox._zygote.process.pid
    rows = subprocess.run(
        ["ps", "-o", "pid=,stat=", "-s", str(leader)], capture_output=True, text=True, check=False
    )
    return [row for row in rows.stdout.splitlines() if "Z" not in row]


def test_nothing_is_left_when_it_is_closed():
    before = set(os.listdir("/proc/self/fd"))
    with Sandbox("best", limits=LIMITS) as sandbox:
        alone = len(session(sandbox))
        workers = [sandbox.worker() for _ in range(3)]
        assert alone + 3 == len(session(sandbox))
        workers[0].close()
        assert alone + 2 == len(session(sandbox))
    assert session(sandbox) == []
    for worker in workers:
        worker.close()
    assert before == set(os.listdir("/proc/self/fd"))


def test_a_dead_zygote_takes_its_workers_along_and_is_replaced():
    with Sandbox("best", limits=LIMITS) as sandbox:
        worker = sandbox.worker()
        old = sandbox._zygote
        os.killpg(old.process.pid, signal.SIGKILL)
        deadline = time.monotonic() + 5
        while session(sandbox) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert session(sandbox) == []
        assert submission(worker, "1")[0].failure.kind == "crash"
        with sandbox.worker() as replaced:
            assert submission(replaced, "1")[0].failure is None
        assert old is not sandbox._zygote
        worker.close()


JUDGE = """
import os, signal, sys
from autograder.sandbox import Cell, Sandbox
sandbox = Sandbox(sys.argv[2])
worker = sandbox.worker()
worker.load([Cell("def f():\\n    while True: pass")])
print(sandbox._zygote.process.pid, flush=True)
if sys.argv[1] == "busy":
    worker.call("f", (), {})
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
@pytest.mark.parametrize("level", ["best", "F", "S", "process"])
def test_everything_dies_with_the_judge(state, level):
    judge = subprocess.Popen(
        [sys.executable, "-c", JUDGE, state, level], cwd=ROOT, stdout=subprocess.PIPE
    )
    with judge:
        leader = int(judge.stdout.readline())
        if state == "busy":
            time.sleep(0.2)
            judge.kill()
        judge.wait()
    deadline = time.monotonic() + 3
    left = True
    while left and time.monotonic() < deadline:
        rows = subprocess.run(
            ["ps", "-o", "stat=", "-s", str(leader)], capture_output=True, text=True
        )
        left = any("Z" not in row for row in rows.stdout.split())
        time.sleep(0.02)
    assert not left


GIANTS = """
import resource, sys
import numpy as np
from autograder.sandbox import wire
from autograder.sandbox import Cell, Limits, Sandbox
with Sandbox("best") as sandbox, sandbox.worker() as worker:
    worker.load([Cell("import numpy as np\\ndef f(g): " + sys.argv[1])])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = worker.call("f", (wire.Callback(1),), {}, callbacks={1: lambda *question: 0})
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before >> 10)
"""


@pytest.mark.parametrize(
    "body",
    [
        "return np.ones(8_000_000)",
        "return [np.ones(80) for _ in range(90_000)]",
        *(
            pytest.param(body, marks=pytest.mark.slow)  # many values, as of arrays above
            for body in (
                "return ['x' * 99_000 for _ in range(600)]",
                "return [{k: 1.5} for k in range(33_000)]",
                "return [2**100 + k for k in range(99_000)]",
            )
        ),
        "return [g(np.ones(8_000_000)) for _ in range(20)]",
        "raise ValueError('x' * 60_000_000)",
        "print('x' * 60_000_000)",
        "import os; [os.write(3, bytes(1 << 20)) for _ in range(200)]",
    ],
)
def test_the_judge_grows_by_less_than_a_hundred_megabytes(body):
    done = subprocess.run(
        [sys.executable, "-c", GIANTS, body], cwd=ROOT, capture_output=True, text=True
    )
    assert 0 <= int(done.stdout) < 100, done.stderr


def test_a_wrong_argument_of_the_judge_s_is_the_judge_s_mistake(box):
    with box.worker() as worker:
        with pytest.raises(wire.WrongType, match="set"):
            worker.call("f", ({1},), {})
        assert worker.alive


def test_self_check_needs_nothing_but_numpy():
    code = "import sys; from autograder.sandbox.local import LocalWorker; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    loaded = {name for name in done.stdout.split() if name.startswith("autograder")}
    assert {f"autograder.sandbox.{name}" for name in ("local", "inside.execute", "types")} <= loaded
    walls = {f"autograder.sandbox.{name}" for name in ("host", "inside.linux", "inside.confine")}
    assert not loaded & walls
    assert not {"resource", "fcntl", "ctypes.util"} & set(done.stdout.split()) - {"fcntl"}


def test_public_names_are_there():
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = package.nothing


# --- long sources and notebooks ------------------------------------------------------------------


def test_only_sources_that_cost_too_much_are_kept_from_the_judge(box):
    short = [Cell("x = 1"), Cell("not python (")]
    assert box.vet(short) == [None, None]
    long = [*short, Cell("# harmless\n" * 9000), Cell("a," * 120_000), Cell("y = 2")]
    found = [failure and failure.kind for failure in box.vet(long)]
    assert found == [None, None, None, "memory", None]


# --- a layer that silently does nothing ----------------------------------------------------------


def _nothing(*args):
    return 0


@pytest.mark.parametrize("name", ["unshare", "change_root_to_nothing", "landlock_restrict"])
def test_a_layer_that_does_nothing_is_noticed(name, monkeypatch):
    from autograder.sandbox.inside import confine, linux

    plan = confine.HARDENED[0] if name != "landlock_restrict" else confine.HARDENED[1]
    if confine.prove(plan):
        pytest.skip("this machine does not have the layer")
    monkeypatch.setattr(linux, name, _nothing)
    assert confine.prove(plan)


def test_a_filter_that_allows_everything_is_noticed(monkeypatch):
    from autograder.sandbox.inside import confine, syscalls

    allow = syscalls.Instruction(0x06, 0, 0, 0x7FFF0000)
    monkeypatch.setattr(syscalls, "program", lambda machine, refusal: [allow])
    assert confine.prove(confine.HARDENED[3]) == "not confined: opening a file was not refused"


@pytest.mark.parametrize("call", ["socket", "execve", "kill", "fork"])
def test_a_hole_in_the_filter_is_noticed(call, monkeypatch):
    from autograder.sandbox.inside import confine, syscalls

    numbers = {"socket": (41, 198), "execve": (59, 221), "kill": (62, 129), "fork": (56, 220)}
    hole = syscalls.Call(*numbers[call])
    monkeypatch.setitem(syscalls.ALLOWED, call, hole)
    assert confine.prove(confine.HARDENED[3]).startswith("not confined: ")


def test_a_refusal_of_the_machine_s_own_is_not_taken_for_the_filter_s(monkeypatch):
    """A kernel that itself answers EACCES must not hide a hole in the filter."""
    from autograder.sandbox.inside import confine, syscalls

    def machine_says_no(*args):
        raise PermissionError(syscalls.REFUSED, "refused by the machine, not by the filter")

    monkeypatch.setitem(syscalls.ALLOWED, "execve", syscalls.Call(59, 221))
    monkeypatch.setattr(os, "execv", machine_says_no)
    told = confine.prove(confine.HARDENED[3])
    assert told == "not confined: executing a file was not refused"


def test_limits_and_users_that_do_not_change_are_noticed(monkeypatch):
    import resource

    from autograder.sandbox.inside import confine

    with monkeypatch.context() as patch:
        patch.setattr(resource, "setrlimit", _nothing)
        assert "did not hold" in confine.prove(confine.HARDENED[3])
    with monkeypatch.context() as patch:
        patch.setattr(os, "closerange", _nothing)
        assert "was not closed" in confine.prove(confine.HARDENED[1])
    if AS_ROOT:
        monkeypatch.setattr(os, "setresuid", _nothing)
        assert "the user did not change" in confine.prove(confine.HARDENED[3])
