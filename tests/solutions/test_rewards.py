"""Figures draw and capstones reach their targets, with the worked solution's functions."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import CATALOGUE, ROOT

TOPICS = CATALOGUE.names()

FIGURE = """
import importlib, matplotlib
matplotlib.use("Agg")
chapter = importlib.import_module("solutions.{name}.chapter")
figure = chapter.figure()
drawn = lambda axis: axis.lines or axis.images or axis.collections or axis.patches
axes = [axis for axis in figure.axes if drawn(axis)]
assert len(axes) >= 2, "one picture says little"
titles = [axis.get_title(loc) for axis in axes for loc in ("left", "center", "right")]
titles += [part.get_suptitle() for part in (figure, *figure.subfigs)]
assert any(titles), "a figure has titles"
assert sum(bool(axis.get_xlabel()) for axis in axes) >= 1, "axes have names"
figure.savefig("{out}")
"""

CAPSTONE = """
import importlib, inspect
import matplotlib
matplotlib.use("Agg")
from autograder.desk.rewards import capstone_summary
chapter = importlib.import_module("solutions.{name}.chapter")

def shorten(function, argument, by):
    whole = getattr(chapter, function)

    def part(*args, **kwargs):
        given = inspect.signature(whole).bind(*args, **kwargs)
        given.apply_defaults()
        asked = given.arguments[argument]
        short = max(asked // by, 10) if isinstance(asked, int) else asked[: len(asked) // by]
        given.arguments[argument] = short
        return whole(*given.args, **given.kwargs)

    setattr(chapter, function, part)

for what in {shorter}:
    shorten(*what)
result = chapter.capstone()
print(capstone_summary(result))
"""
SHORTER = {
    "adversarial": [
        *(("train_gan", "steps", 25), ("train_critic", "steps", 25)),
        *(("train_diffusion", "steps", 25), ("draw_digits", "steps", 25)),
    ],
    "architectures": [("train", "x", 14)],
    "attention": [("train_on", "updates", 20)],
    "energy_models": [("unnamed_layers", "epochs", 3), ("fine_tune", "steps", 10)],
    "recurrent": [
        *(("letters_of_prose", "length", 10), ("words_of_prose", "size", 10)),
        *(("contest", "updates", 20), ("fit_series", "updates", 25)),
    ],
}
"""Of capstones that take over half a minute: which argument of which function is divided by what.

The whole of these is slow; every run takes the same way with less training, to no target."""


def run(code: str) -> subprocess.CompletedProcess[str]:
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:solutions", "-c", code],
        cwd=ROOT,
        env=os.environ | threads,
        capture_output=True,
        text=True,
        timeout=500,
    )


@pytest.mark.parametrize("name", TOPICS)
def test_figure_draws(name, tmp_path):
    out = tmp_path / "figure.png"
    done = run(FIGURE.format(name=name, out=out))
    assert done.returncode == 0, done.stderr
    assert out.stat().st_size > 20_000


BESIDE = """
import importlib
from autograder.desk.rewards import beside_core, on_core
chapter = importlib.import_module("solutions.convolution.chapter")
core = importlib.import_module("reference.convolution")
same = on_core(chapter.capstone, "convolution")
assert same.__globals__["conv2d_forward"] is core.conv2d_forward
assert chapter.capstone.__globals__["conv2d_forward"] is chapter.conv2d_forward
assert on_core(chapter.capstone, "cooking") is None
print(beside_core(chapter.capstone, "convolution", 60.0))
"""


def test_capstone_runs_beside_the_core():
    done = run(BESIDE)
    assert done.returncode == 0, done.stderr
    assert "The same on the fast core" in done.stdout
    assert "the core is" in done.stdout


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in SHORTER else n for n in TOPICS]
)
def test_capstone_reaches_its_target(name):
    done = run(CAPSTONE.format(name=name, shorter=[]))
    assert done.returncode == 0, done.stderr
    assert "Target reached." in done.stdout


@pytest.mark.parametrize("name", SHORTER)
def test_a_long_capstone_takes_its_whole_way_with_less_training(name):
    done = run(CAPSTONE.format(name=name, shorter=SHORTER[name]))
    assert done.returncode == 0, done.stderr
    assert "Target " in done.stdout
