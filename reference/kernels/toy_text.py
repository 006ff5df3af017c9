"""Q-learning in the worlds of a table that come with Gymnasium: all episodes in one kernel.

CliffWalking, FrozenLake and Taxi draw one number of their generator at each reset and one at each
step, and look up the rest in `P`. So a kernel that holds `P` as arrays and draws from that same
generator lives the same life, to the last bit, and leaves the world where the loop would leave it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import SERIAL, njit

__all__ = ["Table", "read", "train"]

Array = NDArray[Any]

_WORLDS = {
    "gymnasium.envs.toy_text.cliffwalking.CliffWalkingEnv",
    "gymnasium.envs.toy_text.frozen_lake.FrozenLakeEnv",
    "gymnasium.envs.toy_text.taxi.TaxiEnv",
}
_WRAPPERS = {f"gymnasium.wrappers.common.{name}" for name in
             ("OrderEnforcing", "PassiveEnvChecker", "TimeLimit")}  # fmt: skip
_NEVER = 1 << 62


@dataclass(frozen=True)
class Table:
    """A world as arrays: S states, A actions, K outcomes (some of probability 0)."""

    world: Any  # the environment without its wrappers
    clocks: list[Any]  # the wrappers that count steps
    start: Array  # (S,): cumulative probability of each first state
    chance: Array  # (S, A, K): cumulative probability of each outcome
    following: Array  # (S, A, K)
    reward: Array  # (S, A, K)
    terminated: Array  # (S, A, K)

    @property
    def limit(self) -> int:
        """Steps after which an episode is truncated."""
        return min((clock._max_episode_steps for clock in self.clocks), default=_NEVER)


def _full_name(thing: Any) -> str:
    return f"{type(thing).__module__}.{type(thing).__qualname__}"


_READ: WeakKeyDictionary[Any, tuple[Any, tuple[Array, ...]]] = WeakKeyDictionary()
"""By world: a copy of `P` as it was read, and the arrays made of it."""


def _outcomes(world: Any) -> tuple[Array, ...]:
    """Return `P` as arrays: those made before, as long as it holds the same numbers."""
    copy, made = _READ.get(world, (None, ()))
    if copy != world.P:
        made = _converted(world.P)
        copy = {s: {a: [*map(tuple, o)] for a, o in row.items()} for s, row in world.P.items()}
        _READ[world] = copy, made
    return made


def _converted(P: Any) -> tuple[Array, ...]:
    """Return chances, next states, rewards and ends: (S, A, K) each, see `Table`."""
    cells = [outcomes for actions in P.values() for outcomes in actions.values()]
    most = max(map(len, cells))
    lacking = (0.0, 0, 0.0, True)
    if min(map(len, cells)) < most:
        cells = [cell + [lacking] * (most - len(cell)) for cell in cells]
    flatten = itertools.chain.from_iterable
    numbers = np.fromiter(flatten(flatten(cells)), np.float64)
    chance, following, reward, terminated = np.moveaxis(numbers.reshape(len(P), -1, most, 4), 3, 0)
    return (
        np.cumsum(chance, axis=2), following.astype(np.int64), np.ascontiguousarray(reward),
        terminated.astype(np.bool_),
    )  # fmt: skip


def read(env: Any) -> Table | None:
    """Return the environment's table, None if it does more than look up and draw."""
    clocks = []
    while _full_name(env) in _WRAPPERS:
        clocks += [env] if hasattr(env, "_max_episode_steps") else []
        env = env.env
    special = getattr(env, "render_mode", None) == "human" or getattr(env, "fickle_passenger", 0)
    if _full_name(env) not in _WORLDS or special:
        return None
    start = np.cumsum(env.initial_state_distrib)
    return Table(env, clocks, start, *_outcomes(env))


@njit(**SERIAL)
def _pick(cumulative: Array, luck: Any) -> int:
    """Return argmax(cumulative > luck), as Gymnasium's `categorical_sample` does."""
    for k in range(cumulative.size):
        if cumulative[k] > luck:
            return k
    return 0


@njit(**SERIAL)
def _best(q: Array, state: int) -> int:
    """Return argmax(q[state])."""
    row = q[state]
    best, top = 0, row[0]
    for action in range(1, row.size):  # chosen, not jumped: no processor could guess
        value = row[action]
        best, top = (action, value) if value > top else (best, top)
    return best


@njit(**SERIAL)
def _train(
    generator: Any,
    first: int,
    start: Array,
    chance: Array,
    following: Array,
    reward: Array,
    terminated: Array,
    limit: int,
    draws: Array,
    epsilons: Array,
    lr: float,
    gamma: float,
    q: Array,
    returns: Array,
) -> tuple[int, int, int]:
    """Fill `q` and `returns`; return the last state, the last action (-1: none) and its step."""
    state, action, steps = first, -1, 0
    for episode in range(len(draws)):
        if episode > 0:
            state, action, steps = _pick(start, generator.random()), -1, 0
        over = False
        while steps < draws.shape[1] and not over:
            u, u_action = draws[episode, steps, 0], draws[episode, steps, 1]
            steps += 1
            if u < epsilons[episode]:
                action = int(u_action * q.shape[1])
            else:
                action = _best(q, state)
            k = _pick(chance[state, action], generator.random())
            after, earned = following[state, action, k], reward[state, action, k]
            ended = terminated[state, action, k]
            # q[state, action] += lr * (earned + gamma * max(q[after]) - q[state, action])
            future = 0.0 if ended else gamma * q[after, _best(q, after)]
            q[state, action] += lr * (earned + future - q[state, action])
            returns[episode] += earned
            state, over = after, ended or steps >= limit
    return state, action, steps


def train(
    env: Any, table: Table, draws: Array, epsilons: Array, lr: float, gamma: float, seed: int
) -> tuple[Array, Array]:
    """Do what `reference.q_learning.train_q_table` does, in the world of a table."""
    q, returns = np.zeros(table.chance.shape[:2]), np.zeros(len(draws))
    first, _ = env.reset(seed=seed)
    state, action, steps = _train(
        table.world.np_random, first, table.start, table.chance, table.following, table.reward,
        table.terminated, table.limit, draws, epsilons, lr, gamma, q, returns,
    )  # fmt: skip
    table.world.s, table.world.lastaction = state, action if action >= 0 else None
    for clock in table.clocks:
        clock._elapsed_steps = steps
    return q, returns
