"""Deriving: deterministic, readable when out of date, and strict about what a chapter may be."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from autograder.authoring.skeleton import write_skeleton
from autograder.build.derive import build as derive
from autograder.build.derive import differences
from autograder.submission.script import split_script
from autograder.topic.catalogue import Catalogue
from autograder.topic.chapter import Chapter, ChapterError, shapes
from tests.kit.forked import autograder

CHAPTER = '''# %% [markdown]
# # Doubling
# Twice is $2x$.

# %%
import numpy as np


# %%
def double(x: np.ndarray, factor: float = 2.0) -> np.ndarray:
    """Double an array.

    Parameters
    ----------
    x : ndarray of shape (N, D)
    factor : float, default 2.0

    Returns
    -------
    ndarray of shape (N, D)
    """
    ### BEGIN SOLUTION
    answer_of_the_author = factor * x
    return answer_of_the_author
    ### END SOLUTION


# %%
def figure():
    return double(np.eye(2))


# %%
if __name__ == "__main__":
    print(figure())
'''
CHECKS = '''from autograder.spec import Exercise

double = Exercise("double", points=2)


@double.check()
def plain(rng):
    """Doubles a matrix."""
    yield rng.normal(size=(3, 4))


@double.check(hidden=True)
def secretly(rng):
    """Doubles a hidden matrix."""
    yield rng.normal(size=(2, 5)), 3.0
'''
BELIEFS = """# Doubling

## double

- **halves** `factor * x` → `x / factor`
  More or less?
"""
REFERENCE = "def double(x, factor=2.0):\n    return x * factor\n"


@pytest.fixture
def course(tmp_path):
    for place, text in (
        ("solutions/doubling/chapter.py", CHAPTER),
        ("solutions/doubling/checks.py", CHECKS),
        ("solutions/doubling/misconceptions.md", BELIEFS),
        ("reference/__init__.py", ""),
        ("reference/doubling.py", REFERENCE),
        ("README.md", "<!-- topics -->\n<!-- /topics -->\n"),
    ):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def build(root: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Build in a process of its own, away from this repository's topics."""
    return autograder("build", "--root", root, *args, cwd=root)


def test_a_topic_of_another_root_is_derived_and_checked(course):
    done = build(course)
    assert done.returncode == 0, done.stderr
    folder = course / "assignments" / "doubling"
    names = {path.name for path in folder.iterdir()}
    assert names == {"doubling.py", "doubling.ipynb", "conftest.py", "public_checks.npz"}
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    text = b"".join(first.values()).decode("utf-8", "replace")
    assert "answer_of_the_author" not in text
    assert "hidden matrix" not in text
    assert "doubling" in (course / "README.md").read_text(encoding="utf-8")
    assert build(course, "--check").returncode == 0

    shutil.rmtree(folder)
    assert build(course).returncode == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first

    stub = folder / "doubling.py"
    stub.write_text(stub.read_text(encoding="utf-8").replace("Twice", "Thrice"), encoding="utf-8")
    (course / "assignments" / "gone").mkdir()
    (course / "assignments" / "gone" / "gone.py").write_text("", encoding="utf-8")
    done = build(course, "--check")
    assert done.returncode == 1
    assert "-# Thrice is $2x$." in done.stdout
    assert "+# Twice is $2x$." in done.stdout
    assert "gone.py: no topic in solutions/ gives this file" in done.stdout

    checks = course / "solutions" / "doubling" / "checks.py"
    checks.write_text(CHECKS.replace("Doubles a matrix", "Makes it twice"), encoding="utf-8")
    done = build(course, "--check")
    assert "Makes it twice" in done.stdout

    beliefs = course / "solutions" / "doubling" / "misconceptions.md"
    beliefs.write_text(BELIEFS.replace("`factor * x`", "`factor x`"), encoding="utf-8")
    done = build(course, "--check")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "doubling/misconceptions.md, line 5: halves: " in " ".join(done.stderr.split())


def test_building_one_topic_renews_its_row_of_the_readme_and_no_other(tmp_path):
    for name in ("rowing", "sailing"):
        write_skeleton(tmp_path, name)
    page, catalogue = tmp_path / "README.md", Catalogue(tmp_path)
    gone, stays, old = "| `gone` Away | 1 |\n", "| `sailing` as it is |\n", "| `rowing` Old | 9 |\n"
    page.write_text(f"# Course\n<!-- topics -->\nhead\n{gone}{stays}{old}<!-- /topics -->\nend\n")
    assert "README.md: the table of topics is out of date" in differences(catalogue, ["rowing"])
    assert page in derive(catalogue, ["rowing"])
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Course\n<!-- topics -->\n| topic | exercises |")
    assert text.endswith(f"{stays}<!-- /topics -->\nend\n")
    assert "| `rowing` Rowing | 1 | 3 | 1 | 2 | 4 | 4 |\n| `sailing` as it is |\n" in text
    assert differences(catalogue, ["rowing"]) == []


def test_the_notebook_runs_as_released(course):
    """An untouched release reaches its end in a kernel and says what is left to do."""
    import nbformat
    from nbclient import NotebookClient

    assert build(course).returncode == 0
    folder = course / "assignments" / "doubling"
    notebook = nbformat.read(folder / "doubling.ipynb", 4)
    environment = {"GRADUS_ROOT": str(course)}
    import os

    before = {key: os.environ.get(key) for key in environment}
    os.environ.update(environment)
    try:
        NotebookClient(
            notebook, timeout=100, resources={"metadata": {"path": str(folder)}}
        ).execute()
    finally:
        for key, value in before.items():
            os.environ.pop(key) if value is None else os.environ.update({key: value})
    said = json.dumps(notebook)
    assert "still to write" in said
    assert '"output_type": "error"' not in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "    ### END SOLUTION\n",
            "    ### END SOLUTION\n    ### BEGIN SOLUTION\n    y = 2\n    ### END SOLUTION\n",
            "one region",
        ),
        ("# %%\ndef figure", "def other():\n    pass\n\n\ndef figure", "one function"),
    ],
)
def test_a_chapter_that_breaks_a_rule_is_named(old, new, said):
    with pytest.raises(ChapterError, match=said):
        _ = Chapter("doubling", CHAPTER.replace(old, new)).parts


def test_a_variant_must_find_its_text_once():
    chapter = Chapter("doubling", CHAPTER)
    with pytest.raises(ChapterError, match="stands 2 times"):
        chapter.variant("double", ["answer_of_the_author"], ["x"])
    with pytest.raises(ChapterError, match="stands 0 times"):
        chapter.variant("double", ["nowhere"], ["x"])
    assert "x / factor" in chapter.variant("double", ["factor * x"], ["x / factor"])


def test_scripts_are_split_as_the_percent_format_says():
    cells = split_script('x = 1\n# %% [markdown]\n# text\n# more\n#%% tags=["reward"]\n\ny = 2\n')
    assert [(c.kind, c.source, c.line, c.tags) for c in cells] == [
        ("code", "x = 1", 1, ()),
        ("markdown", "text\nmore", 3, ()),
        ("code", "y = 2", 7, ("reward",)),
    ]


def test_shapes_are_read_from_the_returns_section():
    docstring = Chapter("doubling", CHAPTER).parts["double"].docstring
    assert shapes(docstring) == ["N, D"]
