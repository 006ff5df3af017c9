"""A kept verdict is current only while all it depends on is: rooms are hashed whole."""

import ast
import shutil
from pathlib import Path

import pytest

from autograder.grading.run import grade_all
from autograder.submission.item import Item
from autograder.topic import fingerprint
from autograder.topic.catalogue import Catalogue
from tests.conftest import CATALOGUE, ROOT
from tests.kit.courses import judge_here

TOPIC = "tuning"


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """A copy of the engine that is hashed in place of the one that runs."""
    made = tmp_path / "engine"
    leave = shutil.ignore_patterns("__pycache__", "_assignments")
    shutil.copytree(ROOT / "autograder", made, ignore=leave)
    monkeypatch.setattr(fingerprint, "ENGINE", made)
    return made


@pytest.fixture
def shared(monkeypatch):
    """Leave away what is read of each exercise: what all of them share is what changes here."""
    names = ["one", "other"]
    alike = lambda topic, shared: dict.fromkeys(names, shared)
    monkeypatch.setattr(fingerprint, "exercise_prints", alike)


@pytest.mark.parametrize("room", fingerprint.ROOMS)
@pytest.mark.usefixtures("shared")
def test_any_file_of_a_room_changes_all_prints(room, engine):
    topic = CATALOGUE.topic(TOPIC)
    before = fingerprint.fingerprints(topic)
    files = sorted((engine / room).glob("*.py"))
    assert files
    for file in files:
        was = file.read_bytes()
        file.write_bytes(was + b"\n# changed\n")
        after = fingerprint.fingerprints(topic)
        assert not before.items() & after.items(), file.name
        file.write_bytes(was)
    assert fingerprint.fingerprints(topic) == before


def test_every_room_that_judging_imports_is_hashed():
    """What `judging` may import stands below it: of these rooms none may be left out."""
    below = {"values", "submission", "report", "sandbox", "topic", "judging"}
    assert below <= set(fingerprint.ROOMS)
    folders = {
        path.parent.relative_to(ROOT / "autograder").as_posix()
        for room in below
        for path in (ROOT / "autograder" / room).rglob("*.py")
    }
    assert folders <= set(fingerprint.ROOMS)


@pytest.mark.usefixtures("shared")
def test_the_reference_is_hashed_whole_but_for_its_bench(tmp_path):
    root = tmp_path / "root"
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "reference", root / "reference", ignore=leave)
    shutil.copytree(ROOT / "solutions" / TOPIC, root / "solutions" / TOPIC, ignore=leave)
    topic = CATALOGUE.topic(TOPIC)
    parts = {"chapter": topic.chapter, "whole": topic.whole}
    moved = type("Topic", (), {"root": root, "folder": topic.folder, **parts})
    before = fingerprint.fingerprints(moved)
    for file in sorted((root / "reference").rglob("*.py")):
        was = file.read_bytes()
        file.write_bytes(was + b"\n# changed\n")
        timing = file.relative_to(root / "reference").parts[0] == "bench"
        assert (fingerprint.fingerprints(moved) == before) == timing, file.name
        file.write_bytes(was)


def test_an_edited_engine_grades_again_and_an_unchanged_one_does_not(engine, tmp_path, monkeypatch):
    judge_here(monkeypatch)
    path = tmp_path / "ada.py"
    path.write_bytes((ROOT / "solutions" / TOPIC / "chapter.py").read_bytes())
    items = [Item("ada", TOPIC, path)]

    def grade():
        grade_all(items, Catalogue(ROOT), b"s" * 32, tmp_path / "store", resume=True)
        (kept,) = Path(tmp_path / "store").rglob("*.json")
        return kept.stat().st_mtime_ns

    last = grade()
    for room in fingerprint.ROOMS:
        assert grade() == last, room
        file = sorted((engine / room).glob("*.py"))[-1]
        file.write_bytes(file.read_bytes() + b"\n# changed\n")
        last, before = grade(), last
        assert last > before, room


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_an_edit_of_one_exercise_leaves_others_as_they_were(name):
    """All needs are read from the text: where one could not be, all would be graded again."""
    topic = CATALOGUE.topic(name)
    prints = fingerprint.fingerprints(topic)
    assert prints.keys() == {exercise.name for exercise in topic.exercises}
    assert len(set(prints.values())) == len(prints)


@pytest.mark.parametrize("needs", ["(*('a',),)", "BOTH", "[name for name in BOTH]", "5", "{[]: 1}"])
def test_needs_that_cannot_be_read_make_all_exercises_depend_on_all(needs):
    node = ast.parse(f"one = Exercise('one', points=2, needs={needs})").body[0]
    assert fingerprint._declared(node, ["one"]) is None
