"""The checks notice small changes: mutants of the solutions lose points."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from tests.conftest import CATALOGUE
from tests.kit.battery import topic
from tests.kit.mutation import Hunt, known, mutants

TOPICS = CATALOGUE.names()


@lru_cache(maxsize=1)
def all_mutants(name: str):
    return [m for exercise in topic(name).chapter.parts for m in mutants(name, exercise)]


def survivors(name: str, chosen):
    with Hunt(name) as hunt:
        return [mutant.key for mutant in chosen if not hunt.killed(mutant)]


@pytest.mark.parametrize("name", TOPICS)
def test_a_sample_of_mutants_loses_points(name):
    everything = all_mutants(name)
    chosen = np.random.default_rng(0).choice(len(everything), 8, replace=False)
    assert set(survivors(name, [everything[k] for k in chosen])) <= set(known().get(name, {}))


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", TOPICS)
def test_mutants_lose_points(name):
    """At least 97 % of those not equivalent; at most 5 % are called equivalent."""
    everything, listed = all_mutants(name), known().get(name, {})
    alive = survivors(name, everything)
    assert set(alive) <= set(listed), sorted(set(alive) - set(listed))
    equivalent = [key for key in alive if not listed[key].startswith("survives")]
    assert len(equivalent) <= 0.05 * len(everything)
    real = len(everything) - len(equivalent)
    assert len(everything) - len(alive) >= 0.97 * real


@pytest.mark.parametrize("name", TOPICS)
def test_listed_survivors_are_mutants_that_exist_and_have_a_reason(name):
    keys = {mutant.key for mutant in all_mutants(name)}
    for key, reason in known().get(name, {}).items():
        assert key in keys, key
        assert len(reason) > 20, key
