"""Returns, planning, tabular learning and the arithmetic of deep Q-networks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels import toy_text
from reference.kernels.vector import STRETCH, jobs, like, parts, stretch, stretches, total

__all__ = [
    "discounted_returns",
    "double_q_update",
    "dqn_step",
    "dqn_targets",
    "epsilon_greedy",
    "huber_loss",
    "n_step_targets",
    "replay_push",
    "replay_sample",
    "shaped_reward",
    "soft_update",
    "td_target",
    "td_update",
    "train_q_table",
    "value_iteration",
    "which_rule",
]

Array = NDArray[Any]
Buffer = dict[str, Any]


@njit(**SERIAL)
def _discounted_returns(rewards: Array, gamma: float, out: Array) -> None:
    following = rewards.dtype.type(0)
    factor = rewards.dtype.type(gamma)
    for back in range(rewards.size):
        t = rewards.size - 1 - back
        following = rewards[t] + factor * following
        out[t] = following


@contract("rewards (T), gamma real")
def discounted_returns(rewards: Array, gamma: float = 0.99) -> Array:
    """See `solutions.q_learning.chapter.discounted_returns`."""
    out = np.empty_like(rewards)
    _discounted_returns(rewards, gamma, out)
    return out


def _sweep(
    probability: Array,
    next_state: Array,
    reward: Array,
    terminated: Array,
    gamma: float,
    values: Array,
    q: Array,
    best: Array,
) -> None:
    """Write the action values that follow from `values`, and their maxima into `best`."""
    states, actions, outcomes = probability.shape
    for s in prange(states):
        top = -np.inf
        for a in range(actions):
            total = 0.0
            for k in range(outcomes):
                future = 0.0 if terminated[s, a, k] else values[next_state[s, a, k]]
                total += probability[s, a, k] * (reward[s, a, k] + gamma * future)
            q[s, a] = total
            top = max(top, total)
        best[s] = top


_sweep_serial = njit(**SERIAL)(_sweep)
_sweep_parallel = njit(**PARALLEL)(_sweep)


@contract(
    "probability double (S, A, K), next_state int (S, A, K) >= 0 < S, reward double (S, "
    "A, K), terminated bool (S, A, K), gamma real, tolerance real >= 0, "
    "max_sweeps int >= 1",
    "S * A >= 1",
)
def value_iteration(
    probability: Array,
    next_state: Array,
    reward: Array,
    terminated: Array,
    gamma: float = 0.99,
    tolerance: float = 1e-10,
    max_sweeps: int = 10_000,
) -> Array:
    """See `solutions.q_learning.chapter.value_iteration`."""
    sweep = _sweep_serial if probability.size < SMALL else _sweep_parallel
    states, actions, _ = probability.shape
    q, fresh = np.zeros((2, states, actions))
    values, best = np.zeros((2, states))
    for _ in range(max_sweeps):
        sweep(probability, next_state, reward, terminated, gamma, values, fresh, best)
        change = np.max(np.abs(fresh - q))
        q, fresh, values, best = fresh, q, best, values
        if change <= tolerance:
            break
    return q


@contract("reward real, next_value real, terminated flag, truncated flag, gamma real")
def td_target(
    reward: float, next_value: float, terminated: bool, truncated: bool, gamma: float = 0.99
) -> float:
    """See `solutions.q_learning.chapter.td_target`."""
    return reward if terminated else reward + gamma * next_value


@contract(
    "q_row (A), epsilon real > -1e-6 < 1 + 1e-6, u real >= 0 < 1, u_action real >= 0 < 1", "A >= 1"
)
def epsilon_greedy(q_row: Array, epsilon: float, u: float, u_action: float) -> int:
    """See `solutions.q_learning.chapter.epsilon_greedy`."""
    return _greedy(q_row, epsilon, u, u_action)


def _greedy(q_row: Array, epsilon: float, u: float, u_action: float) -> int:
    return int(np.floor(u_action * q_row.size)) if u < epsilon else _first_best(q_row)


def _first_best(row: Array) -> int:
    return int(row.argmax())


def _moved(q: Array, state: int, action: int, target: float, lr: float) -> Array:
    """Return `q` with one entry moved towards the target."""
    new = np.array(q, order="C")
    new[state, action] += lr * (target - q[state, action])
    return new


@contract(
    "q (S, A), state int >= 0 < S, action int >= 0 < A, reward real, next_state int >= 0 < S, "
    "terminated flag, next_action int? >= 0 < A, epsilon real > -1e-6 < 1 + 1e-6, lr real, "
    "gamma real -> q",
)
def td_update(
    q: Array,
    state: int,
    action: int,
    reward: float,
    next_state: int,
    terminated: bool,
    next_action: int | None = None,
    epsilon: float = 0.0,
    lr: float = 0.1,
    gamma: float = 0.99,
) -> Array:
    """See `solutions.q_learning.chapter.td_update`."""
    row = q[next_state]
    chance = np.zeros(row.size)
    if next_action is None:
        chance += epsilon / row.size
        chance[_first_best(row)] += 1.0 - epsilon
    else:
        chance[next_action] = 1.0
    future = 0.0 if terminated else gamma * float(chance @ row)
    return _moved(q, state, action, reward + future, lr)


@njit(**SERIAL)
def _n_step_targets(
    rewards: Array, guesses: Array, n: int, terminated: bool, gamma: float, out: Array
) -> None:
    factor, steps = rewards.dtype.type(gamma), rewards.size
    for t in range(steps):
        total, weight = rewards.dtype.type(0), rewards.dtype.type(1)
        for k in range(t, min(t + n, steps)):
            total += weight * rewards[k]
            weight *= factor
        if t + n < steps:
            total += weight * guesses[t + n - 1]
        elif not terminated:
            total += weight * guesses[steps - 1]
        out[t] = total


@contract(
    "rewards (T), next_values (T), n int >= 1, terminated flag, gamma real -> rewards",
)
def n_step_targets(
    rewards: Array, next_values: Array, n: int, terminated: bool, gamma: float = 0.99
) -> Array:
    """See `solutions.q_learning.chapter.n_step_targets`."""
    out = np.empty_like(rewards)
    _n_step_targets(rewards, next_values, min(n, rewards.size), bool(terminated), gamma, out)
    return out


@contract(
    "q (S, A), states int (T+1) >= 0 < S, actions int (T+1) >= 0 < A, rewards (T), "
    "terminated flag, epsilon real > -1e-6 < 1 + 1e-6, targets (T), gamma real, tol real >= 0",
    "T >= 1",
)
def which_rule(
    q: Array,
    states: Array,
    actions: Array,
    rewards: Array,
    terminated: bool,
    epsilon: float,
    targets: Array,
    gamma: float = 0.99,
    tol: float = 1e-3,
) -> str:
    """See `solutions.q_learning.chapter.which_rule`."""
    rows = q.astype(np.float64)[states]
    best = rows.max(axis=1)
    taken = rows[np.arange(states.size), actions]
    mean = (1.0 - epsilon) * best + epsilon * rows.mean(axis=1)
    earned = rewards.astype(np.float64)

    def explains(guesses: Array, over: bool, n: int = 1) -> bool:
        own = n_step_targets(earned, guesses, n, over, gamma)
        return bool(np.all(np.abs(own - targets) <= tol))

    trials = (
        ("q-learning", best[1:], terminated, 1),
        ("sarsa", taken[1:], terminated, 1),
        ("expected sarsa", mean[1:], terminated, 1),
        ("two steps", best[1:], terminated, 2),
        ("monte carlo", best[1:], True, earned.size),
        ("beyond the end", best[1:], False, 1),
        ("cut is dead", best[1:], True, 1),
        ("wrong state", best[:-1], terminated, 1),
    )
    return next((name for name, *told in trials if explains(*told)), "unknown")


@contract(
    "q_a (S, A), q_b (S, A), state int >= 0 < S, action int >= 0 < A, reward real, "
    "next_state int >= 0 < S, terminated flag, u real >= 0 < 1, lr real, gamma real -> q_a",
)
def double_q_update(
    q_a: Array,
    q_b: Array,
    state: int,
    action: int,
    reward: float,
    next_state: int,
    terminated: bool,
    u: float,
    lr: float = 0.1,
    gamma: float = 0.99,
) -> tuple[Array, Array]:
    """See `solutions.q_learning.chapter.double_q_update`."""
    tables = [np.array(q_a, order="C"), np.array(q_b, order="C")]
    learner = int(u >= 0.5)
    choice = _first_best(tables[learner][next_state])
    future = 0.0 if terminated else gamma * tables[1 - learner][next_state, choice]
    tables[learner] = _moved(tables[learner], state, action, reward + future, lr)
    return tables[0], tables[1]


@contract(
    "env any, draws double (E, T, 2) >= 0 < 1, epsilons double (E), lr real, gamma real, "
    "seed int? >= 0",
)
def train_q_table(
    env: Any,
    draws: Array,
    epsilons: Array,
    lr: float = 0.1,
    gamma: float = 0.99,
    seed: int = 0,
) -> tuple[Array, Array]:
    """See `solutions.q_learning.chapter.train_q_table`."""
    if not hasattr(env, "observation_space") or not hasattr(env, "action_space"):
        raise TypeError(f"expected env as an environment of Gymnasium, got {type(env).__name__}")
    table = toy_text.read(env) if len(draws) else None
    if table:
        return toy_text.train(env, table, draws, epsilons, lr, gamma, seed)
    return _live(env, draws, epsilons, lr, gamma, seed)


def _live(
    env: Any, draws: Array, epsilons: Array, lr: float, gamma: float, seed: int
) -> tuple[Array, Array]:
    """Train in any world, step by step."""
    q = np.zeros((env.observation_space.n, env.action_space.n))
    returns = np.zeros(len(draws))
    for episode, (luck, epsilon) in enumerate(zip(draws, epsilons, strict=True)):
        state = env.reset(**({"seed": seed} if episode == 0 else {}))[0]
        for u, u_action in luck:
            action = _greedy(q[state], epsilon, u, u_action)
            following, reward, terminated, truncated, _ = env.step(action)
            future = 0.0 if terminated else gamma * q[following].max()
            q[state, action] += lr * (reward + future - q[state, action])
            returns[episode] += reward
            state = following
            if terminated or truncated:
                break
    return q, returns


@contract(
    "rewards (N), states int (N) >= 0 < S, next_states int (N) >= 0 < S, "
    "terminated bool (N), potential (S), gamma real -> rewards",
)
def shaped_reward(
    rewards: Array,
    states: Array,
    next_states: Array,
    terminated: Array,
    potential: Array,
    gamma: float = 0.99,
) -> Array:
    """See `solutions.q_learning.chapter.shaped_reward`."""
    shaped = rewards - potential[states]
    lives = ~terminated
    shaped[lives] += gamma * potential[next_states[lives]]
    return np.asarray(shaped)


_ROOMS = {"states": 2, "actions": 1, "rewards": 1, "next_states": 2, "terminated": 1}
"""The arrays of a replay buffer, and how many axes each has."""


def _same_room(buffer: Buffer) -> None:
    """Refuse a buffer whose arrays have not as many slots each, or that counts wrongly."""
    lacks = sorted({*_ROOMS, "position", "size"} - set(buffer))
    if lacks:
        raise ValueError(f"expected a buffer with {', '.join(lacks)}, got {sorted(buffer)}")
    capacity = len(buffer["rewards"])
    for name, axes in _ROOMS.items():
        shape = np.shape(buffer[name])
        if len(shape) != axes or shape[0] != capacity:
            slots = f"C = {capacity} slots as in rewards"
            raise ValueError(f"expected buffer[{name!r}] with {axes} axes and {slots}, got {shape}")
    if not (0 <= buffer["position"] < capacity and 0 <= buffer["size"] <= capacity):
        counted = f"position = {buffer['position']}, size = {buffer['size']}"
        raise ValueError(f"expected a buffer that counts up to {capacity} slots, got {counted}")


@contract(
    "buffer any, state kept (D), action int, reward real, next_state kept (D), terminated flag",
)
def replay_push(
    buffer: Buffer,
    state: Array,
    action: int,
    reward: float,
    next_state: Array,
    terminated: bool,
) -> Buffer:
    """See `solutions.q_learning.chapter.replay_push`."""
    _same_room(buffer)
    given = {
        "states": state,
        "actions": action,
        "rewards": reward,
        "next_states": next_state,
        "terminated": terminated,
    }
    capacity, slot = buffer["rewards"].size, buffer["position"]
    new: Buffer = {}
    for name, value in given.items():
        new[name] = np.array(buffer[name], order="C")
        new[name][slot] = value
    new["position"] = 0 if slot + 1 == capacity else slot + 1
    new["size"] = buffer["size"] + (buffer["size"] < capacity)
    return new


@contract("buffer any, u (N) >= 0 < 1")
def replay_sample(buffer: Buffer, u: Array) -> tuple[Array, Array, Array, Array, Array]:
    """See `solutions.q_learning.chapter.replay_sample`."""
    _same_room(buffer)
    if buffer["size"] < 1:
        raise ValueError("expected a buffer with at least one slot filled, got size 0")
    slots = (u * buffer["size"]).astype(np.intp)
    states, actions, rewards, following, terminated = (
        np.take(buffer[name], slots, axis=0)
        for name in ("states", "actions", "rewards", "next_states", "terminated")
    )
    return states, actions, rewards, following, terminated


def _targets(
    rewards: Array, choosing: Array, judging: Array, terminated: Array, gamma: float, out: Array
) -> None:
    """Write r + gamma * judging[argmax of choosing], one row per job."""
    factor = rewards.dtype.type(gamma)
    for i in prange(rewards.size):
        best, top = 0, choosing[i, 0]
        for a in range(1, choosing.shape[1]):  # chosen, not jumped: no processor could guess
            value = choosing[i, a]
            best, top = (a, value) if value > top else (best, top)
        following = rewards[i] + factor * judging[i, best]
        out[i] = rewards[i] if terminated[i] else following


_targets_serial = njit(**SERIAL)(_targets)
_targets_parallel = njit(**PARALLEL)(_targets)


@contract(
    "rewards (N), next_q_online (N, A), next_q_target (N, A), terminated bool (N), "
    "gamma real, double flag -> rewards",
    "A >= 1",
)
def dqn_targets(
    rewards: Array,
    next_q_online: Array,
    next_q_target: Array,
    terminated: Array,
    gamma: float = 0.99,
    double: bool = True,
) -> Array:
    """See `solutions.q_learning.chapter.dqn_targets`."""
    out = np.empty_like(rewards)
    chooser = next_q_online if double else next_q_target
    run = _targets_serial if next_q_online.size < SMALL else _targets_parallel
    run(rewards, chooser, next_q_target, terminated, gamma, out)
    return out


def _huber(prediction: Array, target: Array, delta: Any) -> Any:
    """Return the sum of c (abs(e) - c / 2), with c the clipped error."""
    half, sums = like(delta, 0.5), stretches(prediction)
    for job in prange(jobs(sums)):
        terms = np.empty(STRETCH, prediction.dtype)
        for part in range(*parts(job, sums)):
            first, last = stretch(part, prediction.size)
            said, true = prediction[first:last], target[first:last]
            for i in range(said.size):
                size = abs(said[i] - true[i])
                clipped = size if size < delta else delta
                terms[i] = clipped * (size - half * clipped)
            sums[part] = total(terms[: said.size])
    return total(sums)


_huber_serial = njit(**SERIAL)(_huber)
_huber_parallel = njit(**PARALLEL)(_huber)


def _huber_slopes(prediction: Array, target: Array, delta: Any, share: Any, out: Array) -> None:
    """Write the clipped errors times `share`."""
    for i in prange(out.size):
        error = prediction[i] - target[i]
        above = delta if error > delta else error
        out[i] = share * (-delta if above < -delta else above)


_slopes_serial = njit(**SERIAL)(_huber_slopes)
_slopes_parallel = njit(**PARALLEL)(_huber_slopes)


@contract("prediction (N), target (N), delta real > 0 -> prediction", "N >= 1")
def huber_loss(prediction: Array, target: Array, delta: float = 1.0) -> tuple[float, Array]:
    """See `solutions.q_learning.chapter.huber_loss`."""
    kind, slopes = prediction.dtype.type, np.empty_like(prediction)
    small = prediction.size < SMALL
    run, bend = (_huber_serial, _slopes_serial) if small else (_huber_parallel, _slopes_parallel)
    bend(prediction, target, kind(delta), kind(1 / slopes.size), slopes)
    return float(run(prediction, target, kind(delta))) / prediction.size, slopes


@njit(**SERIAL)
def _value(weights: Array, action: int, state: Array) -> Any:
    total = weights.dtype.type(0)
    for d in range(state.size):
        total += weights[action, d] * state[d]
    return total


@njit(**SERIAL)
def _dqn_step(
    weights: Array,
    slow: Array,
    states: Array,
    actions: Array,
    rewards: Array,
    after: Array,
    terminated: Array,
    lr: float,
    gamma: float,
    delta: float,
    out: Array,
) -> None:
    """Move `out`, a copy of `weights`, one transition after another."""
    kind = weights.dtype.type
    for i in range(actions.size):
        aim = rewards[i]
        if not terminated[i]:
            best, top = 0, _value(weights, 0, after[i])
            for a in range(1, weights.shape[0]):
                value = _value(weights, a, after[i])
                if value > top:
                    best, top = a, value
            aim += kind(gamma) * _value(slow, best, after[i])
        error = _value(weights, actions[i], states[i]) - aim
        pull = min(max(error, kind(-delta)), kind(delta))
        step = kind(lr / actions.size) * pull
        for d in range(weights.shape[1]):
            out[actions[i], d] -= step * states[i, d]


@contract(
    "weights (A, D), target_weights (A, D), states (N, D), actions int (N) >= 0 < A, rewards (N), "
    "next_states (N, D), terminated bool (N), lr real, gamma real, delta real > 0 -> weights",
    "A >= 1",
    "N >= 1",
)
def dqn_step(
    weights: Array,
    target_weights: Array,
    states: Array,
    actions: Array,
    rewards: Array,
    next_states: Array,
    terminated: Array,
    lr: float = 0.01,
    gamma: float = 0.99,
    delta: float = 1.0,
) -> Array:
    """See `solutions.q_learning.chapter.dqn_step`."""
    out = np.array(weights, order="C")
    batch = states, actions, rewards, next_states, terminated
    _dqn_step(weights, target_weights, *batch, lr, gamma, delta, out)
    return out


@njit(**SERIAL)
def _drift(slow: Array, fast: Array, tau: float, out: Array) -> None:
    """Write slow + tau (fast - slow)."""
    share = out.dtype.type(tau)
    for i in range(out.size):
        out[i] = slow[i] + share * (fast[i] - slow[i])


@contract(
    "target list((...)), online list((...)), tau real -> target",
    "shapes(target) == shapes(online)",
)
def soft_update(target: list[Array], online: list[Array], tau: float = 0.005) -> list[Array]:
    """See `solutions.q_learning.chapter.soft_update`."""
    moved = []
    for slow, fast in zip(target, online, strict=True):
        moved.append(np.empty(slow.shape, slow.dtype))
        _drift(slow.ravel(), fast.ravel(), tau, moved[-1].reshape(-1))
    return moved
