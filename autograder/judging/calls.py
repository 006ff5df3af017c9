"""One call across the wall: what is sent, what stands for functions and worlds, who is called."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from autograder import observe
from autograder.judging.observation import Observation
from autograder.sandbox import wire
from autograder.sandbox.types import Failure
from autograder.spec import Exercise
from autograder.values.nested import changed

__all__ = ["Judged", "StudentFailure", "outgoing"]


_AS_THEY_ARE = {np.ndarray, float, int, str, bool, type(None)}


class StudentFailure(Exception):
    """Raised inside a driver when the student's function gives no value."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.kind)
        self.failure = failure


class Caller(Protocol):
    """Who makes the calls: `judging.grader.Grader`."""

    def call(
        self,
        exercise: Exercise,
        observation: Observation,
        name: str,
        args: tuple[object, ...],
        kwargs: dict[str, object],
        collect: bool,
        size: int | None = None,
    ) -> Any:
        """Call a function of the submission; raise `StudentFailure` if it gives no value."""


class Judged:
    """The student's function under a driver."""

    def __init__(
        self,
        grader: Caller,
        exercise: Exercise,
        observation: Observation,
        size: int | None = None,
        name: str | None = None,
    ) -> None:
        self._parts = (grader, exercise, observation)
        self._size = size
        self._name = name or exercise.name

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Call it in the worker."""
        grader, exercise, observation = self._parts
        return grader.call(exercise, observation, self._name, args, kwargs, False, self._size)

    def collect(self, *args: object, **kwargs: object) -> object:
        """Call it in the worker and list the items of the iterator it returns."""
        grader, exercise, observation = self._parts
        return grader.call(exercise, observation, self._name, args, kwargs, True, self._size)

    def peer(self, name: str) -> Judged:
        """Return another function of the same submission."""
        return Judged(*self._parts, self._size, name)


def outgoing(value: object, callbacks: dict[int, Callable[..., object]]) -> object:
    """Replace functions and environments by handles, generators by seeds drawn from them."""
    return changed(value, lambda leaf: _sent(leaf, callbacks))


def _sent(value: object, callbacks: dict[int, Callable[..., object]]) -> object:
    if type(value) in _AS_THEY_ARE:  # nearly all
        return value
    if isinstance(value, observe.Seed):
        return wire.GeneratorSeed(value.value)
    if type(value).__name__ == "Generator" and isinstance(value, np.random.Generator):  # loads late
        return wire.GeneratorSeed(int(value.integers(1 << 62)))
    if isinstance(value, observe.Env):
        return _world(value.make(), callbacks)
    if hasattr(value, "reset") and hasattr(value, "step"):
        return _world(value, callbacks)
    if callable(value):
        handle = _lasting(value) if isinstance(value, observe.Function) else len(callbacks) + 1
        callbacks[handle] = _answering(value)
        return wire.Callback(handle)
    return value


_SALT = secrets.token_bytes(32)


def _lasting(function: observe.Function) -> int:
    """Return the handle of a function that answers alike in every call: what it is, in a number.

    What it was asked before is then not asked again; the number tells nobody what it is made of.
    """
    told = wire.encode((function.name, *function.arrays))
    digest = hashlib.blake2b(told, digest_size=7, key=_SALT).digest()
    return wire.LASTING + int.from_bytes(digest, "little")


def _answering(function: Callable[..., object]) -> Callable[..., object]:
    def answer(method: str | None, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            raise ValueError(f"the function you were given cannot take that: {error}") from None

    return answer


def _world(world: Any, callbacks: dict[int, Callable[..., object]]) -> wire.Callback:
    """Offer an environment: its sizes as attributes, `reset` and `step` as methods."""

    def answer(method: str | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        try:
            if method == "reset":
                state, _ = world.reset(**{k: kwargs[k] for k in kwargs if k == "seed"})
                return state, {}
            if method == "step":
                (action,) = args or tuple(kwargs.values())
                action = int(action)
                if not 0 <= action < int(world.action_space.n):
                    raise ValueError(f"actions are 0 to {int(world.action_space.n) - 1}")
                state, reward, terminated, truncated, _ = world.step(action)
                return state, float(reward), bool(terminated), bool(truncated), {}
        except Exception as error:
            raise ValueError(f"{method}(): {error}") from None
        raise ValueError(f"{method} is not available: use reset() and step(action)")

    handle = len(callbacks) + 1
    callbacks[handle] = answer
    attributes: dict[str, Any] = {"action_space.n": int(world.action_space.n)}
    if hasattr(world.observation_space, "n"):
        attributes["observation_space.n"] = int(world.observation_space.n)
    return wire.Callback(handle, ("reset", "step"), attributes)
