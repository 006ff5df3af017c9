"""Choosing among several files of one student and topic: worked code beats a stub, and it is told.

In this order: something is written; the platform's later attempt; more exercises written; the later
of two times that are more than a minute apart; the topic's own name; a name without the mark of a
copy; the notebook.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from autograder.submission.item import Item, LeftOut
from autograder.submission.kinds import code_kind
from autograder.submission.look import Seen
from autograder.submission.names import plain_stem

__all__ = ["Chosen", "apart", "best", "choose"]

APART = 60.0  # seconds between two times that tell which file is the later one


@dataclass(frozen=True)
class Chosen:
    """An item, and what was seen of its file."""

    item: Item
    seen: Seen


def best(several: Sequence[Seen]) -> Seen:
    """Return the file that counts."""
    latest = max(seen.modified for seen in several)

    def rank(seen: Seen) -> tuple[object, ...]:
        stem, kind = seen.path.stem, code_kind(seen.path.name)
        return (
            2 if seen.written else 1 if seen.problem else 0,
            seen.attempt,
            len(seen.written),
            seen.modified > latest - APART,
            stem.casefold() == seen.topic,
            plain_stem(stem) == stem,
            kind == ".ipynb",
            seen.place,
        )

    return max(several, key=rank)


def choose(student: str, topic: str, several: Sequence[Seen]) -> tuple[Chosen, list[LeftOut]]:
    """Return what is graded, and the files that are not, each with the reason."""
    chosen = best(several)
    left = [LeftOut(seen.place, _reason(seen, chosen)) for seen in several if seen is not chosen]
    notes: tuple[str, ...] = ()
    if left:
        others = ", ".join(one.place for one in left)
        notes = (f"{len(several)} files were handed in: {chosen.place} is graded, not {others}",)
    item = Item(student, topic, chosen.path, chosen.problem, notes=notes, fault=chosen.fault)
    return Chosen(item, chosen), left


def _reason(seen: Seen, chosen: Seen) -> str:
    """Say why a file is not the one that counts."""
    if seen.problem:
        return f"{seen.problem}; {chosen.place} is graded"
    if not seen.defined:
        return f"defines no exercise of the topic; {chosen.place} is graded"
    if not seen.written and chosen.written:
        return f"an untouched stub; {chosen.place} is graded"
    if seen.code == chosen.code:
        return f"the same code as {chosen.place}, which is graded"
    if seen.attempt < chosen.attempt and chosen.written:
        return f"an earlier attempt; {chosen.place} is graded"
    return (
        f"{len(seen.written)} exercises are written in it; {chosen.place}, "
        f"with {len(chosen.written)}, is graded"
    )


def apart(given: Sequence[Chosen]) -> tuple[list[Item], list[LeftOut]]:
    """Keep entries of one student and topic apart: both are graded, and it is told.

    Only what is no work of its own (an untouched stub, the same code again) is left out.
    """
    together: dict[tuple[str, str], list[Chosen]] = defaultdict(list)
    for one in given:
        together[one.item.student, one.item.topic].append(one)
    items: list[Item] = []
    left: list[LeftOut] = []
    for (student, topic), several in together.items():
        works = {one.seen.code: one for one in several if one.seen.written}
        if len(several) == 1:
            items.append(several[0].item)
        elif len(works) < 2:
            chosen, others = choose(student, topic, [one.seen for one in several])
            items.append(chosen.item)
            left += others
        else:
            items += [_named_apart(one, len(works)) for one in works.values()]
            kept = [one.seen for one in works.values()]
            rest = [one.seen for one in several if one.seen not in kept]
            left += [LeftOut(seen.place, _reason(seen, _like(seen, kept))) for seen in rest]
    return items, left


def _like(seen: Seen, kept: Sequence[Seen]) -> Seen:
    return next((one for one in kept if one.code == seen.code), kept[0])


def _named_apart(one: Chosen, count: int) -> Item:
    name = f"{one.item.student} ({one.seen.place})"
    note = (
        f"{count} submissions of {one.item.student} are there: each is graded by itself, under its "
        "own name; keep one and grade again"
    )
    return replace(one.item, student=name, notes=(*one.item.notes, note))
