"""Where topics are looked for: one root, or ours and others beside it."""

import os

import pytest

from autograder.topic.catalogue import Catalogue, CatalogueError
from autograder.topic.roots import RECORD, find_roots
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch):
    monkeypatch.delenv("GRADUS_ROOT", raising=False)


def root(folder, *topics, released=()):
    """Make a root with topics that have solutions, and such that are released."""
    for name in topics:
        (folder / "solutions" / name).mkdir(parents=True)
        (folder / "solutions" / name / "checks.py").touch()
    for name in released:
        (folder / "assignments" / name).mkdir(parents=True)
        (folder / "assignments" / name / RECORD).touch()
    return folder


def test_what_is_given_comes_before_the_environment_and_that_before_what_is_found(
    tmp_path, monkeypatch
):
    ours, theirs = root(tmp_path / "ours", "rain"), root(tmp_path / "theirs", "snow")
    monkeypatch.chdir(tmp_path)
    assert find_roots() == (ROOT,)
    monkeypatch.setenv("GRADUS_ROOT", str(ours))
    assert find_roots() == find_roots([]) == (ours,)
    assert find_roots(theirs) == find_roots(str(theirs)) == find_roots([theirs]) == (theirs,)


def test_the_environment_gives_a_list_and_an_empty_entry_is_what_is_found(tmp_path, monkeypatch):
    own, more = root(tmp_path / "own", "rain"), root(tmp_path / "more", "snow")
    monkeypatch.chdir(tmp_path)
    for told, found in (
        ([own, more], (own, more)),
        (["", own], (ROOT, own)),
        ([own, "", own], (own, ROOT)),
    ):
        monkeypatch.setenv("GRADUS_ROOT", os.pathsep.join(map(str, told)))
        assert find_roots() == found


@pytest.mark.parametrize(
    ("name", "told"),
    [("nowhere", "is not a folder"), ("file", "is not a folder"), ("bare", "no topics")],
)
def test_a_root_that_is_none_is_told_with_where_it_was_said(tmp_path, monkeypatch, name, told):
    (tmp_path / "file").touch()
    (tmp_path / "bare").mkdir()
    with pytest.raises(CatalogueError, match=rf"the root .*{name} .*{told}.*: check --root$"):
        find_roots([ROOT, tmp_path / name])
    monkeypatch.setenv("GRADUS_ROOT", str(tmp_path / name))
    with pytest.raises(CatalogueError, match=rf"{told}.*: check GRADUS_ROOT$"):
        find_roots()


def test_topics_of_all_roots_are_one_catalogue(tmp_path):
    own = root(tmp_path / "own", "snow", "rain", released=["rain"])
    more = root(tmp_path / "more", "hail", released=["hail", "fog"])
    both = Catalogue.find([own, more])
    assert both.names() == ["hail", "rain", "snow"]
    assert both.released() == ["fog", "hail", "rain"]
    assert both.record("hail") == more / "assignments" / "hail" / RECORD
    assert (both.topic("rain").root, both.topic("hail").root) == (own, more)
    with pytest.raises(CatalogueError, match="'fog'; the topics are: hail, rain, snow"):
        both.topic("fog")


@pytest.mark.parametrize("kind", ["solutions", "released"])
def test_a_topic_in_two_roots_is_told_with_both(tmp_path, kind):
    given = {"released": ["rain"]} if kind == "released" else {}
    names = ["rain"] if kind == "solutions" else []
    roots = [root(tmp_path / place, *names, **given) for place in ("own", "more")]
    said = "the topic rain is in two roots, .*own and .*more: rename one or leave a root out"
    with pytest.raises(CatalogueError, match=said):
        Catalogue.find(roots)
    assert Catalogue.find([roots[0], roots[0]]).roots == (roots[0],)
