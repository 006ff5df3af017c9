"""Every command does without a home: in containers there is often none, nor a name for the user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import CATALOGUE, ROOT
from tests.sandbox.test_machines import AS_ROOT, LINUX

pytestmark = pytest.mark.skipif(not LINUX, reason="users and homes are Linux's here")
NAMELESS = 54321  # no user of this number has a name
STUB = "tuning/tuning.py"
AS_ANOTHER = f"""
import os, pwd, sys
from types import SimpleNamespace
from tests.sandbox import test_machines
user = SimpleNamespace(pw_uid={NAMELESS}, pw_gid={NAMELESS})
test_machines.pwd = SimpleNamespace(getpwnam=lambda name: user)
test_machines.become_nobody()
os.chdir(sys.argv[1])
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""
COMMANDS = {
    "list": (0, "list"),
    "start": (0, "start", "tuning", "new"),
    "check": (1, "check", STUB),
    "submit": (0, "submit", STUB, "--out", "handin"),
    "progress": (0, "progress"),
    "doctor": (0, "doctor"),
    "grade": (0, "grade", "in", "--out", "out", "--jobs", "1"),
    "course": (0, "course", "init", "course", "--topic", "tuning"),
    "release": (0, "course", "release", "course"),
    "export": (0, "course", "export", "course"),
    "reference": (0, "-c", "from reference import optimizers"),
}


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that another user reaches: pytest's own is closed by the next pytest that starts."""
    folder = Path(tempfile.mkdtemp(prefix="homeless-"))
    for name in ("tuning", "in"):
        (folder / name).mkdir()
    stub = (CATALOGUE.root / "assignments" / STUB).read_text(encoding="utf-8")
    (folder / STUB).write_text(stub, encoding="utf-8")
    (folder / "in" / "ada_tuning.py").write_text(stub, encoding="utf-8")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


HOMES = {"unset": None, "not there": "/nowhere", "empty": ""}
EVERY = ("check", "reference")  # the others are tried without any home alone


@pytest.mark.parametrize(
    ("name", "home"),
    [(name, home) for name in COMMANDS for home in HOMES if name in EVERY or home == "unset"],
)
def test_a_command_needs_no_home(place, name, home):
    code, *arguments = COMMANDS[name]
    if name in ("release", "export") and not (place / "course").exists():
        _run(place, ["-m", "autograder", *COMMANDS["course"][1:]], None)
    lead = [] if arguments[0] == "-c" else ["-m", "autograder"]
    told = _run(place, [*lead, *arguments], HOMES[home])
    assert told.returncode == code, told.stderr
    assert "Traceback" not in told.stderr


def _run(place: Path, arguments: list[str], home: str | None) -> subprocess.CompletedProcess:
    kept = {k: v for k, v in os.environ.items() if k not in ("HOME", "XDG_CACHE_HOME")}
    kept |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    if AS_ROOT:
        command = [sys.executable, "-c", AS_ANOTHER, str(place), *arguments]
    return subprocess.run(
        command,
        cwd=ROOT if AS_ROOT else place,
        env=kept | ({} if home is None else {"HOME": home}),
        capture_output=True,
        text=True,
        check=False,
    )
