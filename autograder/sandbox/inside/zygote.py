"""The process workers are forked from: it imports what they may use, confines itself, and forks.

It holds nothing of the judge: no solution, no reference, no expected value, no secret. It starts
from a fresh interpreter, is single-threaded, and never runs a line of a student's.
"""

import contextlib
import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from typing import NoReturn

import numpy as np

from autograder.sandbox.imports import load_all
from autograder.sandbox.inside import confine, inert
from autograder.sandbox.inside.student import CHANNEL, Student
from autograder.sandbox.types import Limits
from autograder.submission import magics


def main(control: int) -> None:
    """Serve one judge over the socket `control` until it closes."""
    talk = socket.socket(fileno=confine.out_of_the_way(control))
    try:
        order = json.loads(_line(talk))
        _import(order["imports"])
        if order["level"] == "survey":
            _reply(talk, {name: confine.prove(plan) for name, plan in confine.ALONE.items()})
            return
        reasons, confinement, keeper = _confine(order["level"])
    except BaseException as error:
        _reply(talk, {"error": f"{type(error).__name__}: {error}"})
        return
    if keeper:
        talk.close()
        os.waitpid(keeper, 0)
        os._exit(0)
    plan, root = confinement.plan, confinement.root
    _reply(
        talk, {"level": plan.level(root=root), "layers": plan.layers(root=root), "reasons": reasons}
    )
    inert.close_the_gate()
    os.environ.clear()
    sys.argv, sys.orig_argv = [""], [""]
    gc.collect()
    gc.freeze()
    _serve(talk, confinement)


def _import(imports: Sequence[str]) -> None:
    load_all(imports)
    magics.python_of("%load_ext reader")  # what it needs is out of reach later
    # take the buffers that BLAS and the generators allocate at first use
    square = np.eye(64) + np.ones((64, 64))
    np.linalg.svd(np.linalg.solve(square, square @ square))
    np.fft.fft(np.random.default_rng(0).normal(size=64))
    np.einsum("ij,jk->ik", square, square).astype(np.float32) @ square.astype(np.float32)


def _confine(level: str) -> tuple[dict[str, str], confine.Confinement, int]:
    """Install the first plan of a level that a trial proves."""
    reasons: dict[str, str] = {}
    root = os.geteuid() == 0
    for plan in confine.CANDIDATES[level]:
        name = plan.level(root=root)
        if level in "AB" and name != level:
            reasons[level] = "needs root" if level == "A" else "needs an ordinary user"
            continue
        reason = confine.prove(plan)
        if not reason:
            confinement = confine.Confinement(plan)
            return reasons, confinement, confinement.enter()
        reasons.setdefault(name, reason)
    raise OSError("; ".join(f"level {name}: {why}" for name, why in reasons.items()))


def _serve(talk: socket.socket, confinement: confine.Confinement) -> None:
    while line := _line(talk):
        order = json.loads(line)
        if order["do"] == "fork":
            _fork(talk, confinement, bytes.fromhex(order["nonce"]), Limits(**order["limits"]))
        else:
            pid = order["pid"]
            if order["kill"]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            _reply(talk, {"status": os.waitstatus_to_exitcode(status)})


def _fork(
    talk: socket.socket, confinement: confine.Confinement, nonce: bytes, limits: Limits
) -> None:
    zygote = os.getpid()
    ours, theirs = socket.socketpair()
    output = _output_file(limits.stdout)
    pid = confinement.fork()
    if not pid:
        _become_worker(theirs.fileno(), output, confinement, zygote, nonce, limits)
    descriptors = [ours.fileno(), output]
    try:
        descriptors.append(os.pidfd_open(pid))
    except (AttributeError, OSError):
        if confinement.plan != confine.BARE:
            raise
    _reply(talk, {"pid": pid}, descriptors)
    ours.close()
    theirs.close()
    for descriptor in descriptors[1:]:
        os.close(descriptor)


def _become_worker(
    channel: int,
    output: int,
    confinement: confine.Confinement,
    zygote: int,
    nonce: bytes,
    limits: Limits,
) -> NoReturn:
    status = 70
    try:
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.dup2(channel, CHANNEL)
        reader, writer = os.pipe()
        os.close(writer)
        os.dup2(reader, 0)
        confinement.worker(limits, zygote)
        Student(nonce, limits).serve()
    except BaseException as error:
        with contextlib.suppress(BaseException):
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(status)


def _output_file(size: int) -> int:
    """Make a file in memory of a fixed size, which no write can make larger."""
    if not hasattr(os, "memfd_create"):
        import tempfile

        with tempfile.TemporaryFile() as stream:
            os.ftruncate(stream.fileno(), size)
            return os.dup(stream.fileno())
    import fcntl

    output = os.memfd_create("output", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(output, size)
    fcntl.fcntl(
        output, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
    )
    return output


def _line(talk: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\n"):
        part = talk.recv(1 << 16)
        if not part:
            return b""
        data += part
    return data


def _reply(
    talk: socket.socket, message: dict[str, object], descriptors: Sequence[int] = ()
) -> None:
    with contextlib.suppress(BrokenPipeError):
        socket.send_fds(talk, [json.dumps(message).encode() + b"\n"], descriptors)
