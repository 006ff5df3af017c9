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
from autograder.values.nested import each_item, leaves
from tests.conftest import CATALOGUE, ROOT
from tests.kit.battery import topic
from tests.kit.forked import Forked

TOPICS = CATALOGUE.names()
LONG_TO_COMPILE = {
    *("activations", "adversarial", "energy_models", "lstm", "neurons", "normalization"),
    *("q_learning", "recurrent", "regularization", "transfer"),
}
"""Topics whose kernels of all threads take long to compile: every run has their jobs in Python, in
another order (`test_kernels_agree_with_their_plain_python_form`)."""
FORMS = [
    pytest.param(name, dtype, marks=pytest.mark.slow if slow else ())
    for name in TOPICS
    for dtype in ("float64", "float32")
    for slow in [dtype == "float32" or name in LONG_TO_COMPILE]
]
"""A kernel of all threads is compiled for each dtype, from one text: every run compiles one."""
SEED = 7
forked = Forked("import numba", OPENBLAS_NUM_THREADS="1")


@lru_cache(maxsize=1)  # the tests of a topic come in turn (tests/conftest.py)
def as_it_is(name: str) -> list:
    """Return the values of the module as it is, worked out once for all tests of a topic."""
    return list(values(name))


def values(name: str, dtype: str = "", without: frozenset[str] = frozenset()):
    """Yield the reference's value on every case of every check, with its tolerance.

    With a dtype, of those cases alone whose first array of floats has it, or that have none.
    """
    authored = topic(name)
    source = LiveSource(authored, seeder(b"reference", name))
    for exercise in authored.exercises:
        truth = authored.truth(exercise.name)
        for check in exercise:
            where = f"{exercise.name}: {check.name}"
            cases = () if where in without else check.cases(np.random.default_rng(SEED))
            for case in cases:
                if of_dtype(case, dtype):
                    yield where, source._trial(exercise, check, case, truth, SEED)


def of_dtype(case, dtype: str) -> bool:
    return not dtype or _dtype(case) in (dtype, "")


def _dtype(case) -> str:
    arrays = [leaf for leaf in leaves([case.args, case.kwargs]) if isinstance(leaf, np.ndarray)]
    return next((array.dtype.name for array in arrays if array.dtype.kind == "f"), "")


@pytest.mark.parametrize(("name", "dtype"), FORMS)
def test_parallel_kernels_give_the_same_bits_in_one_thread_and_two_and_what_serial_ones_give(
    name, dtype, monkeypatch
):
    serial = [one for one in as_it_is(name) if of_dtype(one[1].case, dtype)]
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
    for (where, one), (_, two), (_, three) in zip(single, double, serial, strict=True):
        assert same_bits(one.expected, two.expected), where
        assert equal(three.expected, two.expected, three.tol), where


def in_python(held, module: str):
    """Return a kernel of a module as its function; pairs and tables of kernels likewise."""
    if isinstance(held, CPUDispatcher) and held.py_func.__module__ == module:
        return held.py_func
    return each_item(held, lambda one: in_python(one, module))


LONG_IN_PYTHON = frozenset({"count_separable: any_points", "count_separable: in_other_dress"})
"""Checks whose cases take seconds; two others ask the same of the same loops."""


@pytest.mark.parametrize(
    ("name", "without"),
    [pytest.param(name, LONG_IN_PYTHON, id=name) for name in TOPICS]
    + [pytest.param("perceptron", frozenset(), id="perceptron-all", marks=pytest.mark.slow)],
)
def test_kernels_agree_with_their_plain_python_form(name, without, monkeypatch):
    """Where they run in one thread; the jobs of all threads' come in the opposite order."""
    compiled = [one for one in as_it_is(name) if one[0] not in without]
    module = topic(name).reference
    for key, held in vars(module).copy().items():
        if not key.startswith("__"):
            monkeypatch.setattr(module, key, in_python(held, module.__name__))
    monkeypatch.setattr(module, "prange", lambda jobs: range(jobs)[::-1], raising=False)
    monkeypatch.setattr(module, "SMALL", 0, raising=False)
    found = values(name, without=without)
    for (where, one), (_, two) in zip(compiled, found, strict=True):
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
