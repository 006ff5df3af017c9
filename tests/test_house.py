"""The house: what stands at the top, and that what people are told to run is what CI runs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.version import __version__
from tests.conftest import ROOT, group_of

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


def test_the_citation_is_of_this_version():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^ +version += \{(.*)\},$", text, re.MULTILINE) == [__version__]


ENGINE = ROOT / "autograder"
MAP = (ENGINE / "README.md").read_text(encoding="utf-8")


def test_the_map_has_every_room_and_every_file():
    """Each room has its heading, and its table names the files that stand there, and no other."""
    parts = re.split(r"^### (.*)\n", MAP, flags=re.MULTILINE)[1:]
    told = dict(zip(parts[::2], parts[1::2], strict=True))
    rooms = {title.strip("`/"): text for title, text in told.items() if title.startswith("`")}
    top = next(text for title, text in told.items() if not title.startswith("`"))
    there = {
        path.parent.relative_to(ENGINE).as_posix()
        for path in ENGINE.rglob("__init__.py")
        if path.parent != ENGINE and "_assignments" not in path.parts
    }
    assert set(rooms) == there
    for room, text in {".": top, **rooms}.items():
        named = re.findall(r"^\| `(\S+\.py)` \|", text, re.MULTILINE)
        files = [path.name for path in (ENGINE / room).glob("*.py") if path.name != "__init__.py"]
        assert sorted(named) == sorted(files), f"{room}: the map is not what is there"


def test_the_picture_on_the_map_is_the_contract():
    """What stands on the map's picture is what `lint-imports` holds."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = settings["tool"]["importlinter"]["contracts"][0]
    held = {name for layer in contract["layers"] for name in layer.split(" | ")}
    picture = MAP.split("```text\n")[1].split("```")[0]
    shown = {name for line in picture.splitlines() for name in line[:69].split()}
    assert shown == held


def test_only_the_doctor_asks_the_reference():
    """A release has neither: what needs them is told where they are (`topic.catalogue`)."""
    found = {
        path.relative_to(ENGINE).as_posix()
        for path in ENGINE.rglob("*.py")
        if "_assignments" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or "", *(each.name for each in node.names)]
        if name.split(".")[0] in ("solutions", "reference")
    }
    assert found == {"cli/doctor.py"}


def missing(name: str) -> bool:
    """Whether a dotted name of the engine is no module, and nothing a module defines."""
    place, parts = ENGINE, name.split(".")
    while parts and (place / parts[0]).is_dir():
        place /= parts.pop(0)
    if not parts:
        return False
    module = place / f"{parts.pop(0)}.py"
    if not module.exists():
        return True
    text = module.read_text(encoding="utf-8")
    return not all(re.search(rf"^ *(?:def|class) {part}\b", text, re.MULTILINE) for part in parts)


def test_what_the_walks_name_exists():
    walks = MAP.split("## Three walks")[1].split("## The rooms")[0]
    rooms = "|".join(path.parent.name for path in ENGINE.glob("*/__init__.py"))
    named = set(re.findall(rf"`((?:{rooms})(?:\.\w+)+)", walks)) - {"course.toml"}
    assert len(named) > 20
    assert [name for name in sorted(named) if missing(name)] == []
    assert missing("judging.grader.Grader.no_such_method")
    assert missing("judging.no_such_file")


TWICE = {"main": "what a command or a script starts: named so everywhere"}
"""Names that more than one module of the engine may define, with the reason."""


def defined(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Yield the public names that a module defines itself, and whether each is a function."""
    for part in tree.body:
        if isinstance(part, ast.FunctionDef | ast.ClassDef):
            names = [part.name]
        elif isinstance(part, ast.Assign | ast.AnnAssign):
            targets = part.targets if isinstance(part, ast.Assign) else [part.target]
            names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
        else:
            continue
        yield from ((n, isinstance(part, ast.FunctionDef)) for n in names if n[0] != "_")


def test_no_public_name_means_two_things():
    """A class, function, type or constant is defined once; a command is named as it is typed."""
    where = defaultdict(list)
    for path in sorted(ENGINE.rglob("*.py")):
        if "_assignments" in path.parts:
            continue
        command = path.parent.name == "cli"
        for name, function in defined(ast.parse(path.read_text(encoding="utf-8"))):
            if name not in TWICE and not (command and function):
                where[name].append(path.relative_to(ENGINE).as_posix())
    assert len(where) > 500
    assert {name: places for name, places in where.items() if len(places) > 1} == {}


def test_the_tests_of_a_file_share_a_worker(tmp_path):
    """What a file sets up for its tests is set up once, not once for each worker."""
    apart = f"--basetemp={tmp_path / 'base'}"  # pytest closes the usual folder to other users
    files = ["tests/values/test_sketch.py", "tests/values/test_nested.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-n", "2", "-p", "no:cacheprovider", apart, *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    ran = re.findall(r"^\[(gw\d)\].* PASSED (\S+)::", done.stdout, re.MULTILINE)
    assert len(ran) > 40, done.stdout[-2000:]
    assert len({path for _, path in ran}) == len(set(ran)) == len(files)


def test_a_topic_shares_a_worker_over_files():
    assert group_of("tests/solutions/test_words.py::test_a[lstm-2]") == "about lstm"
    assert group_of("tests/topic/test_topic.py::test_a[lstm-2]") == "test_topic"
    alone = "tests/solutions/test_rewards.py::test_b[lstm]"
    assert group_of(alone) == alone
