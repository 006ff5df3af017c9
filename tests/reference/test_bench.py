"""The bench compares before it measures, finds every contender, and says what it lacks."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
import threading
import time
from functools import partial

import numpy as np
import pytest

from reference import backprop, convolution
from reference.bench.__main__ import _summary, main
from reference.bench.data import plain, torch
from reference.bench.limits import Limits
from reference.bench.measure import PATIENCE, Row, _quiet, _without_gradients, measure
from reference.bench.rows import ROWS
from tests.conftest import ROOT

X = np.linspace(-1, 1, 24, dtype=np.float32).reshape(4, 6)


def bench(*options, env=None):
    return subprocess.run(
        [sys.executable, "-m", "reference.bench", "--rounds", "3", "--sizes", "small", *options],
        cwd=ROOT,
        env=env or dict(os.environ),
        capture_output=True,
        text=True,
        timeout=600,
    )


def test_it_writes_json_for_each_number_of_threads():
    counts = sorted({1, min(2, os.cpu_count() or 1)})
    done = bench("--only", "gemm gemm 64", "--json", "--threads", ",".join(map(str, counts)))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [row["threads"] for row in told["rows"]] == counts
    assert [limits["threads"] for limits in told["limits"]] == counts
    for row in told["rows"]:
        assert (row["name"], row["size"]) == ("gemm", "64^3")
        assert 0 < row["low"] <= row["ratio"] <= row["high"]
        assert row["numpy"] > 0
        assert 0 < row["roofline"] < 2
    assert all(limits["gflops"] > 0 for limits in told["limits"])


def test_without_pytorch_it_compares_with_numpy_and_says_so(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        "hidden = lambda name, *rest: None if name == 'torch' else find(name, *rest)\n"
        "importlib.util.find_spec = hidden\n"
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "PYTHONPATH": path}
    done = bench("--only", "cross_entropy cross-entropy 32x10", env=env)
    assert done.returncode == 0, done.stderr
    assert "PyTorch is not installed: ratios are to NumPy" in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("cross-entropy")]
    assert line.endswith("numpy")
    missing = bench("--torch-compile", env=env)
    assert missing.returncode == 2
    assert "--torch-compile needs PyTorch" in missing.stderr


def test_more_threads_than_processors_are_refused():
    done = bench("--threads", f"1,{(os.cpu_count() or 1) + 1}")
    assert done.returncode == 2
    assert "this machine has" in done.stderr


def test_contenders_that_disagree_are_not_timed():
    row = Row("sum", "24", X.sum, {"numpy": lambda: X.sum() + 0.1})
    with pytest.raises(AssertionError, match="sum 24: numpy differs by"):
        measure(row, 3, 1, random.Random(0))


def test_a_sum_before_a_relu_may_round_to_the_other_side_of_zero():
    many = np.zeros(200_000)
    for wrong, fails in ((2, False), (3, True)):
        theirs = many.copy()
        theirs[:wrong] = 1.0
        row = Row("relu", "200000", lambda: many, {"torch": partial(np.copy, theirs)}, rtol=1e-3)
        told = pytest.raises(AssertionError, match="relu 200000: torch differs")
        with told if fails else contextlib.nullcontext():
            measure(row, 3, 1, random.Random(0))


def test_a_line_that_fails_is_told_and_costs_no_other(monkeypatch, capsys):
    def lines(large):
        yield Row("bad", "1", lambda: 1 / 0, {"numpy": X.sum}, rtol=0)
        yield Row("good", "1", X.sum, {"numpy": X.sum})

    limits = Limits(1, 100.0, 100.0, {1 << 20: 10.0})
    monkeypatch.setattr("reference.bench.limits.limits", lambda threads: limits)
    monkeypatch.setattr("reference.bench.rows.ROWS", [lines])
    monkeypatch.setenv("GRADUS_BENCH", "1")
    assert main(["--sizes", "small", "--rounds", "3"]) == 1
    said = capsys.readouterr()
    assert said.err == "bad 1: division by zero\n"
    assert "\ngood " in said.out and "\nbad " not in said.out


@pytest.mark.slow
@pytest.mark.parametrize("group", ROWS, ids=lambda group: group.__name__)
def test_every_line_of_the_small_sizes_can_be_called(group):
    for row in group(False):
        row.ours()


def test_the_ratio_is_to_the_best_mode_of_pytorch():
    def work(turns):
        return lambda: sum(range(turns))

    peers = {"torch": work(60_000), "torch compile": work(20_000), "numpy": work(5_000)}
    found = measure(Row("sums", "", work(10_000), peers, rtol=0), 5, 1, random.Random(0))
    assert found.best == "torch compile"
    assert 1.5 < found.ratio < 2.7
    assert found.low <= found.ratio <= found.high


def test_a_slow_contender_takes_fewer_turns(monkeypatch):
    calls = []
    slow = lambda: (calls.append(1), time.sleep(0.2))
    monkeypatch.setattr("reference.bench.measure.PATIENCE", PATIENCE / 4)
    measure(Row("nap", "", lambda: None, {"numpy": slow}, rtol=0), 15, 2, random.Random(0))
    assert len(calls) < 12  # turns of one call, and a few to find out how long it takes


def test_disturbed_samples_do_not_count():
    assert _quiet([(1.0, 0), (9.0, 2), (1.1, 0)]) == [1.0, 1.1]
    assert _quiet([(5.0, 40), (4.0, 3), (6.0, 90), (4.1, 4)]) == [5.0, 4.0, 4.1]


def test_numpy_is_the_function_of_the_chapter():
    from solutions.backprop import chapter

    w = np.ones((3, 6), np.float32)
    made = plain(partial(backprop.dense_forward, X, w, np.zeros(3, np.float32)))["numpy"]
    assert made.func is chapter.dense_forward
    part = plain(partial(backprop.elementwise_loss, X, X + 1, "squares"), part=1)["numpy"]
    np.testing.assert_allclose(part(), -np.ones_like(X), rtol=1e-6)
    assert "numpy" in plain(partial(convolution.pool_forward, X[None, None], 2))
    assert plain(partial(convolution.conv2d_slopes, X)) == {}
    assert plain(lambda: X) == {}


def test_the_roofline_takes_the_nearer_bound_and_the_fitting_cache():
    roofs = Limits(1, 100.0, 90.0, {1 << 18: 80.0, 1 << 27: 20.0})
    line = partial(Row, "", "", lambda: None, {})
    assert roofs.share(line(flops=1e9), 0.02) == pytest.approx(0.5)
    assert roofs.share(line(bytes=8e4), 1e-6) == pytest.approx(1.0)
    assert roofs.share(line(bytes=2e9), 0.2) == pytest.approx(0.5)
    assert roofs.share(line(flops=1e9, bytes=2e9), 0.2) == pytest.approx(0.5)
    assert roofs.share(line(), 1.0) is None


def test_the_summary_keeps_pytorch_apart_and_counts_what_is_below_one():
    def line(rival, ratio, group="conv", large=False):
        others = {"jax": 2.0 * ratio} if rival == "torch" else {}
        return {"rival": rival, "ratio": ratio, "goal": 1.0, "group": group, "large": large,
                "others": others}  # fmt: skip

    told = _summary(
        [
            line("torch", 4.0),
            line("torch", 0.25, "gemm", large=True),
            line("numpy", 100.0),
            line("gymnasium", 400.0),
        ]
    )
    lines = [line.split("geometric mean") for line in told.splitlines()]
    found = {name.strip(): numbers.split() for name, numbers in lines}
    assert found["PyTorch"][:5] == ["1.00", "over", "2", "lines,", "1"]
    assert found["conv"][0] == found["classroom sizes"][0] == "4.00"
    assert found["gemm"][0] == found["larger sizes"][0] == "0.25"
    assert found["NumPy (no line of PyTorch's)"][0] == "100.00"
    assert found["Gymnasium"][0] == "400.00"
    assert found["JAX"] == ["2.00", "over", "2", "lines,", "1", "below", "1"]
    assert "ONNX Runtime" not in found


def test_further_opponents_do_what_we_do():
    """Outputs are compared before anything is timed."""
    pytest.importorskip("onnxruntime")
    pytest.importorskip("jax")
    done = bench("--only", "dense dense forward 8x64", "--json")
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["rows"]
    assert row["others"].keys() == {"onnx runtime", "jax"}
    assert min(row["others"].values()) > 0


def test_without_further_opponents_it_says_so(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util\n"
        "find, away = importlib.util.find_spec, ('onnx', 'onnxruntime', 'jax')\n"
        "hidden = lambda name, *rest: None if name in away else find(name, *rest)\n"
        "importlib.util.find_spec = hidden\n"
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = bench("--only", "curves softmax 64x10", env={**os.environ, "PYTHONPATH": path})
    assert done.returncode == 0, done.stderr
    assert "ONNX Runtime not installed; JAX not installed" in done.stdout


def test_one_thread_is_charged_for_what_its_pool_does():
    """Numba's own pool of one thread works in a thread beside the caller's."""

    def beside():
        thread = threading.Thread(target=sum, args=(range(400_000),))
        thread.start()
        thread.join()

    found = measure(Row("sums", "", beside, {"numpy": lambda: sum(range(400_000))}, rtol=0), 5, 1,
                    random.Random(0))  # fmt: skip
    assert found.ratio < 2


@pytest.mark.skipif(not torch, reason="PyTorch is not installed")
def test_pytorch_leaves_gradients_out_where_it_can():
    x = torch.ones(3, requires_grad=True)
    seen = []
    modes = {
        "torch": lambda: seen.append(torch.is_inference_mode_enabled()),
        "torch autograd": lambda: (x * x).sum().backward(),
        "numpy": lambda: None,
    }
    calls = {name: _without_gradients(name, call) for name, call in modes.items()}
    assert seen == [True]
    assert calls["torch autograd"] is modes["torch autograd"]
    assert calls["numpy"] is modes["numpy"]
    measure(Row("nothing", "", lambda: None, modes, rtol=0), 3, 1, random.Random(0))
    assert all(seen)
    assert len(seen) > 3
