"""The line to a worker: messages in turn, nothing believed, and its end when it misbehaves."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import select
import signal
import socket
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np

from autograder.sandbox import frames, wire
from autograder.sandbox.clock import Stopwatch, Usage
from autograder.sandbox.parent import REPLY_SECONDS, Zygote, ZygoteDied
from autograder.sandbox.types import BUSY, IDLE, Failure, Limits, SandboxUnavailable
from autograder.sandbox.wire import Bytes

__all__ = ["Gone", "Line"]

_GLANCE: Final = 256  # bytes
_AT_ONCE: Final = 1 << 14  # bytes: a header and, mostly, all that it announces


class Gone(Exception):
    """The worker is dead; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.kind)
        self.failure = failure


class Line:
    """The line to one confined process, forked for it; `alive` until the process misbehaves."""

    def __init__(self, zygote: Zygote, limits: Limits) -> None:
        self.limits = limits
        self.alive = True
        self._zygote = zygote
        self._nonce = secrets.token_bytes(frames.NONCE)
        self._number = 0
        self._death: Failure | None = None
        self._printed = 0
        self._early = b""
        request = {"do": "fork", "nonce": self._nonce.hex(), "limits": asdict(limits)}
        reply, descriptors = zygote.request(request)
        self.pid: int = reply["pid"]
        self._channel = socket.socket(fileno=descriptors[0])
        self._channel.setblocking(False)
        self._output = descriptors[1]
        self._pidfd = descriptors[2] if len(descriptors) > 2 else None
        self.usage = Usage(_seen_from_here(self._pidfd, self.pid))
        self._polls = {event: self._poller(event) for event in (select.POLLIN, select.POLLOUT)}
        try:
            self.receive(self.watch(REPLY_SECONDS), {frames.READY: 0})
        except Gone as gone:
            reason = self.new_output().strip() or gone.failure.message
            self.close()
            raise SandboxUnavailable(f"a worker could not be confined: {reason}") from None

    def close(self) -> None:
        """Kill the worker and everything in it, and wait until it is gone."""
        self._kill()
        if self._output >= 0:
            os.close(self._output)
            self._output = -1
        self.usage.close()

    def request(self, kind: int, content: tuple[object, ...], watch: Stopwatch) -> None:
        """Ask something: a new number, to which the answers must hold."""
        message = wire.encode(content)
        if self._death is not None:
            raise Gone(self._death)
        if self._early:  # it speaks before it is asked
            raise self.violated()
        if self._poll(0.0, select.POLLIN):
            raise self.violated() if self._unread() else self._died()
        self._number += 1
        self.send(kind, message, watch)

    def send(self, kind: int, payload: bytes, watch: Stopwatch) -> None:
        """Send one message, in the time that is left."""
        header = frames.Header(self._nonce, self._number, kind, len(payload)).pack()
        rest = memoryview(header + payload)
        while rest:
            try:
                rest = rest[self._channel.send(rest) :]
            except BlockingIOError:
                self._wait(watch, select.POLLOUT)
            except OSError:
                raise self._died() from None

    def receive(self, watch: Stopwatch, kinds: Mapping[int, int]) -> tuple[int, Bytes]:
        """Read one message whose kind and length are among those expected."""
        while len(self._early) < frames.HEADER.size:
            self._early += self._arriving(watch)
        header = frames.read_header(self._early[: frames.HEADER.size])
        if header.nonce != self._nonce or header.number != self._number or header.kind not in kinds:
            raise self.violated()
        if header.length > kinds[header.kind]:
            self._end(Failure("output-too-big", message=f"more than {kinds[header.kind]} bytes"))
            raise Gone(self._last())
        return header.kind, self._payload(header.length, watch)

    def _arriving(self, watch: Stopwatch) -> bytes:
        """Wait for the first bytes of a message; a short one comes whole."""
        data = b""
        while not data:
            self._wait(watch, select.POLLIN)
            try:
                data = self._channel.recv(_AT_ONCE)
            except BlockingIOError:
                continue
            except OSError:
                raise self._died() from None
            if not data:
                raise self._died()
        if watch.left <= 0:
            raise self._timed_out(watch)
        return data

    def _payload(self, size: int, watch: Stopwatch) -> Bytes:
        """Read what follows the header; what comes after it is kept for the next message."""
        start, end = frames.HEADER.size, frames.HEADER.size + size
        data = np.empty(size, np.uint8)  # memory is taken as bytes arrive, not as announced
        there, self._early = self._early[start:end], self._early[end:]
        rest = data.data
        rest[: len(there)] = there
        rest = rest[len(there) :]
        while rest:
            try:
                count = self._channel.recv_into(rest)
            except BlockingIOError:
                self._wait(watch, select.POLLIN)
                continue
            except OSError:
                count = 0
            if not count:
                raise self._died()
            rest = rest[count:]
            if watch.left <= 0:
                raise self._timed_out(watch)
        return data

    def watch(self, seconds: float) -> Stopwatch:
        """Start a watch of the worker's time."""
        return Stopwatch(self.usage, seconds)

    def decoded(self, payload: Bytes, size: int) -> object:
        """Read a value of the worker's; bytes that hold none are its end."""
        try:
            return wire.decode(payload, wire.Caps(size))
        except Exception:  # whatever it is, the bytes are the worker's
            raise self.violated() from None

    def new_output(self) -> str:
        """Return what was printed since the last time."""
        if self._output < 0 or self._printed >= self.limits.stdout:
            return ""
        if not os.pread(self._output, _GLANCE, self._printed).strip(b"\0"):
            return ""  # as after most calls: the rest need not be looked through
        data = os.pread(self._output, self.limits.stdout - self._printed, self._printed).rstrip(
            b"\0"
        )
        self._printed += len(data)
        return data.decode("utf-8", "replace").replace("\0", "\ufffd")

    def violated(self) -> Gone:
        """End a worker that does not keep to the protocol; return what to raise."""
        self._end(Failure("protocol", message="the process did not keep to the protocol"))
        return Gone(self._last())

    def _wait(self, watch: Stopwatch, event: int) -> None:
        while (left := watch.left) > 0:
            if self._poll(left, event):
                return
        raise self._timed_out(watch)

    def _poll(self, seconds: float, event: int) -> bool:
        return bool(self._polls[event].poll(seconds * 1000))

    def _poller(self, event: int) -> select.poll:
        poll = select.poll()
        poll.register(self._channel, event)
        return poll

    def _unread(self) -> bool:
        with contextlib.suppress(OSError):
            return bool(self._channel.recv(1, socket.MSG_PEEK))
        return False

    def _timed_out(self, watch: Stopwatch) -> Gone:
        busy = watch.worked > watch.limit / 2
        self._end(Failure("timeout", message=BUSY if busy else IDLE))
        return Gone(self._last())

    def _died(self) -> Gone:
        """Say how a worker that closed its channel ended; one that did not end is ended."""
        status = self._kill(patience=0.2)
        if status is None or status >= 0:
            text = (
                "the process ended"
                if status is None
                else f"the process ended itself (status {status})"
            )
            failure = Failure("crash", message=text)
        elif -status == signal.SIGXCPU:
            failure = Failure("timeout", message=BUSY)
        else:
            failure = Failure("crash", message=f"the process was ended by {_signal_name(-status)}")
        self._end(failure)
        return Gone(self._last())

    def _end(self, failure: Failure) -> None:
        if self._death is None:
            self._death = failure
        self._kill()

    def _last(self) -> Failure:
        assert self._death is not None
        return self._death

    def _kill(self, patience: float = 0.0) -> int | None:
        """Kill and reap the worker; return its exit status, negative for a signal."""
        if not self.alive:
            return None
        self.alive = False
        status = None
        if self._pidfd is not None:
            if not _ended(self._pidfd, patience):
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
                _ended(self._pidfd, REPLY_SECONDS)
            os.close(self._pidfd)
        with contextlib.suppress(ZygoteDied):
            reply, _ = self._zygote.request(
                {"do": "reap", "pid": self.pid, "kill": self._pidfd is None}
            )
            status = int(reply["status"])
        self._channel.close()
        return status


def _seen_from_here(pidfd: int | None, pid: int) -> int:
    """Return a process's number in the judge's own namespace: the zygote has another."""
    with contextlib.suppress(OSError, ValueError):
        found = re.search(r"^Pid:\s+(\d+)", Path(f"/proc/self/fdinfo/{pidfd}").read_text(), re.M)
        return int(found[1]) if found else pid
    return pid


def _ended(pidfd: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
