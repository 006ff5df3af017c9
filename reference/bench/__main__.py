"""Time the core against PyTorch and NumPy: ``python -m reference.bench``.

Every contender works on the same data, in one process, with the same number of threads; outputs are
compared before anything is timed; contenders take turns in random order. The ratio of a line is the
time of PyTorch's best mode divided by ours: above 1 we are ahead. Where PyTorch is absent or has
nothing alike, the ratio is to NumPy or to a loop over Gymnasium; those lines are summed up apart.
ONNX Runtime and JAX take part where they are installed (the extra `bench`) and have the operation.
The machine's own limits are measured in the same run.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from reference.bench.measure import Measured, Row

__all__ = ["main", "run"]

Told: TypeAlias = dict[str, Any]
"""A line of the table, or the machine's limits, as JSON has it."""

_CHILD = "GRADUS_BENCH"
"""Set in the process that measures: what stands in `_environment` is read at the start only."""


def _environment(threads: int) -> dict[str, str]:
    """Return the settings of a process that measures, for all contenders alike."""
    pools = ("OMP", "OPENBLAS", "MKL", "NUMBA")
    return {
        **os.environ,
        **{f"{pool}_NUM_THREADS": str(threads) for pool in pools},
        # freed memory is kept and used again: no page faults are timed
        "MALLOC_TRIM_THRESHOLD_": str(1 << 34),
        "MALLOC_MMAP_THRESHOLD_": str(1 << 34),
        "NPROC": str(threads),  # as JAX counts them
        "JAX_PLATFORMS": "cpu",
        "TORCHINDUCTOR_COMPILE_THREADS": "1",  # no helpers that go on beside the measurement
        # NumPy's threads sleep 2**20 ticks after their work, not 2**26, which outlast the rest
        # between two contenders: the next one's threads would have to share their processors
        "OPENBLAS_THREAD_TIMEOUT": "20",
        _CHILD: "1",
    }


_OTHERS = {"onnx runtime": "ONNX Runtime", "jax": "JAX"}


def _measured(
    row: Row, rounds: int, threads: int, rng: random.Random, compiles: bool
) -> Measured | None:
    """Measure a line with NumPy's and, if asked for, `torch.compile`'s contender.

    None where there is nothing to compare with.
    """
    from reference.bench.data import plain, torch
    from reference.bench.measure import measure

    row = replace(row, peers={**plain(row.ours), **row.peers})
    if not row.peers:
        return None
    eager = next((peer for name, peer in row.peers.items() if name.startswith("torch")), None)
    if compiles and eager:
        torch._dynamo.reset()  # what it made for other lines would count against its limit
        makers = row.compiled or {"torch compile": lambda: torch.compile(lambda: eager())}
        for name, make in makers.items():
            try:
                made = make()
                made()
                row = replace(row, peers={**row.peers, name: made})
            except Exception as error:  # whatever it cannot do, the others can
                print(f"{row.name} {row.size}: no {name}: {_reason(error)}", file=sys.stderr)
    return measure(row, rounds, threads, rng)


def _reason(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _line(group: str, found: Measured, threads: int, large: bool, share: float | None) -> Told:
    row, ours = found.row, found.seconds["ours"]
    return {
        "group": group,
        "name": row.name,
        "size": row.size,
        "large": large,
        "threads": threads,
        "ratio": found.ratio,
        "low": found.low,
        "high": found.high,
        "goal": row.goal,
        "best": found.best,
        "rival": found.rival,
        "numpy": found.seconds["numpy"] / ours if "numpy" in found.seconds else None,
        "others": {name: found.seconds[name] / ours for name in _OTHERS if name in found.seconds},
        "microseconds": {name: 1e6 * seconds for name, seconds in found.seconds.items()},
        "roofline": share,
    }


def run(sizes: str, only: str, threads: int, rounds: int, compiles: bool = False) -> Iterator[Told]:
    """Yield the machine's limits, then the measured lines, as they come."""
    import numba

    from reference.bench.data import torch
    from reference.bench.limits import limits
    from reference.bench.rows import ROWS

    numba.set_num_threads(threads)
    if torch:
        torch.set_num_threads(threads)
    rng = random.Random(0)
    can = limits(threads)
    yield {"limits": asdict(can)}
    # a line's data is made before its name is known: other groups' is not, where one is named
    named = [group for group in ROWS if only.startswith(f"{group.__name__} ")]
    for group in named or ROWS:
        for large in {"small": (False,), "large": (True,)}.get(sizes, (False, True)):
            for row in group(large):
                if only in f"{group.__name__} {row.name} {row.size}":
                    try:
                        found = _measured(row, rounds, threads, rng, compiles)
                    except Exception as error:  # one line's fault costs no other line
                        yield {"failed": f"{row.name} {row.size}: {_reason(error)}"}
                        continue
                    if found:
                        share = can.share(row, found.seconds["ours"])
                        yield _line(group.__name__, found, threads, large, share)


def _text(row: Told) -> str:
    short = " " if row["ratio"] >= row["goal"] else "<"
    numpy = f"{row['numpy']:>7.1f}" if row["numpy"] else "      -"
    share = f"{row['roofline']:>5.0%}" if row["roofline"] else "    -"
    others = " ".join(
        f"{row['others'][name]:>6.2f}" if name in row["others"] else "     -" for name in _OTHERS
    )
    return (
        f"{row['name']:<24} {row['size']:<24} {row['microseconds']['ours']:>10.1f} us"
        f" {row['ratio']:>7.2f} [{row['low']:.2f}, {row['high']:.2f}] {short} {row['goal']:g}"
        f" {numpy} {others} {share}  {row['best']}"
    )


def _head(limits: Told, compiles: bool) -> str:
    from reference.bench.data import torch

    if not torch:
        rival = "PyTorch is not installed: ratios are to NumPy"
    else:
        mode = "eager and compiled" if compiles else "eager; --torch-compile adds torch.compile"
        rival = f"PyTorch {torch.__version__}, {mode}"
    from reference.bench.rivals import present

    rival += "".join(f"; {name} {version}" for name, version in present().items())
    rates = " ".join(f"{rate:.1f}" for rate in limits["copy_gbytes"].values())
    sizes = " ".join(f"{int(moved) / 2**20:g}" for moved in limits["copy_gbytes"])
    return (
        f"{limits['threads']} thread(s): {limits['gflops']:.0f} GFLOP/s float32 in the first cache,"
        f" {limits['sgemm_gflops']:.0f} of a large sgemm; copy {rates} GB/s (moving {sizes} MB)\n"
        f"{rival}\n"
        "name, size, ours, ratio [quartiles], < short of goal, ratio to NumPy, to ONNX Runtime, "
        "to JAX, roofline, best peer"
    )


_RIVALS = {
    "torch": "PyTorch",
    "numpy": "NumPy (no line of PyTorch's)",
    "gymnasium": "Gymnasium",
    "onnx": "ONNX Runtime (no line of PyTorch's)",
    "jax": "JAX (no line of PyTorch's)",
}


def _told(name: str, rows: list[Told]) -> str:
    """Say how some lines stand together."""
    mean = math.exp(sum(math.log(row["ratio"]) for row in rows) / len(rows))
    below = sum(row["ratio"] < 1 for row in rows)
    short = sum(row["ratio"] < row["goal"] for row in rows)
    return (
        f"{name:<32} geometric mean {mean:6.2f} over {len(rows):3d} lines, {below} below 1, "
        f"{short} short of their goal"
    )


def _summary(found: list[Told]) -> str:
    """Sum up PyTorch's lines alone, and by group; those that only others have, apart."""
    told = []
    for rival in sorted({row["rival"] for row in found}, key=[*_RIVALS].index):
        rows = [row for row in found if row["rival"] == rival]
        told.append(_told(_RIVALS[rival], rows))
        sizes = {"  classroom sizes": False, "  larger sizes": True}
        parts = {
            name: [row for row in rows if row["large"] == large] for name, large in sizes.items()
        }
        for row in rows:
            parts.setdefault(f"  {row['group']}", []).append(row)
        told += [_told(name, part) for name, part in parts.items() if part and rival == "torch"]
    return "\n".join([*told, *_told_of_others(found)])


def _told_of_others(found: list[Told]) -> Iterator[str]:
    """Sum up the lines in which further opponents took part, against each of them."""
    for key, name in _OTHERS.items():
        ratios = [row["others"][key] for row in found if key in row["others"]]
        if ratios:
            mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
            below = sum(ratio < 1 for ratio in ratios)
            told = f"over {len(ratios):3d} lines, {below} below 1"
            yield f"{name:<32} geometric mean {mean:6.2f} {told}"


def _work(given: argparse.Namespace) -> int:
    """Measure, and print what comes out; 1 where a line could not be measured."""
    rows, failed = [], False
    for row in run(given.sizes, given.only, given.threads[0], given.rounds, given.torch_compile):
        if "failed" in row:
            failed = True
            print(row["failed"], file=sys.stderr, flush=True)
            continue
        rows.append(row)
        if not given.json:
            text = _head(row["limits"], given.torch_compile) if "limits" in row else _text(row)
            print(text, flush=True)
    found = rows[1:]
    if given.json:
        print(json.dumps({"limits": [rows[0]["limits"]], "rows": found}))
    elif found:
        print(_summary(found))
    return int(failed)


def _threads(text: str) -> list[int]:
    counts = [int(part) for part in text.split(",")]
    if not all(1 <= count <= (os.cpu_count() or 1) for count in counts):
        raise argparse.ArgumentTypeError(f"this machine has {os.cpu_count()} processors")
    return counts


def main(argv: list[str] | None = None) -> int:
    """Run the bench and print it."""
    parser = argparse.ArgumentParser(prog="reference.bench", description=__doc__)
    parser.add_argument("--sizes", choices=("small", "large", "all"), default="all")
    parser.add_argument("--only", default="", help="a part of the group, name and size of a line")
    parser.add_argument("--threads", type=_threads, default=[1], help="one number, or 1,2")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--torch-compile", action="store_true",
                        help="let torch.compile compete, too")  # fmt: skip
    parser.add_argument("--compile", action="store_true", help="compile time per topic, no lines")
    parser.add_argument("--json", action="store_true")
    argv = sys.argv[1:] if argv is None else argv
    given = parser.parse_args(argv)
    if given.compile:
        from reference.bench.limits import compile_seconds

        for name, cold, warm in compile_seconds():
            print(f"{name:<24} cold {cold:6.1f} s   warm {warm:5.2f} s", flush=True)
        return 0
    if given.torch_compile and not importlib.util.find_spec("torch"):
        parser.error("--torch-compile needs PyTorch; install it, or leave the option out")
    if _CHILD in os.environ:
        return _work(given)
    told: Told = {"limits": [], "rows": []}
    code = 0
    for count in given.threads:
        command = [sys.executable, "-m", "reference.bench", *argv, "--threads", str(count)]
        call = partial(subprocess.run, command, env=_environment(count), text=True)
        done = call(stdout=subprocess.PIPE) if given.json else call()
        if done.returncode not in (0, 1):
            return done.returncode
        code = max(code, done.returncode)
        if given.json and done.stdout:
            for key, values in json.loads(done.stdout).items():
                told[key] += values
    if given.json:
        print(json.dumps(told))
    return code


if __name__ == "__main__":
    sys.exit(main())
