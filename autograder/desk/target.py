"""What is to be checked: found by topic, by path, or by what lies in the folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.judging.remedies import nearest
from autograder.report import terminal
from autograder.submission.cells import SubmissionError
from autograder.submission.choice import best
from autograder.submission.kinds import PLAIN, code_kind
from autograder.submission.look import Known, Seen, look
from autograder.topic.catalogue import RECORD, Catalogue
from autograder.topic.known import known
from autograder.topic.record import RecordedSource, RecordError
from autograder.topic.roots import Roots

__all__ = [
    "SUFFIXES",
    "Target",
    "TargetError",
    "find_target",
    "seen_file",
    "shortened",
    "worked_on",
]

SUFFIXES = (".py", ".ipynb")


class TargetError(Exception):
    """What is to be checked cannot be found; the message is one line and says what to do."""


@dataclass(frozen=True)
class Target:
    """What is to be checked.

    Attributes
    ----------
    topic : str
    path : Path
        The student's file.
    record : Path
        The recorded public checks.
    note : str
        Why this topic, where that needs saying.
    other : Path or None
        The other format beside it.
    """

    topic: str
    path: Path
    record: Path
    note: str = ""
    other: Path | None = None


def find_target(given: str | None, *, root: Roots = None, topic: str | None = None) -> Target:
    """Find the student's file: by topic, by path, or (without a name) in the working directory.

    Raises
    ------
    TargetError, CatalogueError
        With one line that says what to do.
    """
    catalogue = Catalogue.find(root)
    known = catalogue.released()
    if topic is not None and topic not in known:
        raise TargetError(_no_topic(topic, known))
    if given is None:
        return _here(catalogue, known, topic)
    path = Path(given).expanduser()
    if code_kind(path.name):
        return _of_file(path, catalogue, known, topic)
    if given in known:
        return _of_topic(given, catalogue)
    if path.is_dir():
        return _of_folder(path, catalogue, known, topic)
    if path.exists():
        raise TargetError(f"{path.name} is neither a .py nor a .ipynb file")
    raise TargetError(_no_topic(given, known))


def _no_topic(name: str, known: Sequence[str]) -> str:
    like = nearest(name, known)
    meant = f"did you mean {like}? " if like else ""
    listed = ", ".join(known) or "none found (run it in the release's folder, or give --root)"
    return f"there is no topic and no file {shortened(name)}: {meant}The topics are: {listed}"


def shortened(text: str) -> str:
    """Return what a student typed, as it can be told."""
    return terminal.clean(text if len(text) < 60 else text[:57] + "...")


def _here(catalogue: Catalogue, known: Sequence[str], topic: str | None) -> Target:
    """Return the one topic whose file lies in the working directory."""
    if topic is not None:
        return _of_topic(topic, catalogue)
    names = [n for n in known if any(Path(f"{n}{suffix}").is_file() for suffix in SUFFIXES)]
    if len(names) == 1:
        return _of_topic(names[0], catalogue)
    listed = ", ".join(names or known) or "none found (give --root)"
    raise TargetError(f"say which topic or file to check; the topics are: {listed}")


def _of_topic(topic: str, catalogue: Catalogue) -> Target:
    released = catalogue.record(topic).parent
    here = Path.cwd()
    for folder in (here, here / topic, here / "assignments" / topic, released):
        found = worked_on(folder, topic, catalogue)
        if found:
            path, other = found
            if folder == released and released.parent.name == "_assignments":
                raise TargetError(f"{topic} is not started here: {_elsewhere(topic)}")
            return Target(topic, path, _record(topic, path, catalogue), other=other)
    raise TargetError(f"there is no {topic}.py here: {_elsewhere(topic)}")


def _elsewhere(topic: str) -> str:
    """Say where a topic's file is, one folder down, or how to get one."""
    there = sorted(
        file for suffix in SUFFIXES for file in Path().glob(f"*/{topic}{suffix}") if file.is_file()
    )
    if there:
        folder = terminal.quoted(terminal.clean(str(there[0].parent)))
        return f"`autograder check {folder} --topic {topic}` checks the one in {folder}"
    return f"`autograder start {topic}` puts it in this folder"


def worked_on(
    folder: Path, topic: str, catalogue: Catalogue | None = None
) -> tuple[Path, Path | None] | None:
    """Return the file of `topic` in `folder` that was worked on, and the other format."""
    files = [folder / f"{topic}{suffix}" for suffix in SUFFIXES]
    files = [file for file in files if file.is_file()]
    if len(files) < 2:
        return (files[0], None) if files else None
    topics = known(catalogue or Catalogue.find(), released=True)
    if topic not in topics.names:
        topics = Known([topic], lambda name: _exercises(folder))
    seen = [seen_file(file, topics.only([topic])) for file in files]
    chosen = best(seen).path if any(each.written for each in seen) else files[0]
    return chosen, files[1 - files.index(chosen)]


def _exercises(folder: Path) -> frozenset[str]:
    """Return the exercises of the record that lies in a folder."""
    try:
        return frozenset(exercise.name for exercise in RecordedSource(folder / RECORD).exercises)
    except (RecordError, OSError, KeyError, ValueError):
        return frozenset()


def seen_file(file: Path, topics: Known) -> Seen:
    """Look at one file of a student's: of which topic it is, and how much was worked on."""
    return look(file, topics, file.name, file.parent, file.name)


def _of_folder(path: Path, catalogue: Catalogue, names: Sequence[str], topic: str | None) -> Target:
    """Return the file in a folder that grading would take."""
    from autograder.submission.intake import of_student

    own = path.resolve().name
    found = of_student(own, path, known(catalogue, released=True), topic or "")
    items = {item.topic: item for item in found.items}
    name = next((n for n in (topic, own) if n in items), next(iter(items), None))
    if name is None:
        there = ", ".join(left.place for left in found.left_out if left.reason != PLAIN)
        told = f": {there} is not graded" if there else ""
        raise TargetError(
            f"{path} holds no .py or .ipynb file of a topic{told}: `autograder start TOPIC` "
            "makes one"
        )
    if len(items) > 1 and name not in (topic, own):
        listed = ", ".join(item.path.name for item in items.values())
        raise TargetError(f"{path} holds several files, say which one to check: {listed}")
    item = items[name]
    both = worked_on(item.path.parent, name, catalogue) if item.path.stem == name else None
    if both and both[1]:
        return Target(name, both[0], _record(name, both[0], catalogue), other=both[1])
    note = item.notes[0] if item.notes else ""
    return Target(name, item.path, _record(name, item.path, catalogue), note)


def _of_file(path: Path, catalogue: Catalogue, known: Sequence[str], topic: str | None) -> Target:
    if path.is_dir():
        raise TargetError(f"{path.name} is a folder: give the file in it")
    if not path.exists():
        beside = [f.name for f in path.parent.glob("*") if f.suffix in SUFFIXES]
        like = nearest(path.name, beside)
        meant = f"did you mean {like}?" if like else "check the path"
        raise TargetError(f"{terminal.clean(str(path))} does not exist: {meant}")
    path = path.resolve()
    names = [topic] if topic else [path.stem, path.parent.name]
    for name in names:
        if name and (name in known or _beside(path, name)):
            return Target(name, path, _record(name, path, catalogue))
    return _by_content(path, catalogue, known)


def _by_content(path: Path, catalogue: Catalogue, names: Sequence[str]) -> Target:
    """Return the topic that the file's name ends with, or most of whose exercises it defines."""
    seen = seen_file(path, known(catalogue, released=True))
    if seen.problem:
        raise SubmissionError(seen.problem)
    if not seen.topic:
        listed = ", ".join(names) or "none found (give --root)"
        raise TargetError(
            f"{path.name} defines no exercise of any topic; say which one with --topic: {listed}"
        )
    note = "" if seen.named else f"taken as {seen.topic}, by what it defines"
    return Target(seen.topic, path, catalogue.record(seen.topic), note)


def _beside(path: Path, topic: str) -> Path | None:
    """Return the record beside the file, if it is of that topic."""
    record = path.parent / RECORD
    if not record.is_file():
        return None
    try:
        return record if RecordedSource(record).topic == topic else None
    except (RecordError, KeyError, ValueError):
        return None


def _record(topic: str, path: Path, catalogue: Catalogue) -> Path:
    return _beside(path, topic) or catalogue.record(topic)
