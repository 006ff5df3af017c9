"""Looking at one file: of which topic it is, and how much of it was worked on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.submission.cells import SubmissionCell, SubmissionError
from autograder.submission.names import plain_stem, shown, topics_in
from autograder.submission.notebooks import parse_notebook
from autograder.submission.reading import read_submission
from autograder.submission.work import written

__all__ = ["SEARCHED", "Known", "Seen", "look"]

SEARCHED = 1 << 20  # bytes of a file that is opened to tell its topic
Attempt = tuple[int, int]


class Known:
    """The topics there are, and the exercises of each (looked up when asked for).

    Parameters
    ----------
    names : sequence of str
    exercises : callable
        Takes a topic.
    """

    def __init__(self, names: Sequence[str], exercises: Callable[[str], frozenset[str]]) -> None:
        self.names = tuple(names)
        self.exercises = cache(exercises)

    def only(self, names: Sequence[str]) -> Known:
        """Return some of the topics."""
        return Known(names, self.exercises)

    def by_content(self, defined: frozenset[str], among: Sequence[str] = ()) -> str:
        """Return the topic most of whose exercises are defined, or ""."""
        counts = {name: len(defined & self.exercises(name)) for name in among or self.names}
        best = max(counts, key=lambda name: counts[name], default="")
        return best if best and counts[best] else ""


@dataclass(frozen=True)
class Seen:
    """What was seen of one file.

    Attributes
    ----------
    path : Path
    place : str
        Where it is, as it is shown.
    topic : str
        "" where nothing tells.
    named : bool
        Whether its name tells the topic.
    defined, written : frozenset of str
        The topic's exercises that it defines, and those with more in them than the stub.
    problem : str
        Why it cannot be read.
    fault : bool
        Whether that is ours.
    attempt : tuple of int
        The platform's number.
    modified : float
    code : int
        Hash of its code: equal code is equal work.
    """

    path: Path
    place: str
    topic: str = ""
    named: bool = False
    defined: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    problem: str = ""
    fault: bool = False
    attempt: Attempt = (0, 0)
    modified: float = 0.0
    code: int = 0


def look(
    path: Path,
    known: Known,
    title: str,
    root: Path,
    place: str = "",
    attempt: Attempt = (0, 0),
) -> Seen:
    """Look at a file.

    Parameters
    ----------
    path : Path
    known : Known
    title : str
        Its own name, where a platform changed it.
    root : Path
        The folder below which the names of folders may tell the topic.
    place : str
        Where it is, as it is shown.
    attempt : tuple of int
        The platform's number.
    """
    named = list(topics_in(plain_stem(title), known.names))
    by_name = named[0] if len(named) == 1 else _by_folder(path, root, known)
    try:
        status = path.lstat()
        large = status.st_size > SEARCHED
        cells = () if large else read_submission(path, parse=_as_they_stand).cells
    except Exception as error:
        problem = str(error)
        if not isinstance(error, SubmissionError):
            problem = f"{shown(path.name)} cannot be read ({type(error).__name__}): {error}"
        fault = getattr(error, "fault", True)
        return Seen(
            path,
            place or shown(path.name),
            by_name,
            bool(named),
            problem=problem,
            fault=fault,
            attempt=attempt,
        )
    defined = frozenset(name for cell in cells for name in cell.defines())
    topic = known.by_content(defined, named) or known.by_content(defined) or by_name
    sources = [cell.source for cell in cells]
    exercises = known.exercises(topic) if topic else frozenset()
    return Seen(
        path,
        place or shown(path.name),
        topic,
        bool(named) and topic in named,
        defined & exercises,
        written(sources, exercises),
        attempt=attempt,
        modified=status.st_mtime,
        code=hash(tuple(sources)),
    )


def _as_they_stand(text: str, name: str) -> list[SubmissionCell]:
    """Return a notebook's cells with their magics: making Python of them can take long."""
    return parse_notebook(text, name, python=str)


def _by_folder(path: Path, root: Path, known: Known) -> str:
    """Return the topic after which a folder around the file is named, or ""."""
    folders = path.relative_to(root).parts[:-1]
    for folder in reversed(folders):
        found = list(topics_in(folder, known.names))
        if len(found) == 1:
            return found[0]
    return ""
