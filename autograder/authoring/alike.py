"""Which beliefs a check cannot tell apart, and whether two students meet the same verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.spec import Check, Exercise, Misconception
from autograder.topic.catalogue import AuthoredTopic
from autograder.topic.live import LiveSource
from autograder.topic.seeds import seeder
from autograder.topic.trials import Source, Trial
from autograder.values.compare import equal

__all__ = ["Asked", "all_trials", "failed_by", "inseparable", "listed_alike", "taken_for_one"]


@dataclass(frozen=True)
class Asked:
    """A check with its trials."""

    check: Check
    trials: list[Trial]


def listed_alike(topic: AuthoredTopic) -> Iterator[str]:
    """Yield a line for each check that takes beliefs for one another, and for pairs none parts."""
    source = LiveSource(topic, seeder(b"alike", topic.name))
    for exercise in topic.exercises:
        asked = all_trials(source, exercise)
        for some in asked:
            for group in taken_for_one(exercise, some):
                yield f"{exercise.name}/{some.check.name}: {', '.join(group)}"
        for public, which in ((False, "no check"), (True, "no public check")):
            for one, other in inseparable(exercise, asked, public=public):
                yield f"{exercise.name}: {which} tells {one} from {other}"


def all_trials(source: Source, exercise: Exercise, *, public: bool = False) -> list[Asked]:
    """Draw the trials of all checks of an exercise, or of its public ones."""
    checks = [check for check in exercise if not (public and check.hidden)]
    return [Asked(check, source.trials(exercise, check)) for check in checks]


def taken_for_one(exercise: Exercise, seen: Asked) -> list[list[str]]:
    """Return the groups of beliefs that one check notices and cannot tell apart."""
    groups: list[list[Misconception]] = []
    for belief in exercise.variants:
        if not any(belief.key in trial.variants() for trial in seen.trials):
            continue
        home = next((some for some in groups if _same([seen], some[0], belief)), None)
        if home is None:
            groups.append([belief])
        elif all(other.name != belief.name for other in home):
            home.append(belief)
    return [[belief.name for belief in some] for some in groups if len(some) > 1]


def inseparable(
    exercise: Exercise, seen: Sequence[Asked], *, public: bool
) -> Iterator[tuple[str, str]]:
    """Yield the pairs of beliefs that no check (no public one) tells apart, the later one first."""
    looked = [some for some in seen if not (public and some.check.hidden)]
    beliefs = exercise.variants
    for position, one in enumerate(beliefs):
        for other in beliefs[:position]:
            if other.name != one.name and _same(looked, one, other):
                yield one.key, other.key


def _same(seen: Sequence[Asked], one: Misconception, other: Misconception) -> bool:
    """Whether two variants give the same on all trials."""
    for some in seen:
        for trial in some.trials:
            values = trial.variants()
            left = values.get(one.key, trial.expected)
            right = values.get(other.key, trial.expected)
            if not equal(left, right, trial.tol):
                return False
    return True


def failed_by(belief: Misconception, seen: Sequence[Asked]) -> frozenset[str]:
    """Return the names of the checks that a belief fails."""
    return frozenset(
        some.check.name
        for some in seen
        if any(belief.key in trial.variants() for trial in some.trials)
    )
