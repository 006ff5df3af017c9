"""A topic of one's own: written, found fault with, built, released, checked and graded."""

import json
import subprocess
import sys

import pytest

from autograder.authoring.battery import findings
from autograder.authoring.skeleton import write_skeleton
from autograder.topic.catalogue import Catalogue, CatalogueError
from tests.conftest import ROOT


def run(*arguments, cwd):
    command = [sys.executable, "-m", "autograder", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False)


def written(tmp_path, name, file, old, new):
    """Write a skeleton with one text replaced; return its topic."""
    write_skeleton(tmp_path, name)
    place = tmp_path / file.format(name=name)
    text = place.read_text(encoding="utf-8")
    assert old in text
    place.write_text(text.replace(old, new), encoding="utf-8")
    return Catalogue(tmp_path).topic(name)


def test_a_skeleton_passes_builds_checks_and_grades_beside_ours(tmp_path):
    """All as its author would do it, in a folder outside the checkout; ours stays as it is."""
    ours = {path: path.stat().st_mtime_ns for path in (ROOT / "assignments").rglob("*")}
    root = tmp_path / "own"
    root.mkdir()
    made = run("topic", "new", "clouds", "--root", root, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    checked = run("topic", "check", "clouds", "--root", root, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout
    assert "Nothing found" in checked.stdout
    built = run("build", "--root", root, cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    stub = (root / "assignments/clouds/clouds.py").read_text(encoding="utf-8")
    assert "raise NotImplementedError" in stub
    assert "x.mean" not in stub
    body = "    return x - x.mean(axis=1, keepdims=True)"
    wrong = stub.replace('    raise NotImplementedError("centre")', body)
    (tmp_path / "in").mkdir()
    mine = tmp_path / "in" / "ada_clouds.py"
    mine.write_text(wrong, encoding="utf-8")
    desk = run("check", mine, "--topic", "clouds", "--root", root, "--json", cwd=tmp_path)
    assert desk.returncode == 1, desk.stderr
    assert "mean-of-rows" in desk.stdout
    graded = run("grade", mine.parent, "--out", tmp_path / "out", "--root", root, cwd=tmp_path)
    assert graded.returncode == 0, graded.stderr
    (report,) = json.loads((tmp_path / "out/results.json").read_text())["reports"]
    assert (report["topic"], report["student"]) == ("clouds", "ada")
    assert report["earned"] == 0  # none of the checks holds for means of rows
    assert {path: path.stat().st_mtime_ns for path in (ROOT / "assignments").rglob("*")} == ours


@pytest.mark.parametrize("name", ["my-topic", "Clouds", "class", "1st", "../up", ""])
def test_a_name_that_no_module_can_have_is_refused(tmp_path, name):
    with pytest.raises(CatalogueError, match="cannot be a topic's name"):
        write_skeleton(tmp_path, name)
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_over(tmp_path):
    write_skeleton(tmp_path, "rain")
    with pytest.raises(CatalogueError, match="is there already: nothing was written"):
        write_skeleton(tmp_path, "rain")


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "told"),
    [
        ("fault_a", "reference/{name}.py", "(x - mean)", "(x + mean)", "solution and reference"),
        ("fault_b", "reference/{name}.py", "def centre(x:", "def centre(y:", "signature"),
        ("fault_c", "solutions/{name}/checks.py", "hidden=True", "", "0 of them hidden"),
        ("fault_d", "solutions/{name}/checks.py", "becomes zeros.", "becomes zeros", "sentence"),
        (
            *("fault_e", "solutions/{name}/misconceptions.md"),
            *("`x - x.mean(axis=0)` → `x + x.mean(axis=0)`", "`x - ` → `x - 0 * x - `"),
            "no public check notices it",
        ),
        (
            *("fault_f", "solutions/{name}/misconceptions.md"),
            *("`x.mean(axis=0)` → `x.mean()`", "`x - ` → `x + `"),
            "no check tells it from",
        ),
        (
            *("fault_g", "solutions/{name}/chapter.py"),
            *("    return x - x.mean(axis=0)", "    x -= x.mean(axis=0)\n    return x"),
            "an argument is changed",
        ),
    ],
)
def test_each_fault_is_found_and_says_what_to_do(tmp_path, name, file, old, new, told):
    if name == "fault_g":  # the beliefs are edits of the line that changes
        with pytest.raises(Exception, match="stands"):
            list(findings(written(tmp_path, name, file, old, new)))
        return
    parts = findings(written(tmp_path, name, file, old, new))
    found = [finding for _, listed in parts for finding in listed]
    assert any(told in finding.what for finding in found), found
    assert all(finding.todo for finding in found)
