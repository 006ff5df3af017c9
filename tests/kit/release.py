"""A student's release made on the spot, and what a student writes into its stubs."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from autograder.submission.script import split_script
from autograder.topic.catalogue import RECORD
from tests.conftest import CATALOGUE, ROOT

STUB = re.compile(r'^([ \t]*)raise NotImplementedError\("(\w+)"\)$', re.MULTILINE)


def make_release(folder: Path, topics: list[str]) -> Path:
    """Put the package, the built stubs and recorded checks below `folder`; nothing else."""
    shutil.copytree(
        ROOT / "autograder",
        folder / "autograder",
        ignore=shutil.ignore_patterns("__pycache__", "_assignments"),
    )
    for name in topics:
        place = folder / "assignments" / name
        place.mkdir(parents=True)
        for file in (f"{name}.py", "conftest.py", RECORD):
            shutil.copyfile(ROOT / "assignments" / name / file, place / file)
    return folder


def written(name: str, **bodies: str) -> str:
    """Return the stub of a topic with the bodies of some exercises written."""
    text = CATALOGUE.topic(name).chapter.without_solutions()
    missing = set(bodies) - set(STUB.findall(text) and [n for _, n in STUB.findall(text)])
    assert not missing, missing

    def body(found: re.Match[str]) -> str:
        lines = bodies.get(found[2])
        if lines is None:
            return found[0]
        return "\n".join(found[1] + line for line in lines.strip("\n").split("\n"))

    return STUB.sub(body, text)


def as_notebook(text: str) -> str:
    """Return a percent script as a notebook."""
    cells = [
        {"cell_type": cell.kind, "metadata": {}, "source": cell.source}
        for cell in split_script(text)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def shell(
    release: Path, *argv: str, cwd: Path | None = None, timeout: float = 120, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run `autograder ARGV` as a student of this release does."""
    return subprocess.run(
        [sys.executable, "-m", "autograder", *argv],
        cwd=cwd or release,
        env=environment(release, **env),
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )


def environment(release: Path, **env: str) -> dict[str, str]:
    """Return the environment of a student: only the release is on the path."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GRADUS", "PYTHON", "COV"))}
    kept |= {"PYTHONPATH": str(release), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
    return kept | env


def heed_interrupts() -> None:
    """Let Ctrl-C reach a process that is about to start: what a shell runs behind ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
