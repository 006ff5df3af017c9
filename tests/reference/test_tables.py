"""Training on a world's table is training in the world: same bits, and the world left alike."""

from __future__ import annotations

import numpy as np
import pytest

from reference import q_learning
from reference.kernels import toy_text

gymnasium = pytest.importorskip("gymnasium")

WORLDS = [
    ("CliffWalking-v1", {"max_episode_steps": 30}),
    ("CliffWalking-v1", {"is_slippery": True}),
    ("FrozenLake-v1", {"map_name": "8x8", "reward_schedule": (1, -1, 0)}),
    ("FrozenLake-v1", {"desc": ["SFS", "FFH", "SFG"], "reward_schedule": (2, -1, 0.1)}),
    ("Taxi-v4", {"max_episode_steps": 35}),
    ("Taxi-v4", {"is_rainy": True}),
]


def live(env, draws, epsilons, lr, gamma, seed):
    """Learn by Q-learning, one call of the environment after the other."""
    q = np.zeros((env.observation_space.n, env.action_space.n))
    returns = np.zeros(len(draws))
    for episode, luck in enumerate(draws):
        state, _ = env.reset(seed=seed if episode == 0 else None)
        for u, u_action in luck:
            explores = u < epsilons[episode]
            action = int(u_action * q.shape[1]) if explores else int(np.argmax(q[state]))
            after, reward, terminated, truncated, _ = env.step(action)
            future = 0.0 if terminated else gamma * np.max(q[after])
            q[state, action] += lr * (reward + future - q[state, action])
            returns[episode] += reward
            state = after
            if terminated or truncated:
                break
    return q, returns


@pytest.mark.parametrize(("name", "kwargs"), WORLDS)
def test_a_world_of_a_table_is_lived_to_the_last_bit(name, kwargs):
    ours, theirs = gymnasium.make(name, **kwargs), gymnasium.make(name, **kwargs)
    assert toy_text.read(ours)
    draws = np.random.default_rng(1).random((60, 50, 2))
    settings = draws, np.linspace(1.0, 0.1, 60), 0.3, 0.95, 7
    found, expected = q_learning.train_q_table(ours, *settings), live(theirs, *settings)
    assert np.array_equal(found[0], expected[0])
    assert np.array_equal(found[1], expected[1])
    assert found[0].any()
    assert ours.unwrapped.s == theirs.unwrapped.s
    assert ours.unwrapped.lastaction == theirs.unwrapped.lastaction
    for _ in range(40):  # the world goes on as if it had been walked through
        steps = [env.step(2) for env in (ours, theirs)]
        assert steps[0][:4] == steps[1][:4]
        if any(steps[0][2:4]):
            assert len({env.reset()[0] for env in (ours, theirs)}) == 1


def test_a_changed_table_is_read_anew():
    env = gymnasium.make("FrozenLake-v1", is_slippery=False)
    draws, rates = np.random.default_rng(2).random((50, 40, 2)), np.ones(50)
    before, _ = q_learning.train_q_table(env, draws, rates)
    assert np.array_equal(before, q_learning.train_q_table(env, draws, rates)[0])
    cell = env.unwrapped.P[0][0] = [(1.0, 0, -5.0, False)]
    after, _ = q_learning.train_q_table(env, draws, rates)
    assert before[0, 0] >= 0 > after[0, 0]
    cell[0] = [1.0, 0, -7.0, False]  # in place, and from now on in a list that can change
    worse, _ = q_learning.train_q_table(env, draws, rates)
    assert worse[0, 0] < after[0, 0]
    cell[0][2] = 3.0
    assert q_learning.train_q_table(env, draws, rates)[0][0, 0] > 0


def test_a_table_is_read_once_and_each_world_has_its_own():
    one, other = (gymnasium.make("FrozenLake-v1", is_slippery=slips) for slips in (True, False))
    table = toy_text.read(one)
    assert toy_text.read(one).reward is table.reward
    assert not np.array_equal(toy_text.read(other).chance, table.chance)
    assert toy_text.read(one).reward is table.reward


@pytest.mark.parametrize(
    ("name", "kwargs"), [("Taxi-v4", {"fickle_passenger": True}), ("CartPole-v1", {})]
)
def test_worlds_that_do_more_than_look_up_are_walked_through(name, kwargs):
    assert toy_text.read(gymnasium.make(name, **kwargs)) is None


def test_unknown_wrappers_are_kept():
    class Half(gymnasium.RewardWrapper):
        def reward(self, reward):
            return reward / 2

    env = gymnasium.make("CliffWalking-v1")
    assert toy_text.read(Half(env)) is None
    draws = np.random.default_rng(3).random((2, 9, 2))
    _, whole = q_learning.train_q_table(env, draws, np.ones(2))
    _, half = q_learning.train_q_table(Half(env), draws, np.ones(2))
    assert np.array_equal(whole / 2, half)


def test_one_rate_of_exploration_belongs_to_each_episode():
    env = gymnasium.make("FrozenLake-v1")
    with pytest.raises(
        ValueError, match=r"epsilons of shape \(E,\) with E = 3 as in draws, got \(2,\)"
    ):
        q_learning.train_q_table(env, np.zeros((3, 5, 2)), np.zeros(2))
