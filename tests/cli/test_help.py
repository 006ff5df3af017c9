"""What a person sees first: the commands, the version, the topics."""

from __future__ import annotations

import re

import pytest
import typer

from autograder.cli.main import PANELS, app
from autograder.topic.units import LAST, in_order, place_of
from autograder.version import __version__
from tests.conftest import CATALOGUE, ROOT
from tests.kit.release import shell

CHAPTERS = CATALOGUE.names()


def test_the_commands_stand_in_the_order_of_people():
    told = shell(ROOT, "--help").stdout
    places = [told.index(f"─ {panel} ─") for panel in PANELS]
    assert places == sorted(places)
    listed = re.findall(r"^│ ([a-z]+) ", told, re.MULTILINE)
    assert listed == [name for names in PANELS.values() for name in names]
    assert set(listed) == set(typer.main.get_command(app).commands)


@pytest.mark.parametrize("asked", [("--version",), ("version",)])
def test_the_version_is_told(asked):
    told = shell(ROOT, *asked)
    assert told.returncode == 0
    assert f"autograder {__version__} " in told.stdout


def test_help_on_one_command_is_that_commands_own():
    assert shell(ROOT, "help", "check").stdout == shell(ROOT, "check", "--help").stdout
    assert "course init" in shell(ROOT, "help", "course", "init").stdout


@pytest.mark.parametrize("columns", ["40", "80"])
def test_the_list_shows_whole_names_by_unit_within_the_width(columns):
    told = shell(ROOT, "list", COLUMNS=columns).stdout
    assert max(map(len, told.splitlines())) <= int(columns)
    names = re.findall(r"^  (\w+) ", told, re.MULTILINE)
    assert [name for name in names if name in CHAPTERS] == list(in_order(CATALOGUE))
    units = re.findall(r"^Unit ([IV]+)", told, re.MULTILINE)
    assert units == sorted(set(units), key=["I", "II", "III", "IV", "V"].index)
    assert told.splitlines()[-1] == f"Begin: autograder start {next(iter(in_order(CATALOGUE)))}"


def test_a_topic_that_says_nothing_stands_last(tmp_path):
    for name, line in (("aaa", ""), ("bbb", "# *Chapter 3 · Unit I: beginnings*\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "public_checks.npz").write_bytes(b"")
        text = f"# %% [markdown]\n# # Title\n#\n{line}"
        (tmp_path / name / f"{name}.py").write_text(text, encoding="utf-8")
    catalogue = type(CATALOGUE)(tmp_path)
    assert list(in_order(catalogue)) == ["bbb", "aaa"]
    assert place_of(catalogue, "aaa") == LAST
    assert place_of(catalogue, "bbb").unit == "Unit I: beginnings"
