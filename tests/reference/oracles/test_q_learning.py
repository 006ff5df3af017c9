"""The reference of Q-learning against SciPy, PyTorch, Gymnasium's tables and exact arithmetic."""

from __future__ import annotations

import functools
from collections import deque
from fractions import Fraction

import numpy as np
import pytest
from scipy import optimize, signal, special

from autograder.observe import Env
from reference import q_learning as ref
from solutions.q_learning import checks
from solutions.q_learning.chapter import transition_table

gymnasium = pytest.importorskip("gymnasium")
torch = pytest.importorskip("torch")

CLIFF, SAFE_ROW = "CliffWalking-v1", (0, 1)


def rng(seed=0):
    return np.random.default_rng(seed)


@functools.cache
def table(name):
    return transition_table(gymnasium.make(name))


def optimal_values(probability, next_state, reward, terminated, gamma):
    """Solve the linear programme of a Markov decision process: min sum v, v >= Bellman(v)."""
    states, actions, outcomes = probability.shape
    left = np.zeros((states * actions, states))
    right = -np.sum(probability * reward, axis=2).ravel()
    for row, (s, a) in enumerate(np.ndindex(states, actions)):
        left[row, s] -= 1.0
        for k in range(outcomes):
            if not terminated[s, a, k]:
                left[row, next_state[s, a, k]] += gamma * probability[s, a, k]
    solved = optimize.linprog(np.ones(states), left, right, bounds=(None, None), method="highs")
    assert solved.success
    return solved.x


def greedy(q):
    """Return the action of largest value in each state, the first of ties."""
    return q.argmax(axis=1)


def distribution(name, policy, steps):
    """Return the chance of a reward of 1 at the end, following `policy` for so many steps."""
    probability, next_state, reward, terminated = table(name)
    states = np.arange(len(policy))
    p, n = probability[states, policy], next_state[states, policy]
    r, end = reward[states, policy], terminated[states, policy]
    here = gymnasium.make(name).unwrapped.initial_state_distrib.astype(float)
    earned = 0.0
    for _ in range(steps):
        moved = here[:, None] * p
        earned += float(np.sum(moved * r * end))
        here = np.bincount(n[~end], moved[~end], minlength=len(policy))
    return earned


# --- returns and planning ------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_returns_are_a_recursive_filter_run_backwards(dtype):
    rewards = rng().normal(size=60).astype(dtype)
    expected = signal.lfilter([1.0], [1.0, -0.9], rewards[::-1].astype(float))[::-1]
    found = ref.discounted_returns(rewards, 0.9)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, rtol=1e-5 if dtype == np.float32 else 1e-12)


def test_returns_of_the_worked_number():
    found = ref.discounted_returns(np.array([0.0, 0.0, 1.0]), 0.9)
    np.testing.assert_allclose(found, [0.81, 0.9, 1.0])


@pytest.mark.parametrize("gamma", [0.6, 0.95])
def test_value_iteration_solves_the_linear_programme(gamma):
    for seed in range(4):
        world = checks.world(rng(seed), 6, 3, 2, ends=0.2)
        values = ref.value_iteration(*world, gamma).max(axis=1)
        np.testing.assert_allclose(values, optimal_values(*world, gamma), atol=1e-7)


@pytest.mark.parametrize(("name", "gamma"), [("FrozenLake-v1", 0.99), ("Taxi-v4", 0.9)])
def test_value_iteration_solves_gymnasium_worlds(name, gamma):
    world, states = checks.gymnasium_table(name)
    values = ref.value_iteration(*world, gamma).max(axis=1)
    np.testing.assert_allclose(values[states], optimal_values(*world, gamma)[states], atol=1e-6)


def test_the_cliff_costs_thirteen_steps():
    start = gymnasium.make(CLIFF).unwrapped.initial_state_distrib.argmax()
    assert ref.value_iteration(*table(CLIFF), 1.0)[start].max() == -13


@pytest.mark.parametrize(
    ("gamma", "for_ever", "in_time"), [(0.99, 14 / 17, 0.7402), (0.95, 0.7805, 0.7298)]
)
def test_how_often_the_lake_is_crossed(gamma, for_ever, in_time):
    policy = greedy(ref.value_iteration(*table("FrozenLake-v1"), gamma))
    assert distribution("FrozenLake-v1", policy, 20_000) == pytest.approx(for_ever, abs=5e-5)
    assert distribution("FrozenLake-v1", policy, 100) == pytest.approx(in_time, abs=5e-5)


def test_rollouts_cross_the_lake_as_often_as_the_table_says():
    env = gymnasium.make("FrozenLake-v1")
    policy = greedy(ref.value_iteration(*table("FrozenLake-v1"), 0.99))
    wins, episodes = 0.0, 2000
    for episode in range(episodes):
        state, _ = env.reset(seed=episode)
        over = False
        while not over:
            state, reward, terminated, truncated, _ = env.step(int(policy[state]))
            over = terminated or truncated
            wins += float(reward)
    chance = distribution("FrozenLake-v1", policy, 100)
    assert abs(wins / episodes - chance) < 6.2 * np.sqrt(chance * (1 - chance) / episodes)


def test_a_large_world_is_planned_with_all_threads_to_the_same_bits():
    world = checks.world(rng(), 400, 12, 8, ends=0.1)
    assert world[0].size > ref.SMALL
    found = ref.value_iteration(*world, 0.8)
    future = np.where(world[3], 0.0, found.max(axis=1)[world[1]])
    np.testing.assert_allclose(found, np.sum(world[0] * (world[2] + 0.8 * future), 2), atol=1e-9)
    arguments = (*world, 0.8, found.max(axis=1))
    one, many = ((np.empty((400, 12)), np.empty(400)) for _ in range(2))
    ref._sweep_serial(*arguments, *one)
    ref._sweep_parallel(*arguments, *many)
    assert all(np.array_equal(a, b) for a, b in zip(one, many, strict=True))


# --- tabular learning ----------------------------------------------------------------------------


def test_target_of_the_worked_number():
    """A definition of one line: no library offers it alone; the next test has its consequence."""
    assert ref.td_target(-1.0, 10.0, False, False, 0.9) == 8.0
    assert ref.td_target(-1.0, 10.0, False, True, 0.9) == 8.0
    assert ref.td_target(-1.0, 10.0, True, False, 0.9) == -1.0
    assert ref.td_target(-1.0, 10.0, True, True, 0.9) == -1.0


def test_bootstrapping_on_truncation_finds_the_value_of_a_life_without_end():
    """A reward of 1 for ever is worth 1 / (1 - gamma), however often the clock is stopped."""
    value = 0.0
    for step in range(2000):
        value += 0.1 * (ref.td_target(1.0, value, False, step % 10 == 9, 0.9) - value)
    assert value == pytest.approx(1 / (1 - 0.9))


@pytest.mark.parametrize(("epsilon", "actions"), [(0.1, 3), (0.5, 4), (1.0, 5)])
def test_actions_are_as_frequent_as_published(epsilon, actions):
    """Sutton and Barto 2018, section 5.4: 1 - eps + eps / A for the greedy one, else eps / A."""
    row = rng().permutation(actions).astype(float)
    u, u_action = (np.arange(n) + 0.5 for n in (100, 2 * actions))
    counts = np.zeros(actions)
    for a in u / 100:
        for b in u_action / (2 * actions):
            counts[ref.epsilon_greedy(row, epsilon, a, b)] += 1
    expected = np.full(actions, epsilon / actions)
    expected[row.argmax()] += 1 - epsilon
    np.testing.assert_allclose(counts / counts.sum(), expected, atol=1e-12)


def test_the_largest_draw_names_the_last_action():
    for actions in range(1, 40):
        drawn = ref.epsilon_greedy(np.zeros(actions), 1.0, 0.0, np.nextafter(1.0, 0.0))
        assert drawn == actions - 1


def gradient_step(q, state, action, target, lr):
    """Take torch's step on half the squared error; the target is a constant."""
    parameter = torch.tensor(q, requires_grad=True)
    (0.5 * (target - parameter[state, action]) ** 2).backward()
    return (parameter - lr * parameter.grad).detach().numpy()


def test_updates_are_gradient_steps_towards_their_targets():
    q, epsilon = rng().normal(size=(5, 4)), 0.3
    row = torch.tensor(q[3])
    chances = torch.full((4,), epsilon / 4, dtype=torch.float64)
    chances[row.argmax()] += 1 - epsilon
    for terminated in (False, True):
        alive = 0.0 if terminated else 0.9
        best = gradient_step(q, 1, 2, 0.5 + alive * row.max().item(), 0.2)
        taken = gradient_step(q, 1, 2, 0.5 + alive * q[3, 1], 0.2)
        mean = gradient_step(q, 1, 2, 0.5 + alive * (chances @ row).item(), 0.2)
        step = (q, 1, 2, 0.5, 3)
        for rule, expected in (((), best), ((1, epsilon), taken), ((None, epsilon), mean)):
            found = ref.td_update(*step, terminated, *rule, lr=0.2, gamma=0.9)
            np.testing.assert_allclose(found, expected)


def test_updates_of_the_worked_numbers():
    q = np.array([[2.0, 0.0], [4.0, 10.0]])
    half, whole = {"lr": 0.5, "gamma": 0.9}, {"lr": 1.0, "gamma": 0.9}
    assert ref.td_update(q, 0, 0, -1.0, 1, False, **half)[0, 0] == 5.0
    assert ref.td_update(q, 0, 0, -1.0, 1, True, **half)[0, 0] == 0.5
    assert ref.td_update(q, 0, 0, -1.0, 1, False, 0, **whole)[0, 0] == pytest.approx(2.6)
    expected = ref.td_update(q, 0, 0, -1.0, 1, False, None, 0.2, **whole)
    assert expected[0, 0] == pytest.approx(7.46)


def test_updates_over_the_whole_cliff_settle_on_the_optimal_values():
    probability, next_state, reward, terminated = table(CLIFF)
    q = np.zeros(probability.shape[:2])
    for _ in range(20):
        for s, a in np.ndindex(q.shape):
            cell = (s, a, 0)
            step = (float(reward[cell]), int(next_state[cell]), bool(terminated[cell]))
            q = ref.td_update(q, s, a, *step, lr=1.0, gamma=1.0)
    assert q[36].max() == -13
    states = checks.gymnasium_table(CLIFF)[1]
    assert np.array_equal(q[states], ref.value_iteration(*table(CLIFF), 1.0)[states])


# --- training ------------------------------------------------------------------------------------


def greedy_return(name, q, limit=200):
    env = gymnasium.make(name, max_episode_steps=limit)
    policy = greedy(q)
    state, _ = env.reset(seed=0)
    total, over, seen = 0.0, False, [state]
    while not over:
        state, reward, terminated, truncated, _ = env.step(int(policy[state]))
        total, over = total + float(reward), terminated or truncated
        seen.append(state)
    return total, seen


def exact_training(env, draws, epsilons, lr, gamma, seed):
    """Train in rational arithmetic, where no order of operations matters."""
    states, actions = env.observation_space.n, env.action_space.n
    q = [[Fraction(0)] * actions for _ in range(states)]
    returns = []
    for episode, luck in enumerate(draws):
        state, _ = env.reset(seed=seed) if episode == 0 else env.reset()
        returns.append(Fraction(0))
        for u, u_action in luck:
            explore = u < epsilons[episode]
            action = int(u_action * actions) if explore else q[state].index(max(q[state]))
            arrived, reward, terminated, truncated, _ = env.step(action)
            target = Fraction(reward)
            if not terminated:
                target += Fraction(gamma) * max(q[arrived])
            q[state][action] += Fraction(lr) * (target - q[state][action])
            returns[-1] += Fraction(reward)
            state = arrived
            if terminated or truncated:
                break
    return np.array(q, dtype=float), np.array(returns, dtype=float)


def grading_cases(name, seed):
    """Return the environments and arguments that one grading judges training with."""
    for check in checks.train.checks:
        if check.name == name:
            for case in check.cases(rng(seed)):
                env, *rest = case.args
                yield env, rest, case.kwargs


@pytest.mark.parametrize("name", ["along_the_cliff", "in_the_taxi"])
def test_training_on_real_worlds_is_judged_where_arithmetic_is_exact(name):
    """A learning rate and discount of 1 and whole rewards: sums of integers, exact in any order.

    So the table is a fixed function of the draws, and the probability that a right submission is
    taken for a wrong one is zero.
    """
    for seed in range(3):
        for env, rest, kwargs in grading_cases(name, seed):
            found = ref.train_q_table(env.make(), *rest, **kwargs)
            exact = exact_training(env.make(), *rest)
            assert np.array_equal(found[0], exact[0])
            assert np.array_equal(found[1], exact[1])
            assert np.array_equal(found[0], np.round(found[0]))


def test_training_on_ice_is_judged_where_no_value_decides_an_action():
    """The lake is explored at a rate of 1: rounding moves no step, only the last digits."""
    for seed in range(3):
        for env, rest, kwargs in grading_cases("on_the_ice", seed):
            assert np.all(rest[1] == 1.0)
            found = ref.train_q_table(env.make(), *rest, **kwargs)
            exact = exact_training(env.make(), *rest)
            np.testing.assert_allclose(found[0], exact[0], atol=1e-14)
            assert np.array_equal(found[1], exact[1])


def test_rounding_can_hardly_turn_a_greedy_step_in_the_drawn_worlds():
    """False alarms below 1e-9: count near-ties, and scale their number down to rounding's size.

    Rewards are normal, so distinct entries of the table have a bounded density of their
    difference near zero; entries never visited are exactly 0 in every right program.
    """
    near, gradings, window, rounding = 0, 40, 1e-3, 1e-13
    names = [check.name for check in checks.train.checks]
    drawn = [name for name in names if name not in ("along_the_cliff", "on_the_ice", "in_the_taxi")]
    for seed in range(gradings):
        for name in drawn:
            for env, (draws, epsilons, *rest), kwargs in grading_cases(name, seed):
                near += near_ties(env, draws, epsilons, rest, kwargs, window)
    alarm = near / gradings * rounding / window
    assert 0 < alarm < 1e-9, alarm


def near_ties(env, draws, epsilons, rest, kwargs, window):
    """Count greedy steps whose two best values differ by less than `window`, but differ."""
    count = 0
    original = ref._first_best

    def watched(row):
        nonlocal count
        best = np.unique(row)[-2:]
        count += len(best) == 2 and best[1] - best[0] < window
        return original(row)

    ref._first_best = watched
    try:
        ref.train_q_table(env.make(), draws, epsilons, *rest, **kwargs)
    finally:
        ref._first_best = original
    return count


def test_training_finds_the_shortest_way_along_the_cliff():
    for seed in range(5):
        draws = rng(seed).random((40, 100, 2))
        env = Env(CLIFF).make()
        q, _ = ref.train_q_table(env, draws, np.full(40, 0.1), 1.0, 1.0, seed)
        assert greedy_return(CLIFF, q)[0] == -13


def test_training_on_ice_learns_to_cross_it():
    """From 6000 random walks, of which hardly any arrives, to a policy that mostly does."""
    draws, rates = rng(1).random((6000, 100, 2)), np.full(6000, 1.0)
    q, returns = ref.train_q_table(Env("FrozenLake-v1").make(), draws, rates, 0.05, 0.99, 1)
    assert returns.mean() < 0.03
    assert distribution("FrozenLake-v1", greedy(q), 20_000) > 0.5


def on_policy(update, seed, episodes=400, epsilon=0.1):
    """Live along the cliff with one of the on-policy updates; return table and returns."""
    env, luck = Env(CLIFF, max_steps=200).make(), rng(seed)
    q, returns = np.zeros((48, 4)), np.zeros(episodes)
    for episode in range(episodes):
        state, _ = env.reset(seed=seed)
        action, over = ref.epsilon_greedy(q[state], epsilon, *luck.random(2)), False
        while not over:
            arrived, reward, terminated, truncated, _ = env.step(action)
            following = ref.epsilon_greedy(q[arrived], epsilon, *luck.random(2))
            q = update(q, state, action, float(reward), arrived, following, terminated)
            returns[episode] += float(reward)
            state, action, over = arrived, following, terminated or truncated
    return q, returns


def test_on_policy_learners_walk_away_from_the_cliff():
    """Expected SARSA's greedy path is longer and safe; SARSA earns more while it learns."""

    def expected(q, s, a, r, n, _, end):
        return ref.td_update(q, s, a, r, n, end, None, 0.1, 0.5, 1.0)

    def sarsa(q, s, a, r, n, following, end):
        return ref.td_update(q, s, a, r, n, end, following, lr=0.5, gamma=1.0)

    earned = []
    for seed in range(4):
        total, path = greedy_return(CLIFF, on_policy(expected, seed)[0])
        assert total in (-15, -17)
        assert min(state // 12 for state in path) in SAFE_ROW
        draws = rng(seed).random((400, 200, 2))
        _, risky = ref.train_q_table(Env(CLIFF).make(), draws, np.full(400, 0.1), 0.5, 1.0, seed)
        earned.append((on_policy(sarsa, seed)[1][200:].mean(), risky[200:].mean()))
    careful, risky = np.mean(earned, axis=0)
    assert careful > risky + 10


# --- n steps, and two tables ---------------------------------------------------------------------


@pytest.mark.parametrize("over", [True, False])
def test_n_step_targets_are_one_step_targets_applied_n_times(over):
    """The n-step operator is the one-step operator's n-th power along the path."""
    rewards, guesses = rng().normal(size=(2, 12))
    end = 0.0 if over else guesses[-1]
    backed = np.append(guesses[:1], guesses[:-1])
    for n in range(1, 15):
        backed = rewards + 0.9 * np.append(backed[1:], end)
        np.testing.assert_allclose(ref.n_step_targets(rewards, guesses, n, over, 0.9), backed)
    if over:
        np.testing.assert_allclose(backed, ref.discounted_returns(rewards, 0.9))


def test_n_step_targets_are_a_filter_of_finite_length():
    rewards, guesses = rng().normal(size=(2, 40))
    taps = 0.8 ** np.arange(5)
    filtered = signal.convolve(rewards, taps[::-1], mode="valid")
    found = ref.n_step_targets(rewards, guesses, 5, True, 0.8)
    np.testing.assert_allclose(found[:35], filtered[:35] + 0.8**5 * guesses[4:39])


def test_n_step_targets_of_the_worked_numbers():
    given = np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0, 40.0]), 2
    assert ref.n_step_targets(*given, True, 0.5).tolist() == [7.0, 3.5, 3.0]
    assert ref.n_step_targets(*given, False, 0.5).tolist() == [7.0, 13.5, 23.0]


def test_double_updates_are_gradient_steps_of_one_table():
    first, second = rng().normal(size=(2, 5, 4))
    for u, tables in ((0.2, (first, second)), (0.7, (second, first))):
        choice = torch.tensor(tables[0][3]).argmax()
        moved = gradient_step(tables[0], 1, 2, 0.5 + 0.9 * tables[1][3, choice], 0.2)
        found = ref.double_q_update(first, second, 1, 2, 0.5, 3, False, u, 0.2, 0.9)
        learner, other = found if u < 0.5 else found[::-1]
        np.testing.assert_allclose(learner, moved)
        assert np.array_equal(other, tables[1])


def test_double_updates_of_the_worked_numbers():
    given = np.array([[2.0, 1.0], [2.0, 5.0]]), np.array([[0.0, 1.0], [8.0, 7.0]]), 0, 0, -1.0, 1
    assert ref.double_q_update(*given, False, 0.2, 0.5, 0.9)[0][0, 0] == pytest.approx(3.65)
    assert ref.double_q_update(*given, False, 0.7, 0.5, 0.9)[1][0, 0] == pytest.approx(0.4)


def test_two_tables_have_no_maximisation_bias():
    """All actions are worth 0 and paid with noise: Q-learning's target is above 0, double's not."""
    plain, double = [], []
    for seed in range(300):
        luck = rng(seed)
        q, tables = np.zeros((2, 8)), (np.zeros((2, 8)), np.zeros((2, 8)))
        for _ in range(80):
            step = (1, int(luck.integers(8)), float(luck.normal()), 0, True)
            q = ref.td_update(q, *step, lr=0.2, gamma=1.0)
            tables = ref.double_q_update(*tables, *step, luck.random(), 0.2, 1.0)
        plain.append(q[1].max())
        double.append(tables[1][1, tables[0][1].argmax()])
    error = np.std(double) / np.sqrt(len(double))
    assert np.mean(plain) > 0.3
    assert abs(np.mean(double)) < 4 * error


# --- shaping -------------------------------------------------------------------------------------


def test_shaping_shifts_values_and_leaves_the_policy():
    probability, next_state, reward, terminated = table("FrozenLake-v1")
    potential, gamma = rng().normal(size=16), 0.95
    states = np.broadcast_to(np.arange(16)[:, None, None], next_state.shape)
    flat = (part.ravel() for part in (reward, states, next_state, terminated))
    shaped = ref.shaped_reward(*flat, potential, gamma).reshape(reward.shape)
    plain = ref.value_iteration(probability, next_state, reward, terminated, gamma)
    other = ref.value_iteration(probability, next_state, shaped, terminated, gamma)
    np.testing.assert_allclose(other, plain - potential[:, None], atol=1e-7)


def test_shaping_of_the_worked_numbers():
    states, flags = (np.array([0, 0]), np.array([1, 1])), np.array([False, True])
    found = ref.shaped_reward(np.full(2, -1.0), *states, flags, np.array([-3.0, -2.0]), 0.9)
    np.testing.assert_allclose(found, [0.2, 2.0])


# --- replay --------------------------------------------------------------------------------------


def test_the_ring_remembers_what_a_bounded_deque_does():
    luck = rng()
    buffer, memory = checks.buffer_of(luck, 5, 2, 0, 0), deque(maxlen=5)
    for count, step in enumerate(checks.steps_to_push(luck, 13, 2), 1):
        buffer = ref.replay_push(buffer, *step)
        memory.append(step[2])
        assert buffer["size"] == len(memory) == min(count, 5)
        assert buffer["position"] == count % 5
        kept = buffer["rewards"][: buffer["size"]]
        np.testing.assert_allclose(np.sort(kept), np.sort(np.float32(memory)))


def test_sampling_is_even_over_the_filled_slots():
    buffer = checks.buffer_of(rng(), 10, 2, 4, 4)
    buffer["rewards"] = np.arange(10, dtype=np.float32)
    drawn = ref.replay_sample(buffer, (np.arange(400) + 0.5) / 400)[2]
    assert np.array_equal(np.bincount(drawn.astype(int), minlength=10), [100] * 4 + [0] * 6)
    assert np.array_equal(ref.replay_sample(buffer, np.array([0.1, 0.9, 0.6]))[2], [0, 3, 2])


# --- the network's targets, loss and copy --------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("n", [7, 9000])
def test_targets_follow_torch(dtype, n):
    luck = rng()
    rewards, ended = luck.normal(size=n).astype(dtype), luck.random(n) < 0.3
    online, target = luck.normal(size=(2, n, 4)).astype(dtype)
    r, o, t = (torch.tensor(part) for part in (rewards, online, target))
    alive = torch.tensor(~ended)
    plain = r + 0.9 * t.max(dim=1).values * alive
    double = r + 0.9 * t.gather(1, o.argmax(dim=1, keepdim=True)).squeeze(1) * alive
    for found, expected in (
        (ref.dqn_targets(rewards, online, target, ended, 0.9, False), plain),
        (ref.dqn_targets(rewards, online, target, ended, 0.9), double),
    ):
        assert found.dtype == dtype
        np.testing.assert_allclose(found, expected.numpy(), rtol=2e-6, atol=1e-6)


def test_targets_of_the_worked_numbers():
    next_q, ended = np.array([[2.0, 5.0], [7.0, 3.0]]), np.array([False, True])
    found = ref.dqn_targets(np.ones(2), next_q[::-1], next_q, ended, 0.9, False)
    np.testing.assert_allclose(found, [5.5, 1.0])
    opinions = np.array([[2.0, 5.0]]), np.array([[4.0, 3.0]])
    assert ref.dqn_targets(np.zeros(1), *opinions, np.zeros(1, bool), 1.0) == [3.0]


def test_which_rule_names_the_updates_that_moved_a_table():
    """A step of size one leaves the target in the table: Gymnasium's cliff, the updates above."""
    env, luck = gymnasium.make(CLIFF), rng(5)
    q = luck.normal(size=(48, 4)) + 3.0
    states, actions, rewards = [env.reset(seed=1)[0]], [0], []
    for _ in range(9):
        state, reward, *_ = env.step(actions[-1])
        states.append(int(state))
        actions.append(int(luck.integers(0, 4)))
        rewards.append(float(reward))
    for over in (False, True):
        ends = [False] * 8 + [over]
        for name in ("q-learning", "sarsa", "expected sarsa"):
            targets = []
            for t, end in enumerate(ends):
                step = states[t], actions[t], rewards[t], states[t + 1], end
                then = actions[t + 1] if name == "sarsa" else None
                epsilon = 0.4 if name == "expected sarsa" else 0.0
                new = ref.td_update(q, *step, then, epsilon, lr=1.0, gamma=0.9)
                targets.append(new[states[t], actions[t]])
            log = q, np.array(states), np.array(actions), np.array(rewards), over, 0.4
            assert ref.which_rule(*log, np.array(targets), 0.9) == name
            assert ref.which_rule(*log, np.array(targets) + 0.01, 0.9) == "unknown"
            if over:
                targets[-1] += 0.9 * q[states[-1]].max()
                fits = "beyond the end" if name == "q-learning" else "unknown"
                assert ref.which_rule(*log, np.array(targets), 0.9) == fits


def test_which_rule_names_a_filter_monte_carlo():
    """SciPy's recursive filter, run backwards, adds up the returns."""
    rewards = rng(6).normal(size=30)
    returns = signal.lfilter([1.0], [1.0, -0.8], rewards[::-1])[::-1].copy()
    log = np.full((2, 2), 5.0), np.arange(31) % 2, np.zeros(31, int), rewards
    for over in (False, True):
        assert ref.which_rule(*log, over, 0.1, returns, 0.8) == "monte carlo"


def test_which_rule_of_the_worked_numbers():
    q = np.array([[8.0, 4.0], [4.0, 0.0], [6.0, 2.0]])
    log = q, np.array([0, 1, 2]), np.array([0, 1, 1]), np.array([1.0, 2.0])
    for over, row, name in (
        (True, [2.5, 2], "expected sarsa"),
        (True, [2, 2], "two steps"),
        (False, [3.5, 5], "two steps"),
        (False, [2, 2], "monte carlo"),
        (False, [3, 2], "cut is dead"),
        (True, [3, 2], "q-learning"),
        (False, [5, 4], "wrong state"),
        (False, [5, 2], "unknown"),
    ):
        assert ref.which_rule(*log, over, 0.5, np.array(row, float), 0.5) == name


@pytest.mark.parametrize("delta", [0.4, 1.0, 2.5])
@pytest.mark.parametrize("n", [5, 70_000])
def test_huber_follows_torch_and_scipy(delta, n):
    prediction, target = rng().normal(size=(2, n)) * 3
    p, t = torch.tensor(prediction, requires_grad=True), torch.tensor(target)
    loss = torch.nn.functional.huber_loss(p, t, delta=delta)
    loss.backward()
    found, slope = ref.huber_loss(prediction, target, delta)
    assert found == pytest.approx(loss.item())
    assert found == pytest.approx(special.huber(delta, prediction - target).mean())
    np.testing.assert_allclose(slope, p.grad.numpy())


def test_the_gradient_of_huber_has_the_same_bits_for_one_thread_and_many():
    prediction, target = rng().normal(size=(2, 70_001)) * 3
    one, many = np.empty_like(prediction), np.empty_like(prediction)
    ref._slopes_serial(prediction, target, 1.0, 0.3, one)
    ref._slopes_parallel(prediction, target, 1.0, 0.3, many)
    assert np.array_equal(one, many)


@pytest.mark.parametrize("n", [3, 300_001])
def test_huber_in_float32_stays_close_to_float64(n):
    prediction, target = (rng().normal(size=(2, n)) * 3).astype(np.float32)
    wide = prediction.astype(np.float64), target.astype(np.float64)
    (loss, slope), (expected, steep) = ref.huber_loss(prediction, target), ref.huber_loss(*wide)
    assert loss == pytest.approx(expected, rel=1e-6)
    assert slope.dtype == np.float32
    np.testing.assert_allclose(slope, steep, rtol=1e-6, atol=1e-7 / n)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_huber_lets_no_nan_pass_and_clips_infinities(dtype):
    prediction, target = np.zeros((2, 40), dtype)
    prediction[[3, 20, 39]] = np.nan, np.inf, -np.inf
    loss, slope = ref.huber_loss(prediction, target)
    assert np.isnan(loss)
    expected = np.zeros(40)
    expected[[3, 20, 39]] = np.nan, 1 / 40, -1 / 40
    np.testing.assert_allclose(slope, expected, rtol=1e-6)
    assert ref.huber_loss(prediction[10:], target[10:])[0] == np.inf


def test_huber_of_the_worked_numbers():
    loss, slope = ref.huber_loss(np.array([0.5, -3.0]), np.zeros(2))
    assert loss == 1.3125
    assert np.array_equal(slope, [0.25, -0.5])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_slow_copy_follows_torch(dtype):
    slow, fast = (
        [rng(s).normal(size=shape).astype(dtype) for shape in ((3, 4), (3,))] for s in (1, 2)
    )
    for found, s, f in zip(ref.soft_update(slow, fast, 0.1), slow, fast, strict=True):
        expected = torch.lerp(torch.tensor(s), torch.tensor(f), 0.1).numpy()
        assert found.dtype == dtype
        np.testing.assert_allclose(found, expected, rtol=1e-5 if dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("delta", [0.5, 2.0])
def test_the_learning_step_follows_torch(dtype, delta):
    luck = rng()
    given = checks.transitions(luck, 20, 5, 3, ends=(2, 7), error=2.0)
    given = [part.astype(dtype) if part.dtype == np.float64 else part for part in given]
    w, slow, s, a, r, after, over = (torch.tensor(part) for part in given)
    w.requires_grad_()
    optimizer = torch.optim.SGD([w], lr=0.3)
    with torch.no_grad():
        best = (after @ w.T).argmax(dim=1, keepdim=True)
        aims = r + 0.9 * (after @ slow.T).gather(1, best)[:, 0] * ~over
    chosen = (s @ w.T).gather(1, a[:, None])[:, 0]
    torch.nn.functional.huber_loss(chosen, aims, delta=delta).backward()
    optimizer.step()
    found = ref.dqn_step(*given, 0.3, 0.9, delta)
    assert found.dtype == dtype
    tolerance = 1e-5 if dtype == np.float32 else 1e-12
    np.testing.assert_allclose(found, w.detach().numpy(), rtol=tolerance, atol=tolerance)


def test_the_learning_step_of_the_worked_numbers():
    nets = np.eye(2), np.array([[4.0, 0.0], [0.0, 2.0]])
    states, after = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[2.0, 3.0], [1.0, 1.0]])
    step = states, np.array([0, 1]), np.array([-1.0, 3.0]), after, np.array([False, True])
    for delta, row in ((2.0, [0.0, 1.1]), (1.0, [0.0, 1.05])):
        found = ref.dqn_step(*nets, *step, 0.1, 0.5, delta)
        np.testing.assert_allclose(found, [[1.05, 0.1], row])
