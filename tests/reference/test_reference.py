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
from tests.conftest import CATALOGUE, ROOT
from tests.kit.battery import topic
from tests.kit.forked import Forked

TOPICS = CATALOGUE.names()
SEED = 7
forked = Forked("import numba", OPENBLAS_NUM_THREADS="1")


@lru_cache(maxsize=1)  # the tests of a topic come in turn (tests/conftest.py)
def as_it_is(name: str) -> list:
    """Return the values of the module as it is, worked out once for all tests of a topic."""
    return list(values(name))


def values(name: str):
    """Yield the reference's value on every case of every check, with its tolerance."""
    authored = topic(name)
    source = LiveSource(authored, seeder(b"reference", name))
    for exercise in authored.exercises:
        truth = authored.truth(exercise.name)
        for check in exercise:
            rng = np.random.default_rng(SEED)
            for case in check.cases(rng):
                trial = source._trial(exercise, check, case, truth, SEED)
                yield f"{exercise.name}: {check.name}", trial


@pytest.mark.parametrize("name", TOPICS)
def test_one_and_two_threads_give_thesame_bits(name, monkeypatch):
    module = topic(name).reference
    if hasattr(module, "SMALL"):
        monkeypatch.setattr(module, "SMALL", 0)  # small cases take the parallel path too
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        single = list(values(name))
        numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
        double = list(values(name))
    finally:
        numba.set_num_threads(before)
    for (where, one), (_, two) in zip(single, double, strict=True):
        assert same_bits(one.expected, two.expected), where


@pytest.mark.parametrize("name", TOPICS)
def test_serial_and_parallel_kernels_agree(name, monkeypatch):
    module = topic(name).reference
    serial = as_it_is(name)
    if not hasattr(module, "SMALL"):
        pytest.skip("this topic has no parallel path")
    monkeypatch.setattr(module, "SMALL", 0)
    for (where, one), (_, two) in zip(serial, values(name), strict=True):
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
