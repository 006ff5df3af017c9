"""How long `autograder check` takes against ``import numpy``, interleaved in one run.

Run it with ``python tests/bench/selfcheck.py [TOPIC ...]``; the ratio is of the fastest rounds, as
foreign load only ever adds to them.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 15


def release(folder: Path) -> None:
    """Copy what a student has: the package and the topics."""
    leave = shutil.ignore_patterns("__pycache__")
    for room in ("autograder", "assignments"):
        shutil.copytree(ROOT / room, folder / room, ignore=leave)


def timed(command: list[str], folder: Path) -> tuple[float, float]:
    """Return wall clock and processor seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run(command, cwd=folder, capture_output=True, check=False, env=env)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used


def main(topics: list[str]) -> None:
    """Print one line for each topic: cold start, stub, solved."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        release(folder)
        python = [sys.executable]
        commands = {"import numpy": [*python, "-c", "import numpy"]}
        for topic in topics:
            solved = folder / "solved" / f"{topic}.py"
            solved.parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / "solutions" / topic / "chapter.py", solved)
            check = [*python, "-m", "autograder", "check"]
            commands[f"{topic}, stub"] = [*check, topic]
            commands[f"{topic}, solved"] = [*check, str(solved)]
        wall, used = timed(commands[f"{topics[0]}, stub"], folder)
        print(f"first run after install (nothing compiled to bytecode): {wall:.3f} s")
        found: dict[str, list[tuple[float, float]]] = {key: [] for key in commands}
        for _ in range(ROUNDS):
            for key, command in commands.items():
                found[key].append(timed(command, folder))
        base = tuple(map(min, zip(*found["import numpy"], strict=True)))
        for key, rounds in found.items():
            wall, used = map(min, zip(*rounds, strict=True))
            print(
                f"{key:<28} {wall:.3f} s wall ({wall / base[0]:.2f}×)   "
                f"{used:.3f} s processor ({used / base[1]:.2f}×)"
            )


if __name__ == "__main__":
    released = ROOT.glob("assignments/*/public_checks.npz")
    main(sys.argv[1:] or sorted(path.parent.name for path in released))
