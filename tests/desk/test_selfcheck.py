"""`autograder check` from a student's release: what it finds, says, imports and returns."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from autograder.desk import selfcheck
from autograder.desk.check import main
from autograder.desk.explain import explain
from autograder.desk.target import TargetError, find_target, worked_on
from autograder.report import terminal
from autograder.report.terminal import Look
from autograder.topic.live import LiveSource
from autograder.topic.seeds import seeder
from tests.conftest import CATALOGUE
from tests.kit.release import (
    as_notebook,
    environment,
    heed_interrupts,
    make_release,
    shell,
    written,
)

TOPIC = "optimizers"


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return make_release(tmp_path_factory.mktemp("release"), [TOPIC, "neurons"])


@pytest.fixture
def student(release, tmp_path):
    """Write a student's file and check it in this process."""

    def check(text: str | None = None, only=None, name=f"{TOPIC}.py", **bodies):
        path = tmp_path / name
        path.write_text(text if text is not None else written(TOPIC, **bodies), encoding="utf-8")
        return selfcheck.run(find_target(str(path), root=release, topic=TOPIC), only)

    return check


def said(checked, **look) -> str:
    more = "autograder check optimizers.py"
    return terminal.verdict(checked.report, Look(**look), file="optimizers.py", more=more)


def flat(text: str) -> str:
    return " ".join(text.split())


GOOD = {
    "sgd_step": "return param - lr * grad",
    "momentum_step": "velocity = beta * velocity + lr * grad\nreturn param - velocity, velocity",
}

# --- what is found -------------------------------------------------------------------------------


def test_topic_file_and_notebook_give_the_same_verdict(release, tmp_path):
    (tmp_path / "optimizers.py").write_text(written(TOPIC, **GOOD), encoding="utf-8")
    (tmp_path / "nb").mkdir()
    notebook = tmp_path / "nb" / "optimizers.ipynb"
    notebook.write_text(as_notebook(written(TOPIC, **GOOD)), encoding="utf-8")
    root = ["--root", str(release)]
    runs = [
        shell(release, "check", TOPIC, "--json", *root, cwd=tmp_path),
        shell(release, "check", str(tmp_path / "optimizers.py"), "--json", *root),
        shell(release, "check", str(notebook), "--json", *root),
        shell(release, "check", "--json", *root, cwd=tmp_path),
    ]
    contents = [json.loads(run.stdout) for run in runs]
    assert [run.returncode for run in runs] == [1] * 4
    assert [content["earned"] for content in contents] == [3.0] * 4
    statuses = [[e["status"] for e in content["exercises"]] for content in contents]
    assert all(status == statuses[0] for status in statuses)
    assert statuses[0][:3] == ["passed", "passed", "todo"]


def test_neither_solutions_nor_reference_nor_anything_heavy_is_imported(release, tmp_path):
    """What decides the time to the answer; a new import here is a decision, not an accident."""
    path = tmp_path / "optimizers.py"
    path.write_text(written(TOPIC, **GOOD), encoding="utf-8")
    script = (
        "import numpy, sys, os\n"
        "before = set(sys.modules)\n"
        f"sys.argv = ['autograder', 'check', {str(path)!r}, '--root', {str(release)!r}]\n"
        "def leave(code):\n"
        "    print('IMPORTED', *sorted(set(sys.modules) - before))\n"
        "    sys.stdout.flush()\n"
        "    os.kill(os.getpid(), 9) if os.name != 'nt' else sys.exit()\n"
        "os._exit = leave\n"
        "import runpy\n"
        "runpy.run_module('autograder', run_name='__main__')\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(release),
        cwd=release,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    names = run.stdout.split("IMPORTED", 1)[1].split()
    ours = {name.partition(".")[2] for name in names if name.startswith("autograder.")}
    roots = {name.partition(".")[0] for name in names}
    rooms = {"build", "grading", "course", "institution", "demo"}
    assert not {name.partition(".")[0] for name in ours} & rooms
    assert {name.partition(".")[0] for name in ours} <= {
        *("cli", "desk", "judging", "report", "sandbox", "submission", "topic", "values"),
        *("arguments", "cases", "observe", "spec", "version"),
    }
    heavy = {"host", "worker", "parent", "inside.confine", "inside.linux", "inside.zygote"}
    assert not {f"sandbox.{name}" for name in heavy} & ours
    assert not {"judging.official", "report.pages", "report.writers", "topic.fingerprint"} & ours
    allowed = set(sys.stdlib_module_names) | {"autograder", "numpy", "submission"}
    drawn = "np.random" in written(TOPIC)  # the chapter's own functions draw numbers
    roots -= {name for name in roots if drawn and "cython" in name}
    assert roots <= allowed, roots - allowed
    heavy = {"asyncio", "multiprocessing", "unittest", "sqlite3", "difflib"}
    assert not roots & (heavy if drawn else heavy | {"hashlib"})  # NumPy's draws load it
    assert not {"numpy.testing", "numpy.f2py"} & set(names)
    assert drawn or "numpy.random" not in names


def test_the_file_that_was_worked_on_is_chosen(release, tmp_path):
    script, notebook = tmp_path / "optimizers.py", tmp_path / "optimizers.ipynb"
    script.write_text(written(TOPIC), encoding="utf-8")
    notebook.write_text(as_notebook(written(TOPIC, **GOOD)), encoding="utf-8")
    assert worked_on(tmp_path, TOPIC) == (notebook, script)
    script.write_text(written(TOPIC, **GOOD, nesterov_step="return 1"), encoding="utf-8")
    assert worked_on(tmp_path, TOPIC) == (script, notebook)
    assert find_target(str(tmp_path), root=release).path == script


def test_a_file_of_another_name_is_known_by_what_it_defines(release, tmp_path):
    path = tmp_path / "my homework.py"
    path.write_text(written(TOPIC, **GOOD), encoding="utf-8")
    target = find_target(str(path), root=release)
    assert target.topic == TOPIC
    assert "optimizers" in target.note


def test_a_topic_that_is_not_started_says_how_to_start(release, tmp_path, monkeypatch):
    inner = tmp_path / "_assignments"
    (release / "assignments").rename(inner)
    try:
        (tmp_path / "work").mkdir()
        monkeypatch.chdir(tmp_path / "work")
        with pytest.raises(TargetError, match="autograder start optimizers"):
            find_target(TOPIC, root=inner)
    finally:
        inner.rename(release / "assignments")


# --- bad input: one line, code 2, no traceback ---------------------------------------------------


def _binary(path):
    path.write_bytes(b"\x00\x01\xff" * 100)


def _latin(path):
    path.write_bytes('x = "é"'.encode("latin-1"))


def _huge(path):
    with path.open("wb") as stream:
        stream.truncate(1 << 30)


def _empty(path):
    path.write_text("\n", encoding="utf-8")


def _folder(path):
    path.mkdir()


def _cut(path):
    path.write_text('{"cells": [', encoding="utf-8")


def _other(path):
    path.write_text("def foo(): pass\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "make", "word"),
    [
        ("optimizers.py", _binary, "UTF-8"),
        ("optimizers.py", _latin, "UTF-8"),
        ("optimizers.py", _huge, "limit"),
        ("optimizers.ipynb", _huge, "limit"),
        ("optimizers.ipynb", _cut, "JSON"),
        ("optimizers.py", _empty, "empty"),
        ("optimizers.py", _other, "another topic"),
        ("whatever.py", _other, "--topic"),
        ("folder", _folder, "no .py or .ipynb"),
        ("folder.py", _folder, "is a folder"),
        ("missing.py", lambda path: None, "does not exist"),
        ("optimisers", lambda path: None, "did you mean optimizers"),
        ("notes.txt", _empty, "neither"),
        ("a\x1b[31mb", lambda path: None, "there is no topic"),
    ],
)
def test_bad_input_is_one_line_and_code_2(release, tmp_path, name, make, word, capsys):
    path = tmp_path / name
    make(path)
    given = str(path) if path.exists() or "." in name else name
    assert main([given, "--root", str(release)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert word in err
    assert "\x1b" not in err
    assert main([given, "--root", str(release), "--json"]) == 2
    out, err = capsys.readouterr()
    assert word in json.loads(out)["error"]
    assert err == ""


def test_usage_errors_give_code_2(release, tmp_path, capsys):
    assert main(["--what"]) == 2
    assert main([str(release / "assignments" / TOPIC), "-e", "sgd_stp"]) == 2
    assert "did you mean sgd_step" in capsys.readouterr().err
    assert main(["x", "--root", str(tmp_path / "nowhere")]) == 2
    assert main(["--help"]) == 0


# --- the verdict ---------------------------------------------------------------------------------


def test_all_right_gives_code_0(release, tmp_path, capsys):
    path = tmp_path / "optimizers.py"
    path.write_text(CATALOGUE.topic(TOPIC).chapter.text, encoding="utf-8")
    assert main([str(path), "--root", str(release)]) == 0
    assert "All public checks pass" in capsys.readouterr().out


def test_an_untouched_stub_is_calm(student):
    text = said(student())
    assert "Next: write sgd_step" in text
    assert "✗" not in text
    assert "Error" not in text
    assert f"{len(CATALOGUE.topic(TOPIC).exercises)} to write" in text


def test_the_message_comes_in_order(student):
    body = "velocity = beta * velocity + grad\nprint('v', velocity)\n"
    checked = student(momentum_step=body + "return param - lr * velocity, velocity")
    text = said(checked, width=100)
    words = ["asked:", "came:", "at [0]", "cause:", "PyTorch", "hint:", "allowed:", "printed:"]
    places = [text.index(word) for word in words]
    assert places == sorted(places)
    assert "--exercise momentum_step --explain" in text
    assert "momentum_step(param=[" in text


def test_a_failed_earlier_exercise_does_not_bury_a_later_one(student):
    checked = student(sgd_step="return param + lr * grad", momentum_step=GOOD["momentum_step"])
    statuses = [exercise.status for exercise in checked.report][:3]
    assert statuses == ["failed", "passed", "todo"]
    assert "Next: fix sgd_step" in said(checked)


def test_only_what_calls_a_failed_exercise_waits_for_it(release, tmp_path):
    calls = "return lif_step(current, dt, tau)"
    alone = "return np.zeros(current.shape), np.zeros(current.shape, bool)"
    statuses = []
    for body in (calls, alone):
        path = tmp_path / "neurons.py"
        path.write_text(written("neurons", lif_simulate=body), encoding="utf-8")
        checked = selfcheck.run(find_target(str(path), root=release), ["lif_simulate"])
        statuses.append(checked.report.exercises[0].status)
    assert statuses == ["waiting", "failed"]


def test_an_exception_shows_the_students_line_and_a_remedy(student):
    checked = student(sgd_step="step = lr * grad\nreturn param - stp")
    text = said(checked)
    line = next(
        number
        for number, code in enumerate(
            written(TOPIC, sgd_step="step\nreturn param - stp").split("\n"), 1
        )
        if "param - stp" in code
    )
    assert f"NameError in line {line} of optimizers.py" in flat(text)
    assert f"> {line} |     return param - stp" in text
    assert "Did you mean `step`?" in text
    assert "Traceback" not in text
    assert "the same: NameError" in text


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("return param + np.ones((2, 3, 5))", "Print the shapes"),
        ("return np.ones((2, 3)) @ np.ones((2, 3))", "last axis"),
        ("if param > 0:\n    return param\nreturn grad", "whole array"),
        ("return param[99]", "largest index"),
        ("total = total + lr\nreturn param", "The arguments are param, grad, lr"),
        ("return np.zeross(3)", "np.zeros"),
        ("import torchx\nreturn param", "one file"),
        ("return param - lr(grad)", "not a function"),
        ("return 1 / 0", "divisor"),
        ("raise SystemExit", "Remove the call"),
        ("return sgd_step(param, grad, lr)", "Which case stops it"),
    ],
)
def test_usual_exceptions_have_a_remedy(student, code, hint):
    text = flat(said(student(only=["sgd_step"], sgd_step=code), width=100))
    assert hint in text


def test_a_syntax_error_names_file_line_and_remedy_and_costs_one_cell(student):
    text = written(TOPIC, **GOOD).replace("return param - lr * grad", "return (param - lr * grad")
    text = said(student(text))
    assert "SyntaxError in line" in flat(text)
    assert "of optimizers.py" in flat(text)
    assert "'(' was never closed" in flat(text)
    assert "Look for a missing bracket" in flat(text)
    assert "✓ done      momentum_step" in text


def test_a_module_that_does_not_import_says_so(student):
    text = written(TOPIC, **GOOD).replace("import numpy as np", "import nunpy as np", 1)
    text = flat(said(student(text)))
    assert "ModuleNotFoundError in line" in text
    assert "`nunpy` is not there" in text


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("param: Array, grad: Array, lr: float = 0.01", "param, grad", "lacks the parameter lr"),
        (
            "param: Array, grad: Array, lr: float = 0.01",
            "param, grad, lr, eps",
            "asks for eps that nobody gives",
        ),
        (
            "param: Array, grad: Array, lr: float = 0.01",
            "param, grad, lr",
            "lacks the default lr=0.01",
        ),
        (
            "param: Array, grad: Array, lr: float = 0.01",
            "grad, param, lr=0.01",
            "has its parameters in another order",
        ),
    ],
)
def test_a_wrong_signature_is_named(student, old, new, told):
    text = written(TOPIC, **GOOD)
    assert f"def sgd_step({old})" in text
    text = flat(said(student(text.replace(f"def sgd_step({old})", f"def sgd_step({new})"))))
    assert told in text
    assert "asked is def sgd_step(param, grad, lr=0.01)" in text


def test_a_renamed_function_is_recognised(student):
    text = written(TOPIC, **GOOD).replace("def sgd_step(", "def sgd_stepp(")
    assert "is sgd_stepp meant? Call it sgd_step" in flat(said(student(text)))


def test_a_changed_argument_is_named(student):
    text = flat(said(student(sgd_step="param -= lr * grad\nreturn param")))
    assert "changes an array it was given: param" in text
    assert "Build a new one" in text


def test_none_asks_for_the_return(student):
    assert "is a `return` missing?" in flat(said(student(sgd_step="param - lr * grad")))


def test_a_nearly_right_result_is_told_how_near(student):
    text = flat(said(student(sgd_step="return param - lr * grad * (1 + 1e-7)"), width=100))
    assert "times what rounding explains" in text
    assert "allowed:" in text


def test_float32_work_on_float64_is_told_apart(student):
    body = "return (param - lr * grad).astype(np.float32).astype(param.dtype)"
    text = flat(said(student(sgd_step=body)))
    assert "float32" in text


def test_warnings_of_the_students_lines_are_told(student):
    text = said(student(sgd_step="return param - np.log(-(grad**2))"))
    assert "warned:" in text
    assert "invalid value encountered in log" in text


def test_numbers_drawn_from_nowhere_are_pointed_at(student):
    text = flat(said(student(sgd_step="return param - lr * np.random.randn(*param.shape)")))
    assert "np.random.randn draws numbers of its own" in text


def test_the_call_that_went_wrong_is_told_of_several(release, tmp_path):
    path = tmp_path / "neurons.py"
    path.write_text(written(TOPIC, sgd_step="return param - 2 * lr * grad"), encoding="utf-8")
    source = LiveSource(CATALOGUE.topic(TOPIC), seeder(b"x", "y"))
    target = find_target(str(path), root=release, topic=TOPIC)
    (exercise,) = selfcheck.run(target, ["sgd_step"], source=source).report.exercises
    asked = {check.name: check.asked for check in exercise.checks if check.hidden}
    assert set(asked.values()) == {""}, "what is hidden is not told"
    body = "velocity = beta * velocity + lr * grad\nreturn param - velocity, velocity + lr"
    path.write_text(written(TOPIC, momentum_step=body), encoding="utf-8")
    (exercise,) = selfcheck.run(target, ["momentum_step"]).report.exercises
    path_check = next(c for c in exercise.checks if c.name == "rolls_down_a_bowl")
    assert path_check.asked.startswith("call 2 of 8: momentum_step(param=")


def test_prints_are_cut_sensibly(student):
    body = "for k in range(500):\n    print('row', k)\nprint('\\x1b[2J')\nreturn param"
    text = said(student(sgd_step=body, only=["sgd_step"]))
    assert "printed:" in text
    assert "more lines" in text
    assert text.count("row ") < 40
    assert "\x1b" not in text


def test_what_the_module_prints_is_shown_and_streams_survive(student):
    text = written(TOPIC, **GOOD) + "\n\n# %%\nprint('hello from the module')\n"
    assert "hello from the module" in said(student(text))


def test_a_hostile_exit_does_not_end_the_check(student):
    checked = student(written(TOPIC, **GOOD) + "\n\n# %%\nimport sys\nsys.exit(0)\n")
    assert checked.report.exercises[0].passed


# --- explain -------------------------------------------------------------------------------------


def test_explain_shows_the_smallest_case_with_numbers_and_code(student):
    body = "velocity = beta * velocity + grad\nreturn param - lr * velocity, velocity"
    checked = student(momentum_step=body, only=["momentum_step"])
    text = explain(checked, Look(width=100))
    assert "param " in text
    assert "expected velocity =" in text
    assert "yours velocity    =" in text
    assert "To try it yourself:" in text
    code = text.split("To try it yourself:")[1].strip("\n").split("\n")
    namespace: dict = {}
    lines = [line.strip() for line in code if "import momentum_step" not in line]
    source = written(TOPIC, **GOOD)
    exec(compile(source, "stub", "exec"), namespace)
    *setup, call = lines
    exec("\n".join(setup), namespace)
    result = eval(call, namespace)
    assert len(result) == 2


def test_explain_has_nothing_to_say_when_all_is_right(student):
    checked = student(**GOOD, only=["sgd_step"])
    assert "Nothing to explain" in explain(checked, Look())


def test_a_recorded_case_can_be_had(release, monkeypatch):
    monkeypatch.setenv("GRADUS_ROOT", str(release))
    args, kwargs = selfcheck.case(TOPIC, "sgd_step", "one_step", 2)
    assert len(args) == 2
    assert kwargs == {"lr": 0.05}


# --- endless loops -------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")
def test_ctrl_c_says_where_it_was(release, tmp_path):
    path = tmp_path / "optimizers.py"
    path.write_text(written(TOPIC, sgd_step="while True:\n    lr = lr"), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "autograder", "check", str(path), "--root", str(release)],
        env=environment(release),
        cwd=release,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=heed_interrupts,
        encoding="utf-8",
    )
    assert process.stderr is not None
    assert "still running" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Stopped in line" in err
    assert "optimizers.py" in err
    assert "Traceback" not in out + err


def test_no_posix_only_module_is_needed():
    """The self-check path imports nothing that Windows lacks."""
    start = time.perf_counter()
    script = (
        "import sys\n"
        "for name in ('fcntl', 'resource', 'pwd', 'grp', 'termios', 'tty', 'pty', 'readline'):\n"
        "    sys.modules[name] = None\n"
        "from autograder.desk import explain, notebook, progress, selfcheck, watch\n"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=CATALOGUE.root, check=False)
    assert run.returncode == 0, time.perf_counter() - start
