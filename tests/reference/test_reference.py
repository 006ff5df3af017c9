"""The reference core, topic by topic: same bits for one and many threads, and for plain Python."""

from __future__ import annotations

import importlib
from functools import lru_cache

import numba
import numpy as np
import pytest
from numba.core.registry import CPUDispatcher

from autograder.authoring.battery import same_bits
from autograder.topic.live import LiveSource
from autograder.topic.seeds import seeder
from autograder.values.compare import equal
from autograder.values.nested import leaves
from tests.conftest import CATALOGUE, ROOT
from tests.kit.battery import topic
from tests.kit.forked import Forked

TOPICS = CATALOGUE.names()
FORMS = [
    pytest.param(name, dtype, marks=pytest.mark.slow if dtype == "float32" else ())
    for name in TOPICS
    for dtype in ("float64", "float32")
]
"""A kernel of all threads is compiled for each dtype, from one text: every run compiles one."""
SEED = 7
forked = Forked("import numba", OPENBLAS_NUM_THREADS="1")


@lru_cache(maxsize=1)  # the tests of a topic come in turn (tests/conftest.py)
def as_it_is(name: str) -> list:
    """Return the values of the module as it is, worked out once for all tests of a topic."""
    return list(values(name))


def values(name: str, dtype: str = ""):
    """Yield the reference's value on every case of every check, with its tolerance.

    With a dtype, of those cases alone whose first array of floats has it, or that have none.
    """
    authored = topic(name)
    source = LiveSource(authored, seeder(b"reference", name))
    for exercise in authored.exercises:
        truth = authored.truth(exercise.name)
        for check in exercise:
            rng = np.random.default_rng(SEED)
            for case in check.cases(rng):
                if dtype and _dtype(case) not in (dtype, ""):
                    continue
                trial = source._trial(exercise, check, case, truth, SEED)
                yield f"{exercise.name}: {check.name}", trial


def _dtype(case) -> str:
    arrays = [leaf for leaf in leaves([case.args, case.kwargs]) if isinstance(leaf, np.ndarray)]
    return next((array.dtype.name for array in arrays if array.dtype.kind == "f"), "")


@pytest.mark.parametrize(("name", "dtype"), FORMS)
def test_one_and_two_threads_give_the_same_bits(name, dtype, monkeypatch):
    module = topic(name).reference
    if hasattr(module, "SMALL"):
        monkeypatch.setattr(module, "SMALL", 0)  # small cases take the parallel path too
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        single = list(values(name, dtype))
        numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
        double = list(values(name, dtype))
    finally:
        numba.set_num_threads(before)
    for (where, one), (_, two) in zip(single, double, strict=True):
        assert same_bits(one.expected, two.expected), where


@pytest.mark.parametrize(("name", "dtype"), FORMS)
def test_serial_and_parallel_kernels_agree(name, dtype, monkeypatch):
    module = topic(name).reference
    if not hasattr(module, "SMALL"):
        pytest.skip("this topic has no parallel path")
    serial = list(values(name, dtype))
    monkeypatch.setattr(module, "SMALL", 0)
    for (where, one), (_, two) in zip(serial, values(name, dtype), strict=True):
        assert equal(one.expected, two.expected, one.tol), where


@pytest.mark.parametrize("name", TOPICS)
def test_kernels_agree_with_their_plain_python_form(name, monkeypatch):
    compiled = as_it_is(name)
    module = topic(name).reference
    for key, kernel in vars(module).copy().items():
        if isinstance(kernel, CPUDispatcher) and kernel.py_func.__module__ == module.__name__:
            monkeypatch.setattr(module, key, kernel.py_func)
    for (where, one), (_, two) in zip(compiled, values(name), strict=True):
        assert equal(one.expected, two.expected, one.tol), where


@pytest.mark.parametrize("name", TOPICS)
def test_importing_compiles_nothing_and_imports_no_other_topic(name):
    code = (
        f"import sys, numba, reference.{name} as m\n"
        "from numba.core.registry import CPUDispatcher as D\n"
        "made = [k for k, v in vars(m).items() if isinstance(v, D) and v.signatures]\n"
        "rooms = 'reference.kernels', 'reference.compiler', 'reference.contracts'\n"
        "core = [k for k in sys.modules if k.startswith('reference.')]\n"
        "print(made, [k for k in core if not k.startswith(rooms)])"
    )
    done = forked(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"[] ['reference.{name}']"


def test_kernel_options_stand_in_one_file():
    for name in TOPICS:
        text = (ROOT / "reference" / f"{name}.py").read_text(encoding="utf-8")
        for option in ("cache=", "nogil", "error_model"):
            assert option not in text, f"{name}: {option} belongs into reference/compiler/jit.py"
    jit = importlib.import_module("reference.compiler.jit")
    assert jit.SERIAL["cache"]
    assert not jit.SERIAL.get("fastmath")
