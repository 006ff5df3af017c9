"""Submissions that are more alike than the exercise explains: a list for a person to look at.

copydetect compares the solution cells with names, spaces and comments taken away, so renaming does
not hide a copy. What the stub already held counts for nobody, and neither does what half the class
wrote: short right answers are alike. Nothing here is a verdict, and nothing here takes points.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from autograder.submission.cells import Submission

if TYPE_CHECKING:
    from copydetect import CodeFingerprint

__all__ = ["Pair", "similar", "solution_cells"]

NOISE = 25  # copydetect's own default: matches shorter than this many characters are chance
LITTLE = 120  # with fewer characters of one's own there is nothing to compare
COMPARED = 20_000  # characters of a cell that are compared: no honest answer is as long
COMMON = 6  # from this many submissions on, what half of them wrote is common
Cells = Mapping[str, str]


@dataclass(frozen=True)
class Pair:
    """Two submissions and what they share.

    Attributes
    ----------
    first, second : str
        The students.
    share : float
        The share of the smaller one's own code that stands in the other, 0 to 1.
    size : int
        How many characters that is, names and spaces taken away.
    exercises : tuple of str
        Where they are (nearly) the same.
    """

    first: str
    second: str
    share: float
    size: int
    exercises: tuple[str, ...]


def solution_cells(submission: Submission, exercises: Sequence[str]) -> dict[str, str]:
    """Return the source of the cell that defines each exercise; the last definition counts."""
    wanted, found = set(exercises), {}
    for cell in submission.cells:
        for name in cell.defines():
            if name in wanted:
                found[name] = cell.source
    return {name: found[name] for name in exercises if name in found}


def similar(
    submissions: Mapping[str, Cells], stub: Cells, threshold: float = 0.8, most: int = 50
) -> list[Pair]:
    """Return the pairs of submissions that share at least `threshold` of their own code.

    Parameters
    ----------
    submissions : dict
        By student: the source of each exercise.
    stub : dict
        The source of each exercise as it was given out.
    threshold : float
        From 0 to 1.
    most : int
        At most so many pairs, the most alike first.
    """
    prints = {student: _prints(cells) for student, cells in submissions.items()}
    given = {name: fingerprint.hashes for name, fingerprint in _prints(stub).items()}
    common = _common(list(prints.values()))
    for cells in prints.values():
        for name, fingerprint in cells.items():
            _subtract(fingerprint, given.get(name, set()) | common.get(name, set()))
    own = {student: _all(cells) for student, cells in prints.items()}
    pairs = []
    for first, second in combinations(sorted(prints), 2):
        smaller = min(len(own[first]), len(own[second]))
        if smaller and len(own[first] & own[second]) >= threshold * smaller * 0.9:
            pair = _pair(first, second, prints)
            if pair.share >= threshold:
                pairs.append(pair)
    pairs.sort(key=lambda pair: (-pair.share, -pair.size, pair.first, pair.second))
    return pairs[:most]


def _prints(cells: Cells) -> dict[str, CodeFingerprint]:
    from copydetect import CodeFingerprint

    return {
        name: CodeFingerprint(
            "cell.py", NOISE, 1, language="python", fp=io.StringIO(source[:COMPARED])
        )
        for name, source in cells.items()
    }


def _common(prints: Sequence[Mapping[str, CodeFingerprint]]) -> dict[str, set[int]]:
    """Return by exercise what half of the class or more wrote."""
    if len(prints) < COMMON:
        return {}
    counts: dict[str, Counter[int]] = {}
    for cells in prints:
        for name, fingerprint in cells.items():
            counts.setdefault(name, Counter()).update(fingerprint.hashes)
    half = len(prints) / 2
    return {
        name: {found for found, count in counter.items() if count >= half}
        for name, counter in counts.items()
    }


def _subtract(fingerprint: CodeFingerprint, known: set[int]) -> None:
    """Take known fragments out, and out of the coverage.

    copydetect's own `boilerplate` loses fragments that occur twice in a file.
    """
    from copydetect.utils import get_token_coverage

    fingerprint.hashes = fingerprint.hashes - known
    fingerprint.hash_idx = {h: at for h, at in fingerprint.hash_idx.items() if h not in known}
    length = len(fingerprint.filtered_code)
    fingerprint.token_coverage = int(
        get_token_coverage(fingerprint.hash_idx, fingerprint.k, length)
    )


def _all(cells: Mapping[str, CodeFingerprint]) -> set[tuple[str, int]]:
    return {(name, found) for name, fingerprint in cells.items() for found in fingerprint.hashes}


def _pair(first: str, second: str, prints: Mapping[str, Mapping[str, CodeFingerprint]]) -> Pair:
    sizes = [sum(p.token_coverage for p in prints[student].values()) for student in (first, second)]
    shared = [0, 0]
    alike = []
    for name, overlaps, coverage in _overlaps(prints[first], prints[second]):
        shared = [total + overlap for total, overlap in zip(shared, overlaps)]
        if coverage and min(overlaps) >= 0.9 * coverage:
            alike.append(name)
    smaller = sizes.index(min(sizes))
    share = shared[smaller] / sizes[smaller] if sizes[smaller] >= LITTLE else 0.0
    return Pair(first, second, min(share, 1.0), shared[smaller], tuple(alike))


def _overlaps(
    mine: Mapping[str, CodeFingerprint], theirs: Mapping[str, CodeFingerprint]
) -> Iterator[tuple[str, tuple[int, int], int]]:
    """Yield by exercise how much of each is in the other, and how much there is."""
    from copydetect import compare_files

    for name in mine:
        if name not in theirs:
            continue
        _, shares, _ = compare_files(mine[name], theirs[name])
        sizes = (mine[name].token_coverage, theirs[name].token_coverage)
        overlaps = tuple(round(share * size) for share, size in zip(shares, sizes))
        yield name, (overlaps[0], overlaps[1]), max(sizes)
