"""The commands that README and the pages for contributors show exist, as they are shown."""

from __future__ import annotations

import importlib.util
import re
import shlex

import pytest
import typer

from autograder.cli.fast import FAST
from autograder.cli.main import app
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^## For (\w+)\n\n```bash\n(.*?)```", README, re.MULTILINE | re.DOTALL)
PAGES = "README.md", ".github/CONTRIBUTING.md", "tests/README.md", "solutions/README.md"
TEXTS = [(ROOT / page).read_text(encoding="utf-8") for page in (*PAGES, "reference/README.md")]


def shown(command: str) -> list[str]:
    """Return the lines of a command that the pages show, in blocks and between backticks."""
    pattern = re.compile(rf"^(?:.*&& )?({command} .*)$|`({command} [^`]*)`", re.MULTILINE)
    found = [line for text in TEXTS for line in pattern.findall(text)]
    return sorted({" ".join(shlex.split(a or b, comments=True)) for a, b in found})


LINES = shown("autograder")


@pytest.mark.parametrize("audience", ["students", "instructors", "institutions"])
def test_each_audience_has_a_first_result_in_five_commands(audience):
    lines = dict(BLOCKS)[audience].strip().splitlines()
    assert 1 <= len(lines) <= 5


@pytest.mark.parametrize("line", LINES)
def test_a_shown_command_is_understood(line):
    group, args = typer.main.get_command(app), shlex.split(line)[1:]
    assert args[0] in group.commands
    if args[0] in FAST:
        return
    while hasattr(group, "commands") and args:
        group, args = group.commands[args[0]], args[1:]
    if hasattr(group, "commands"):  # a group named in a sentence
        return
    if not args and any(p.required for p in group.params):  # a command named in a sentence
        return
    with group.make_context(line, args):
        pass


@pytest.mark.parametrize("line", shown("pytest"))
def test_a_shown_test_is_there(line):
    words = line.split()[1:]
    places = [word.split("::")[0] for word in words if "/" in word and "TOPIC" not in word]
    homes = ROOT, ROOT / "assignments"  # a student is in the folder of a release
    assert [p for p in places if not any((home / p).exists() for home in homes)] == []


@pytest.mark.parametrize("line", shown("python -m"))
def test_a_shown_module_can_be_run(line):
    module = line.split()[2]
    assert importlib.util.find_spec(module) is not None
