"""Figures draw and capstones reach their targets, with the worked solution's functions."""

from __future__ import annotations

import pytest

from tests.conftest import CATALOGUE
from tests.kit.forked import Forked

TOPICS = CATALOGUE.names()

SHORTEN = """
import inspect
from autograder import rewards

def less(asked, by):
    return max(asked // by, 1) if isinstance(asked, int) else asked[: max(len(asked) // by, 1)]

def shorten(name, by, argument=None):
    place = rewards if name == "track" else chapter
    whole = getattr(place, name)

    def part(*args, **kwargs):
        given = inspect.signature(whole).bind(*args, **kwargs)
        given.apply_defaults()
        given.arguments[argument] = less(given.arguments[argument], by)
        return whole(*given.args, **given.kwargs)

    setattr(place, name, part if argument else less(whole, by))
"""
FIGURE = """
import importlib
chapter = importlib.import_module("solutions.{name}.chapter")
{shorten}
for what in {shorter}:
    shorten(*what)
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
import importlib, math
from autograder.desk.rewards import capstone_summary
chapter = importlib.import_module("solutions.{name}.chapter")

{shorten}
for what in {shorter}:
    shorten(*what)
result = chapter.capstone()
print(capstone_summary(result))
assert all(math.isfinite(value) for value in result.values() if isinstance(value, float))
{held}
axes = result["figure"].axes
assert any(axis.lines or axis.images or axis.collections or axis.patches for axis in axes)
result["figure"].canvas.draw()
"""
SHORTER = {
    "activations": [("read_digits", 8, "epochs")],
    "adversarial": [
        *(("train_gan", 25, "steps"), ("train_critic", 25, "steps")),
        *(("train_diffusion", 25, "steps"), ("draw_digits", 25, "steps")),
    ],
    "architectures": [("train", 14, "x")],
    "attention": [("train_on", 20, "updates"), ("RATES", 9)],
    "convolution": [("trained", 6, "epochs"), ("best_rate", 3, "rates")],
    "energy_models": [("unnamed_layers", 6, "epochs"), ("fine_tune", 10, "steps")],
    "initialization": [("train", 6, "epochs")],
    "landscapes": [("STEPS", 20), ("RATES", 2)],
    "lstm": [
        ("UPDATES", 4),
        ("RATES", 2),
        ("learn_prose", 4, "epochs"),
        ("read_prose", 10, "train"),
    ],
    "normalization": [("train", 10, "epochs"), ("RATES", 3)],
    "optimizers": [("race", 12, "epochs"), ("train_sparse", 4, "epochs")],
    "perceptron": [("EPOCHS", 2)],
    "q_learning": [("track", 12, "items")],
    "recurrent": [
        *(("letters_of_prose", 10, "length"), ("words_of_prose", 10, "size")),
        *(("contest", 20, "updates"), ("fit_series", 25, "updates")),
    ],
    "regularization": [("train", 12, "epochs")],
    "spatial_transformer": [("track", 5, "items")],
    "transfer": [("source_net", 20, "steps"), ("trained", 20, "rates")],
    "tuning": [("EPOCHS", 9)],
}
"""Of capstones that take over six seconds: what of the chapter is divided by what.

A constant, or an argument of a function. The whole of these is slow; every run takes the same way
with less training, to what stands in `HELD`.
"""
SHORTER_FIGURES = {
    "adversarial": [("train_gan", 5, "steps"), ("train_diffusion", 15, "steps")],
    "energy_models": [("digit_machine", 20, "updates")],
    "normalization": [("descend", 12, "steps")],
    "transfer": [("source_net", 20, "steps"), ("trained", 20, "rates")],
}
"""Of figures that train for seconds before they draw."""
HELD = {
    "activations": "result['accuracy tanh'] > result['accuracy sigmoid'] + 0.3",
    "adversarial": "result['digits_trained'] < result['digits_untrained'] / 2",
    "architectures": "result['wide: top-2 error'] < 0.75",
    "attention": "result['bits, no positions'] < result['bits, 1-gram']",
    "convolution": "result['test_accuracy'] > 0.5",
    "energy_models": "result['target_reached']",
    "initialization": "result['accuracy_he'] > result['accuracy_n01'] + 0.1",
    "landscapes": "result['accuracy_ensemble'] > 0.8",
    "lstm": "result['lstm_perplexity'] < chapter.SIZE / 2",
    "normalization": "result['gain'] > 0.05 and result['largest change by folding'] < 1e-3",
    "optimizers": "result['momentum_loss'] < result['sgd_loss'] and result['adam_accuracy'] > 0.7",
    "perceptron": "result['target_reached']",
    "q_learning": 'result["greedy policy\'s mean of 10 episodes"] > 60',
    "recurrent": "result['words_rnn'] < 30",
    "regularization": "result['plain'] > 0.6",
    "spatial_transformer": "result['accuracy_with_transformer'] > result['accuracy_plain'] + 0.1",
    "transfer": "result['probe_20'] > 0.35",
    "tuning": "result['test_error'] < result['test_error_of_first_guess'] / 2",
}
"""What a shortened capstone finds all the same, with room to spare."""
forked = Forked(
    "import numpy, matplotlib.pyplot, autograder.desk.rewards",
    options=("-W", "error::DeprecationWarning:solutions"),
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    MPLBACKEND="agg",
)


@pytest.mark.parametrize(
    ("name", "shorter"),
    [pytest.param(n, SHORTER_FIGURES.get(n, []), id=n) for n in TOPICS]
    + [pytest.param(n, [], id=f"{n}-whole", marks=pytest.mark.slow) for n in SHORTER_FIGURES],
)
def test_figure_draws(name, shorter, tmp_path):
    out = tmp_path / "figure.png"
    done = forked(FIGURE.format(name=name, out=out, shorten=SHORTEN, shorter=shorter))
    assert done.returncode == 0, done.stderr
    assert out.stat().st_size > 20_000


BESIDE = """
import importlib
from autograder.desk.rewards import beside_core, on_core
chapter = importlib.import_module("solutions.backprop.chapter")
core = importlib.import_module("reference.backprop")
same = on_core(chapter.capstone, "backprop")
assert same.__globals__["mlp_backward"] is core.mlp_backward
assert chapter.capstone.__globals__["mlp_backward"] is chapter.mlp_backward
assert on_core(chapter.capstone, "cooking") is None
print(beside_core(chapter.capstone, "backprop", 60.0))
"""


def test_capstone_runs_beside_the_core():
    done = forked(BESIDE)
    assert done.returncode == 0, done.stderr
    assert "The same on the fast core" in done.stdout
    assert "the core is" in done.stdout


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in SHORTER else n for n in TOPICS]
)
def test_capstone_reaches_its_target(name):
    done = forked(CAPSTONE.format(name=name, shorten=SHORTEN, shorter=[], held=""))
    assert done.returncode == 0, done.stderr
    assert "Target reached." in done.stdout


@pytest.mark.parametrize("name", SHORTER)
def test_a_long_capstone_takes_its_whole_way_with_less_training(name):
    held = f"assert {HELD[name]}"
    done = forked(CAPSTONE.format(name=name, shorten=SHORTEN, shorter=SHORTER[name], held=held))
    assert done.returncode == 0, done.stderr
    assert "Target " in done.stdout
