"""The house: what stands at the top, and that what people are told to run is what CI runs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

TOP = {
    *("LICENSE", "README.md", "pyproject.toml"),
    *("assignments", "autograder", "reference", "solutions", "tests"),
}
"""The visible entries at the top of the repository, and no others."""

CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def kept() -> list[str]:
    """Return the files that git keeps, by their paths."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout: nothing says which files belong to it")
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_nothing_visible_is_added_at_the_top():
    assert {path.split("/", 1)[0] for path in kept() if path[0] != "."} == TOP


def test_hooks_run_what_ci_runs():
    """Each step before the tests is a hook, in the same words but for its files."""
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    entries = {
        entry.replace(" --force-exclude", "")
        for entry in re.findall(r"^ +entry: (.*)$", hooks, re.MULTILINE)
    }
    steps = re.search(r"^step lint\n(.*?)^step tests\n", CI, re.MULTILINE | re.DOTALL)
    assert steps is not None
    lines = [line for line in steps[1].splitlines() if not line.startswith("step ")]
    assert entries == {line.removesuffix(" .") for line in lines}


def test_the_workflow_runs_ci():
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert re.findall(r"run: (.*)", workflow) == [".ci/run"]


TOLD = sorted(
    path
    for folder in (".github", "autograder", "reference", "solutions", "tests")
    for path in (ROOT / folder).rglob("*.md")
)


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", *TOLD], ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_links_between_texts_lead_somewhere(path: Path):
    text = path.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", text)
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("package", ["autograder", "reference"])
def test_types_are_for_others_too(package):
    assert (ROOT / package / "py.typed").exists()
