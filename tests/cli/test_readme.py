"""The commands that README shows exist, with the arguments and options it gives them."""

from __future__ import annotations

import re
import shlex

import pytest
import typer

from autograder.cli.fast import FAST
from autograder.cli.main import app
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^## For (\w+)\n\n```bash\n(.*?)```", README, re.MULTILINE | re.DOTALL)
SHOWN = re.findall(r"^(?:.*&& )?(autograder .*)$|`(autograder [^`]*)`", README, re.MULTILINE)
LINES = sorted({" ".join(shlex.split(a or b, comments=True)) for a, b in SHOWN})


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
