"""The levels of confinement, found live in machines that refuse some of the layers.

A machine is a process that was put in another's shoes before it starts Python again: an ordinary
user's, or a container's in which the kernel refuses namespaces or Landlock. What such a process
prints is what is tested. ``python -m tests.sandbox.test_machines MACHINE USER ARGUMENT...`` runs
Python there.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import platform
import pwd
import struct
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINUX = sys.platform == "linux"
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
pytestmark = pytest.mark.skipif(not LINUX, reason="confinement is Linux's")

# what a machine refuses, and the level that must follow (root, ordinary user)
MACHINES = {
    "whole": ((), {True: "A", False: "B"}),
    "container": (("namespaces",), {True: "F", False: "F"}),
    "old": (("landlock",), {True: "S", False: "S"}),
    "old-container": (("namespaces", "landlock"), {True: "S", False: "S"}),
    "bare": (("namespaces", "landlock", "seccomp"), {True: None, False: None}),
}
USERS = ("root", "user") if AS_ROOT else ("user",)
_CALLS = {  # x86_64, aarch64, errno
    "namespaces": [((272, 97), errno.EPERM), ((308, 268), errno.EPERM), ((165, 40), errno.EPERM)],
    "landlock": [((444, 444), errno.ENOSYS)],
    "seccomp": [((317, 277), errno.EPERM)],
}


def refuse(layers):
    """Have the kernel refuse the system calls of these layers, as a container's does."""
    code = [(0x20, 0, 0, 0)]
    for layer in layers:
        for numbers, error in _CALLS[layer]:
            number = numbers[platform.machine() != "x86_64"]
            code += [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | error)]
    code.append((0x06, 0, 0, 0x7FFF0000))
    libc = ctypes.CDLL(None, use_errno=True)
    packed = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *line) for line in code))
    program = struct.pack("=H6xQ", len(code), ctypes.addressof(packed))
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, program) == 0, os.strerror(ctypes.get_errno())


def become_nobody():
    """Turn from root to an ordinary user, who may still read the interpreter and the code."""
    from autograder.sandbox.inside import linux

    linux.unshare(linux.CLONE_NEWNS)
    linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE, None)
    needed = {Path(place).resolve() for place in (sys.prefix, sys.base_prefix, ROOT)}
    for place in sorted(needed):
        closed = [p for p in reversed(place.parents) if not p.stat().st_mode & 0o001]
        if closed:
            _uncover(closed[0], [p for p in needed if closed[0] in p.parents])
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
    os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)


def _uncover(closed, places):
    """Cover a closed folder by an open one that holds only `places`."""
    from autograder.sandbox.inside import linux

    handles = {place: os.open(place, os.O_PATH) for place in places}
    linux.mount("none", str(closed), "tmpfs", 0, "mode=0755")
    for place, handle in handles.items():
        place.mkdir(parents=True, exist_ok=True)
        linux.mount(f"/proc/self/fd/{handle}", str(place), None, linux.MS_BIND, None)


def command(machine, user, *arguments):
    """Return the command that runs Python with `arguments` in a machine, as a user."""
    return [sys.executable, "-m", "tests.sandbox.test_machines", machine, user, *arguments]


def run(machine, user, *arguments, seconds=300):
    """Run Python there and return what it prints."""
    done = subprocess.run(
        command(machine, user, *arguments),
        capture_output=True,
        text=True,
        timeout=seconds,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


REPORT = """
import json
from autograder.sandbox import Cell, Sandbox, SandboxUnavailable, probe
found = probe()
answer = {"level": found.level, "layers": found.layers, "advice": found.advice}
for asked in ("strict", "best") if found.hardened else ("strict", "best", "process"):
    if asked == "best" and type(answer["strict"]) is list:
        continue
    try:
        with Sandbox(asked) as sandbox, sandbox.worker() as worker:
            (loaded,) = worker.load([Cell("import os\\ndef f():\\n    return os.getuid()")])
            answer[asked] = [sandbox.level, loaded.failure is None, worker.call("f", (), {}).value]
    except SandboxUnavailable as error:
        answer[asked] = str(error)
print(json.dumps(answer))
"""


LATE = {  # other layers with this user, and these layers with the other, are tried in every run
    *(("container", "user"), ("old", "user"), ("old-container", "root"), ("bare", "root")),
}


@pytest.mark.parametrize(
    ("user", "machine"),
    [
        pytest.param(
            *(user, machine),
            marks=[pytest.mark.slow] * (len(USERS) > 1 and (machine, user) in LATE),
        )
        for user in USERS
        for machine in MACHINES
    ],
)
def test_the_level_follows_from_what_the_machine_allows(machine, user):
    refused, levels = MACHINES[machine]
    level = levels[user == "root"]
    answer = json.loads(run(machine, user, "-c", REPORT))
    assert (level or "process") == answer["level"]
    assert {name for name, reason in answer["layers"].items() if reason} >= set(refused)
    assert bool(answer["advice"]) == bool(refused)
    if level is None:
        assert answer["process"][:2] == ["process", True]
        for asked in ("strict", "best"):
            assert f"--sandbox {asked} is not possible here" in answer[asked]
            assert "`autograder doctor` says what to do, --sandbox " in answer[asked]
        return
    if level in "FS":
        assert "--sandbox strict is not possible here" in answer["strict"]
        assert "\n" not in answer["strict"]
    found = answer["strict" if level in "AB" else "best"]
    assert found[:2] == [level, True]
    assert user == "user" or found[2] != 0, "the worker must not be root"


if __name__ == "__main__":
    machine, user, *arguments = sys.argv[1:]
    if user == "user" and AS_ROOT:
        become_nobody()
    if MACHINES[machine][0]:
        refuse(MACHINES[machine][0])
    os.execv(sys.executable, [sys.executable, *arguments])
