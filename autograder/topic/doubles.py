"""Two beliefs at once: an exercise's wrong variants, two by two, where both are edits."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

from autograder.spec import Exercise, Misconception

__all__ = ["FREQUENT", "doubles"]

FREQUENT = 24
"""How many of an exercise's variants are tried two by two, the first declared first."""


@lru_cache(maxsize=256)
def doubles(exercise: Exercise) -> tuple[Misconception, ...]:
    """Return the pairs of an exercise's beliefs, as variants that hold both.

    Whether the edits of a pair go together shows when they are made: in either order, or not.
    """
    edits = [belief for belief in exercise.variants if belief.replace][:FREQUENT]
    return tuple(
        _both(one, other) for one, other in combinations(edits, 2) if one.name != other.name
    )


def _both(one: Misconception, other: Misconception) -> Misconception:
    named = [_sentence(b.convention) for b in (one, other) if b.convention]
    return Misconception(
        name=f"{one.name} + {other.name}",
        hint=f"Two things meet here. {one.hint} And: {other.hint}",
        convention=" ".join(named) or None,
        replace=(*one.replace, *other.replace),
        by=(*one.by, *other.by),
        key=f"{one.key} + {other.key}",
    )


def _sentence(convention: str) -> str:
    return convention if convention.endswith(".") else f"This is {convention}."
