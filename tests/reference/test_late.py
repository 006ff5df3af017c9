"""Kernels that Python runs before they are compiled: the same bits, and nothing left half done."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.topic.catalogue import Catalogue
from tests.conftest import ROOT

DRAWN = """
import hashlib, sys
import numpy as np
from autograder.topic.catalogue import Catalogue
from autograder.topic.seeds import seeder
from autograder.topic.live import LiveSource
from autograder.values.nested import leaves

def told(value):
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape} {value.tobytes()!r}"
    return f"{type(value).__name__} {value!r}"

topic = Catalogue.find(None).topic(sys.argv[1])
source = LiveSource(topic, seeder(b"late", topic.name))
for exercise in topic.exercises:
    for check in exercise:
        found = hashlib.sha256()
        for trial in source.trials(exercise, check):
            found.update("".join(map(told, leaves(trial.expected))).encode())
        print(exercise.name, check.name, found.hexdigest())
"""

KERNEL = """
import numpy as np
from reference.compiler import late
from reference.compiler.jit import SERIAL, njit
from reference.kernels.vector import exp, largest, log, tanh, total

ran = []
compiled = late.LateKernel._compiled
late.LateKernel._compiled = lambda self, *a: ran.append(self.py_func.__name__) or compiled(self, *a)
"""


def run(text: str, *args: str, cache: Path | None = None, late: bool = True) -> str:
    env = {**os.environ, "GRADUS_COMPILE": "late" if late else "", "NUMBA_NUM_THREADS": "1"}
    env |= {} if cache is None else {"GRADUS_CACHE_DIR": str(cache)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", text, *args],
        env=env, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


QUICK = ("landscapes", "lstm")


@pytest.mark.parametrize(
    "topic",
    [
        name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)
        for name in Catalogue.find(ROOT).names()
    ],
)
def test_what_python_runs_gives_the_bits_of_compiled_code(topic: str, tmp_path: Path) -> None:
    assert run(DRAWN, topic, cache=tmp_path) == run(DRAWN, topic, late=False)


def test_a_mathematical_function_has_the_same_bits_by_python(tmp_path: Path) -> None:
    text = (
        KERNEL
        + """
x = np.concatenate([np.random.default_rng(0).normal(size=300) * 30, [0.0, -0.0, 1e-310, 700.0]])
found = [
    [float(f(v)).hex() for v in x if f is not log or v > 0] for f in (exp, tanh, log)
]
print(found, float(total(x)).hex(), float(largest(x)).hex())
"""
    )
    assert run(text, cache=tmp_path) == run(
        text.split("ran = []")[0] + text.split("*a)\n")[1], late=False
    )


def test_nothing_is_compiled_for_a_few_steps_and_much_is(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    text = (
        KERNEL
        + """
from reference.contracts.bounds import within
from reference.kernels.gemm import steps
from reference.kernels.losses import squares_serial
y = np.arange(5.0)
assert squares_serial(y, y + 2, np.empty(5)) == 20.0 and not ran
late.PATIENCE = 30
from reference.kernels.losses import binary_serial
given = y, y + 2, 1.0, np.empty(5)
first = binary_serial(*given)
assert "_binary" in ran and binary_serial(*given) == first
squares_serial(y.astype(np.float32), y.astype(np.float32), np.empty(5, np.float32))
assert ran[-1] == "_squares"
"""
    )
    run(text, cache=tmp_path / "cache")


def test_what_python_refuses_is_undone_and_compiled(tmp_path: Path) -> None:
    path = tmp_path / "probe.py"
    path.write_text(
        "from reference.compiler.jit import SERIAL, njit\n\n\n"
        "@njit(**SERIAL)\ndef halved(n, out):\n"
        "    for i in range(out.size):\n        out[i] += 1.0\n"
        "    return 1 / n\n\n\n"
        "@njit(**SERIAL)\ndef cubes(out):\n    return (out**3).sum()\n",
        encoding="utf-8",
    )
    (tmp_path / "cache").mkdir()
    run(
        f"import sys; sys.path.append({str(tmp_path)!r})"
        + KERNEL
        + """
from probe import cubes, halved
out = np.zeros(3)
assert halved(2, out) == 0.5 and not ran
assert halved(0, out) == np.inf and ran == ["halved"] and out.tolist() == [2.0] * 3
assert cubes(out) == 24.0 and ran == ["halved", "cubes"]
""",
        cache=tmp_path / "cache",
    )
