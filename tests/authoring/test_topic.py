"""A topic of one's own: written, found fault with, built, released, checked and graded."""

import json
import os
import shutil
import zipfile

import pytest

from autograder.authoring.battery import findings
from autograder.authoring.skeleton import write_skeleton
from autograder.topic.catalogue import Catalogue, CatalogueError
from tests.conftest import ROOT
from tests.kit.forked import autograder as run


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
    assert f"Nothing found. Next: autograder build clouds --root {root}" in checked.stdout
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


OURS = "spatial_transformer"


@pytest.fixture(scope="module")
def beside(tmp_path_factory):
    """Our root and one of a stranger's with the topic `clouds`, as options; `clouds` is built."""
    own = tmp_path_factory.mktemp("beside") / "own"
    write_skeleton(own, "clouds")
    roots = "--root", ROOT, "--root", own
    done = run("build", "clouds", *roots, cwd=own.parent)
    assert done.returncode == 0, done.stderr
    assert (own / "assignments/clouds/public_checks.npz").is_file()
    return own, roots


@pytest.fixture(scope="module")
def ours_untouched():
    """Hold that nothing of ours is written, whatever is done with the topic beside it."""
    folders = [ROOT / name for name in ("assignments", "solutions", "reference")]

    def state():
        kept = (path for folder in folders for path in folder.rglob("*") if path.is_file())
        return {path: path.stat().st_mtime_ns for path in kept if path.suffix != ".pyc"}

    before = state()
    yield
    assert state() == before
    assert not (ROOT / "assignments" / "clouds").exists()


def stub(name: str, root=ROOT) -> str:
    return (root / "assignments" / name / f"{name}.py").read_text(encoding="utf-8")


def solved(root) -> str:
    """Return the stub of `clouds`, written as its chapter writes it."""
    right = "    return x - x.mean(axis=0)"
    return stub("clouds", root).replace('    raise NotImplementedError("centre")', right)


@pytest.mark.usefixtures("ours_untouched")
def test_a_topic_beside_ours_is_listed_checked_and_graded_with_ours(beside, tmp_path):
    own, roots = beside
    listed = json.loads(run("list", "--json", *roots, cwd=tmp_path).stdout)
    names = [row["topic"] for row in listed]
    assert sorted(names) == sorted([*Catalogue(ROOT).released(), "clouds"])
    assert "Nothing found" in run("topic", "check", "clouds", *roots, cwd=tmp_path).stdout
    assert run("start", "clouds", tmp_path / "desk", *roots, cwd=tmp_path).returncode == 0
    place = tmp_path / "desk" / "clouds.py"
    assert run("check", place, *roots, cwd=tmp_path).returncode == 1
    place.write_text(solved(own), encoding="utf-8")
    desk = run("check", place, "--live", "--speed", *roots, cwd=tmp_path)
    assert desk.returncode == 0, desk.stdout + desk.stderr
    assert "centre: yours" in desk.stdout
    handed = tmp_path / "in" / "ada"
    handed.mkdir(parents=True)
    (handed / "clouds.py").write_text(solved(own), encoding="utf-8")
    (handed / f"{OURS}.py").write_text(stub(OURS), encoding="utf-8")
    graded = run("grade", handed.parent, "--out", tmp_path / "out", *roots, cwd=tmp_path)
    assert graded.returncode == 0, graded.stderr
    reports = json.loads((tmp_path / "out/results.json").read_text())["reports"]
    earned = {report["topic"]: report["earned"] / report["points"] for report in reports}
    assert earned == {"clouds": 1, OURS: 0}


@pytest.mark.usefixtures("ours_untouched")
def test_a_course_holds_topics_of_both_and_its_package_too(beside, tmp_path):
    _, roots = beside
    asked = "--topic", "clouds", "--topic", OURS
    made = run("course", "init", "dl", *asked, *roots, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    released = run("course", "release", "dl", "--with-reference", cwd=tmp_path)
    assert released.returncode == 0, released.stderr
    course = tmp_path / "dl"
    (wheel,) = (course / "release").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    for name in ("clouds", OURS):
        assert (course / "release" / name / f"{name}.ipynb").is_file()
        assert f"autograder/_assignments/{name}/public_checks.npz" in packed
        assert f"reference/{name}.py" in packed
    assert not [name for name in packed if name.startswith("solutions")]
    answer = course / "submitted" / "ada" / "clouds"
    answer.mkdir(parents=True)
    text = (course / "release/clouds/clouds.ipynb").read_text(encoding="utf-8")
    right = text.replace("raise NotImplementedError", "return x - x.mean(axis=0)")
    assert right != text
    (answer / "clouds.ipynb").write_text(right, encoding="utf-8")
    graded = run("course", "grade", "dl", "clouds", cwd=tmp_path)
    assert graded.returncode == 0, graded.stderr
    assert "clouds: 1 graded, mean 3 of 5 points" in graded.stdout
    more = run("course", "init", "dl", "--topic", "rain", *roots, cwd=tmp_path)
    assert more.returncode == 2
    assert "there is no topic 'rain'" in more.stderr


def test_a_zip_for_gradescope_has_the_engine_beside_a_topic_of_ones_own(beside, tmp_path):
    _, roots = beside
    made = run("gradescope", "clouds", "--secret", "secret", *roots, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    with zipfile.ZipFile(tmp_path / "clouds-gradescope.zip") as archive:
        packed = set(archive.namelist())
    needed = {"autograder/gradescope.py", "reference/clouds.py", "reference/contracts/__init__.py"}
    assert needed | {"solutions/clouds/checks.py", "solutions/clouds/misconceptions.md"} <= packed
    assert not [name for name in packed if name.startswith("solutions/") and "clouds" not in name]


@pytest.mark.parametrize(
    ("roots", "told"),
    [
        (["own", "twin"], "the topic clouds is in two roots, "),
        (["own", "nowhere"], "the root nowhere is not a folder: check --root"),
        (["own", "bare"], "the root bare holds no topics"),
    ],
)
def test_roots_that_do_not_go_together_are_one_line(beside, tmp_path, roots, told):
    own, _ = beside
    for name in ("own", "twin"):
        shutil.copytree(own, tmp_path / name)
    (tmp_path / "bare").mkdir()
    given = [text for name in roots for text in ("--root", name)]
    for command in (["list"], ["check", "clouds"], ["progress"], ["build", "--check"]):
        done = run(*command, *given, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert done.stderr.startswith(f"autograder: {told}")


def test_a_new_topic_asks_which_of_several_roots_it_is_for(beside, tmp_path):
    _, roots = beside
    done = run("topic", "new", "rain", *roots, cwd=tmp_path)
    assert done.returncode == 2
    assert "say which gets the topic" in done.stderr


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
        (
            *("fault_h", "solutions/{name}/chapter.py"),
            *(
                "    ndarray of shape (N, D)\n        In the",
                "    ndarray of shape (D,)\n        In the",
            ),
            "returned: the docstring says (D), the case has",
        ),
        (
            *("fault_i", "solutions/{name}/chapter.py", "    x : ndarray", "    y : ndarray"),
            "its docstring describes y, its parameters are x",
        ),
    ],
)
def test_each_fault_is_found_and_says_what_to_do(tmp_path, name, file, old, new, told):
    if name == "fault_g":  # the beliefs are edits of the line that changes
        with pytest.raises(Exception, match="stands"):
            list(findings(written(tmp_path, name, file, old, new)))
        return
    parts = findings(written(tmp_path, name, file, old, new), release=False)
    found = [finding for _, listed in parts for finding in listed]
    assert any(told in finding.what for finding in found), found
    assert all(finding.todo for finding in found)


FIGURE = "    ax.scatter(*centre(cloud).T, label="


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "told"),
    [
        (
            *("rain_a", "solutions/{name}/chapter.py", FIGURE, f"    undrawn\n{FIGURE}"),
            "rain_a: figure() raises NameError: name 'undrawn' is not defined in line ",
        ),
        (
            *(
                "rain_b",
                "solutions/{name}/checks.py",
                "(5, 3)",
                "(300, 300)",
            ),
            "the recorded checks take ",
        ),
        (
            *("rain_d", "solutions/{name}/chapter.py"),
            *("import numpy as np\n", "import numpy as np\nimport nowhere\n"),
            "ModuleNotFoundError: No module named 'nowhere'",
        ),
    ],
)
def test_what_cannot_be_built_is_found_and_one_line(tmp_path, name, file, old, new, told):
    written(tmp_path, name, file, old, new)
    checked = run("topic", "check", name, "--root", tmp_path, cwd=tmp_path)
    assert checked.returncode == 1
    assert told in checked.stdout
    built = run("build", name, "--root", tmp_path, cwd=tmp_path)
    assert built.returncode == 2
    assert built.stderr.count("\n") == 1
    assert told in built.stderr
    assert not (tmp_path / "assignments").exists()


def test_a_figure_is_drawn_as_far_as_the_stub_goes(tmp_path):
    """It may let NotImplementedError out; what else it raises says nothing to a student."""
    caught = "    try:\n        centre(cloud)\n    except NotImplementedError:\n        1 / 0\n"
    topic = written(tmp_path, "rain_c", "solutions/{name}/chapter.py", FIGURE, caught + FIGURE)
    parts = findings(topic)
    (found,) = next(listed for title, listed in parts if title == "the figure is drawn")
    assert "with the stub: rain_c: figure() raises ZeroDivisionError" in found.what


@pytest.mark.parametrize("name", ["lstm", "models", "random", "numpy"])
def test_a_name_that_is_taken_is_refused_in_one_line(tmp_path, name):
    done = run("topic", "new", name, "--root", tmp_path / "own", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"autograder: '{name}' cannot be a topic's name: ")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "own").exists()


def test_a_new_topic_is_not_written_into_what_is_installed(tmp_path):
    """Where there are only released topics its author says where it goes."""
    installed = tmp_path / "installed"
    shutil.copytree(ROOT / "assignments" / OURS, installed / OURS)
    env = {**os.environ, "GRADUS_ROOT": str(installed)}
    done = run("topic", "new", "rain", cwd=tmp_path, env=env)
    assert done.returncode == 2
    assert "say where this one goes, --root FOLDER" in done.stderr
    assert sorted(path.name for path in installed.iterdir()) == [OURS]
