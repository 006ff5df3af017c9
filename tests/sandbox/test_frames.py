"""A worker that says anything at all: the judge gets an outcome, no exception and no bill."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import tracemalloc

import numpy as np
import pytest

from autograder.sandbox import Cell, Limits, Outcome, frames, wire
from autograder.sandbox.line import Line
from autograder.sandbox.types import FAILURE_KINDS
from autograder.sandbox.worker import Worker
from tests.sandbox.test_machines import LINUX
from tests.sandbox.test_wire import mutate

pytestmark = pytest.mark.skipif(not LINUX, reason="confinement is Linux's")
LIMITS = Limits(seconds=0.5, load_seconds=0.5, output=1 << 16, stdout=64)


class Liar:
    """Stands where the zygote stands, and hands out workers that are only a socket."""

    def request(self, message, seconds=0.0):
        if message["do"] != "fork":
            return {"status": 0}, []
        ours, self.line = socket.socketpair()
        nonce = bytes.fromhex(message["nonce"])
        self.line.sendall(frames.Header(nonce, 0, frames.READY, 0).pack())
        return {"pid": 0}, [ours.detach(), os.open("/dev/null", os.O_RDONLY)]


class Puppet(Line):
    """Answers each request with prepared bytes, and is silent then."""

    def __init__(self, answer) -> None:
        self.liar = Liar()
        self.answer = answer
        super().__init__(self.liar, LIMITS)

    def send(self, kind, payload, deadline):
        if kind in (frames.ANSWER, frames.REFUSAL):
            return
        self.liar.line.sendall(self.answer(self._nonce, self._number))
        self.liar.line.shutdown(socket.SHUT_WR)

    def _kill(self, patience=0.0):
        if self.alive:
            self.liar.line.close()
        return super()._kill(patience)


RELAYED = 1 << 20
REPLIES = [
    (frames.DONE, wire.encode((np.arange(12.0).reshape(3, 4), (0,), True))),
    (frames.DONE, wire.encode(([1, "text", {"a": np.float32(1)}], (), False))),
    (frames.FAILED, wire.encode(("exception", "ValueError", 3, "cell 1", "text"))),
    (frames.ASK, wire.encode((1, None, (2.0,), {"k": np.ones(3)}))),
    (frames.ASK, wire.encode((7, "step", (), {}))),
    (frames.ASK, wire.encode((RELAYED, None, (2.0,), {}))),
    (frames.LOADED, wire.encode(["f", "g"])),
    (frames.READY, b""),
    (99, wire.encode(None)),
]


def lie(rng: random.Random):
    """Return a function that writes one or two damaged answers."""

    def answer(nonce: bytes, number: int) -> bytes:
        data = b""
        for _ in range(rng.randint(1, 2)):
            kind, payload = rng.choice(REPLIES)
            damage = rng.randrange(4)
            if damage == 0:
                payload = mutate(payload, rng)
            length = rng.choice((0, 1, 1 << 16, 1 << 20, 1 << 40, 2**64 - 1))
            length = length if damage == 1 else len(payload)
            frame = frames.Header(nonce, number, kind, length).pack() + payload
            data += mutate(frame, rng) if damage == 2 else frame
        return data

    return answer


def known(outcome: Outcome) -> bool:
    return outcome.failure is None or outcome.failure.kind in FAILURE_KINDS


def echo(question):
    assert question.dtype == np.uint8 and question.size <= LIMITS.output
    return question


def applied(worker: Worker) -> Outcome:
    """Have it answer another worker: bytes nobody has read, or a refusal."""
    with contextlib.suppress(ValueError):
        return Outcome(echo(worker.apply("f", np.zeros(9, np.uint8))))
    return Outcome()


def fuzz(count: int, seed: int) -> set[str]:
    """Let liars answer calls and loads; return the kinds of failures seen."""
    rng = random.Random(seed)
    seen = set()
    for number in range(count):
        watched = number % 20 == 0
        if watched:
            tracemalloc.start()
        with Worker(Puppet(lie(rng))) as worker:
            if number % 4 in (1, 2):
                served = {1: lambda method, args, kwargs: args[0]}
                worker._relays[RELAYED] = echo
                outcomes = [worker.call("f", (np.ones(2), 1), {}, callbacks=served)]
            elif number % 4 == 3:
                outcomes = [applied(worker)]
            else:
                outcomes = worker.load([Cell("a = 1", "cell 1"), Cell("b = 2", "cell 2")])
                assert len(outcomes) == 2
        assert all(map(known, outcomes))
        seen |= {outcome.failure.kind if outcome.failure else "" for outcome in outcomes}
        if watched:
            assert tracemalloc.get_traced_memory()[1] < 4 << 20
            tracemalloc.stop()
    return seen


def test_whatever_a_worker_says_the_judge_gets_an_outcome():
    assert {"", "exception", "crash", "protocol", "output-too-big"} <= fuzz(4000, 1)


@pytest.mark.slow
def test_a_hundred_thousand_lies():
    assert {"", "exception", "crash", "protocol", "output-too-big"} <= fuzz(100_000, 2)


BAD = {
    "a stranger's nonce": lambda nonce, number: (bytes(16), number, frames.DONE),
    "an old answer": lambda nonce, number: (nonce, number - 1, frames.DONE),
    "a later answer": lambda nonce, number: (nonce, number + 1, frames.DONE),
    "another kind": lambda nonce, number: (nonce, number, frames.LOADED),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_message_out_of_place_is_a_breach(kind):
    payload = wire.encode((1, (), False))

    def answer(nonce, number):
        return frames.Header(*BAD[kind](nonce, number), len(payload)).pack() + payload

    with Worker(Puppet(answer)) as worker:
        assert worker.call("f", (), {}).failure.kind == "protocol"
        assert not worker.alive


CLAIMS = {
    "not of three parts": (1, ()),
    "modified what it was not given": (1, (5,), False),
    "modified by name": (1, ("x",), False),
    "aliased by number": (1, (), 1),
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_claims_about_a_call_must_make_sense(claim):
    payload = wire.encode(CLAIMS[claim])
    with Worker(
        Puppet(lambda *h: frames.Header(*h, frames.DONE, len(payload)).pack() + payload)
    ) as worker:
        assert worker.call("f", (0, 1), {}).failure.kind == "protocol"


def test_a_failure_cannot_be_dressed_up():
    for content, kind in (
        (("timeout", "ValueError", 1, "cell 1", ""), "protocol"),
        (("full marks", "ValueError", 1, "cell 1", ""), "protocol"),
        (("exception", 5, 1, "cell 1", ""), "protocol"),
        (("exception", "Hacked", -1, "../etc", "x" * 9000), "exception"),
    ):
        payload = wire.encode(content)
        message = lambda *h, p=payload: frames.Header(*h, frames.FAILED, len(p)).pack() + p
        with Worker(Puppet(message)) as worker:
            failure = worker.call("f", (), {}).failure
        assert failure.kind == kind
        if kind == "exception":
            assert (failure.type_name, failure.line, failure.cell) == ("Exception", None, None)
            assert len(failure.message) == 300
