"""How the chapter on Q-learning is judged."""

from __future__ import annotations

import numpy as np

from autograder.cases import single, spread
from autograder.observe import Env
from autograder.spec import Case, Exercise, Question
from solutions.q_learning import chapter


def world(rng, states, actions, outcomes, ends=0.15):
    """Draw a transition table with random rewards; some outcomes terminate."""
    shape = (states, actions, outcomes)
    probability = rng.dirichlet(np.ones(outcomes), shape[:2])
    terminated = rng.random(shape) < ends
    terminated[0, 0, 0] = ends > 0
    return probability, rng.integers(0, states, shape), rng.normal(size=shape), terminated


def gymnasium_table(name):
    """Return the table of a Gymnasium world and its states worth asking about."""
    import gymnasium

    env = gymnasium.make(name)
    table = chapter.transition_table(env)
    probability, next_state, _, terminated = table
    seen = set(np.flatnonzero(env.unwrapped.initial_state_distrib).tolist())
    fresh = set(seen)
    while fresh:
        rows = sorted(fresh)
        goes_on = (probability[rows] > 0) & ~terminated[rows]
        fresh = set(next_state[rows][goes_on].tolist()) - seen
        seen |= fresh
    return table, np.array(sorted(seen))


# --- returns -------------------------------------------------------------------------------------

returns = Exercise("discounted_returns", points=3)


@returns.check(weight=2)
def episodes(rng):
    """Discounts the rewards that follow each step, for episodes of several lengths."""
    yield np.array([0.0, 0.0, 1.0]), 0.9
    yield rng.normal(size=6), 0.9
    yield rng.normal(size=11), 0.5


@returns.check()
def extremes(rng):
    """Returns the rewards themselves for γ = 0 and plain sums of what is left for γ = 1."""
    yield rng.normal(size=5), 0.0
    yield rng.normal(size=7), 1.0


@returns.check(needs=episodes)
def usual_discount(rng):
    """Discounts by 0.99 if nothing else is said."""
    yield (rng.normal(size=30),)


@returns.check(exact=True)
def shortest(rng):
    """Has one return for an episode of one step and none for an episode of none."""
    yield np.array([2.5]), 0.9
    yield np.zeros(0), 0.9


returns.in_other_dress(episodes)


@returns.check(hidden=True, observe="linear", atol=1e-9)
def linearity(rng):
    """Is linear in the rewards."""
    yield rng.normal(size=7), rng.normal(size=7), 1.5, -0.5, 0.9


def _forwards(rewards, gamma=0.99):
    out, past = np.zeros_like(rewards), 0.0
    for t in range(len(rewards)):
        past = rewards[t] + gamma * past
        out[t] = past
    return out


def _rest_discounted_once(rewards, gamma=0.99):
    rest = np.cumsum(rewards[::-1])[::-1] - rewards
    return (rewards + gamma * rest).astype(rewards.dtype)


def _first_return_only(rewards, gamma=0.99):
    return np.full_like(rewards, np.sum(rewards * gamma ** np.arange(len(rewards))))


def _counted_from_the_start(rewards, gamma=0.99):
    discounted = rewards * gamma ** np.arange(len(rewards))
    return np.cumsum(discounted[::-1])[::-1].astype(rewards.dtype)


# --- planning ------------------------------------------------------------------------------------

planning = Exercise("value_iteration", points=5)

ENOUGH = 1000
"""More sweeps than the worlds with a low discount need; values that never settle end there."""


def corridor():
    """Three fields in a row, left and right; the third is the goal, which pays 1."""
    next_state = np.array([[0, 1], [0, 2], [2, 2]])[:, :, None]
    reward = np.array([[0.0, 0.0], [0.0, 1.0], [0.0, 0.0]])[:, :, None]
    terminated = np.array([[False, False], [False, True], [True, True]])[:, :, None]
    return np.ones((3, 2, 1)), next_state, reward, terminated


@planning.check(atol=1e-6)
def corridor_by_hand(rng):
    """Finds the values of the corridor worked out above, for several discounts."""
    yield *corridor(), 0.9
    yield *corridor(), 0.5
    yield *corridor(), 1.0


@planning.check(weight=2, atol=1e-6)
def random_worlds(rng):
    """Finds the best values in worlds where actions have several outcomes."""
    yield Case(*world(rng, 6, 4, 3, ends=0), gamma=0.8, max_sweeps=ENOUGH)
    yield Case(*world(rng, 3, 5, 2, ends=0), gamma=0.6, max_sweeps=ENOUGH)


@planning.check(weight=2, needs=random_worlds, atol=1e-6)
def worlds_with_ends(rng):
    """Lets nothing follow an outcome that ends the episode, wherever that outcome leads."""
    yield Case(*world(rng, 5, 3, 2, ends=0.3), gamma=0.9, max_sweeps=ENOUGH)
    yield Case(*world(rng, 4, 6, 3, ends=0.2), gamma=0.9, max_sweeps=ENOUGH)


@planning.check(needs=random_worlds, atol=1e-6)
def usual_settings(rng):
    """Discounts by 0.99 and stops at changes of 1e-10 if nothing else is said."""
    yield world(rng, 4, 2, 2, ends=0.1)
    probability, next_state, reward, terminated = world(rng, 4, 2, 2, ends=0.1)
    yield probability, next_state, -np.abs(reward) - 0.1, terminated  # all values fall


@planning.check(needs=random_worlds, dtype=True)
def fine_tables(rng):
    """The table is float64, also where the world's table is float32."""
    probability, next_state, reward, terminated = world(rng, 4, 3, 2, ends=0.2)
    yield (*single((probability, next_state, reward)), terminated, 0.9)


@planning.check()
def few_sweeps(rng):
    """Computes each sweep from the table before it, and stops after the number it is given."""
    for sweeps in (1, 2, 5):
        yield Case(*world(rng, 5, 3, 2, ends=0.1), gamma=0.9, max_sweeps=sweeps)


@planning.check()
def coarse_tolerance(rng):
    """Stops after the first sweep that changes nothing by more than the tolerance."""
    limit = {"max_sweeps": 3 * ENOUGH}
    yield Case(*world(rng, 4, 3, 2, ends=0), gamma=0.8, tolerance=0.01, **limit)
    yield Case(*corridor(), gamma=0.5, tolerance=0.5, **limit)
    ways, after, reward, ends = corridor()
    yield Case(ways, after, -1 - reward, ends, gamma=0.9, tolerance=0.25, **limit)
    yield Case(*world(rng, 3, 2, 2, ends=0), gamma=0.99, tolerance=1e-6, **limit)


@planning.check(weight=2, hidden=True, observe="at", atol=1e-6)
def lake_and_cliff(rng):
    """Plans on the frozen lake and along the cliff."""
    for name, gamma in (("FrozenLake-v1", 0.99), ("FrozenLake-v1", 0.9), ("CliffWalking-v1", 1.0)):
        table, states = gymnasium_table(name)
        yield states, *table, gamma


def _in_place(
    probability, next_state, reward, terminated, gamma=0.99, tolerance=1e-10, max_sweeps=10_000
):
    q = np.zeros(probability.shape[:2])
    for _ in range(max_sweeps):
        before = q.copy()
        for state in range(len(q)):
            future = np.where(terminated[state], 0.0, q.max(axis=1)[next_state[state]])
            q[state] = np.sum(probability[state] * (reward[state] + gamma * future), axis=1)
        if np.max(np.abs(q - before)) <= tolerance:
            break
    return q


def _in_place_by_entry(
    probability, next_state, reward, terminated, gamma=0.99, tolerance=1e-10, max_sweeps=10_000
):
    q = np.zeros(probability.shape[:2])
    for _ in range(max_sweeps):
        before = q.copy()
        for entry in np.ndindex(q.shape):
            future = np.where(terminated[entry], 0.0, q[next_state[entry]].max(axis=1))
            q[entry] = np.sum(probability[entry] * (reward[entry] + gamma * future))
        if np.max(np.abs(q - before)) <= tolerance:
            break
    return q


# --- the target ----------------------------------------------------------------------------------

target = Exercise("td_target", points=2)


@target.check(weight=2)
def going_on(rng):
    """Adds the discounted guess while the episode goes on."""
    yield -1.0, 10.0, False, False, 0.9
    yield 1.0, -10.0, False, False, 0.9
    for gamma in (0.5, 1.0, 0.0):
        yield float(rng.normal()), float(rng.normal() + 3), False, False, gamma


@target.check(weight=2)
def terminated(rng):
    """Is the reward alone where the task ended, whatever the guess says."""
    yield 1.5, 10.0, True, False, 0.9
    yield float(rng.normal()), float(rng.normal() - 3), True, False, 0.7


@target.check(weight=2)
def truncated(rng):
    """Still adds the guess where only the clock was stopped."""
    yield -1.0, 10.0, False, True, 0.9
    yield float(rng.normal()), float(rng.normal() + 4), False, True, 0.7


@target.check()
def both_flags(rng):
    """Takes the task as ended if both flags are up."""
    yield float(rng.normal()), float(rng.normal() + 4), True, True, 0.7


@target.check(hidden=True)
def usual_discount_of_targets(rng):
    """Discounts by 0.99 if nothing else is said."""
    yield float(rng.normal()), float(rng.normal() + 4), False, False
    yield float(rng.normal()), float(rng.normal() + 4), False, True


# --- exploring -----------------------------------------------------------------------------------

explore = Exercise("epsilon_greedy", points=3)


@explore.check(observe="each", weight=2, notices=("draws-exchanged",))
def exploits(rng):
    """Takes the best action when it does not explore."""
    yield rng.normal(size=(6, 4)), np.full(6, 0.25), rng.uniform(0.3, 1.0, 6), rng.random(6)
    yield rng.normal(size=(4, 3)), np.zeros(4), rng.random(4), rng.random(4)


@explore.check(observe="each", weight=2)
def explores(rng):
    """Takes any of all actions, by equal pieces of the second draw, when it explores."""
    for actions, epsilon in ((4, 0.3), (3, 1.0)):
        u = rng.random(3 * actions) * epsilon
        pieces = (np.arange(3 * actions) + rng.uniform(0.1, 0.9, 3 * actions)) / (3 * actions)
        yield rng.normal(size=(3 * actions, actions)), np.full(u.size, epsilon), u, pieces


@explore.check(observe="each", exact=True)
def borders(rng):
    """Never explores at ε = 0, always at ε = 1, and not at u = ε."""
    rows = np.array([[0.0, 1.0, 0.5, 0.25]] * 9)
    epsilons = np.array([0.0, 0.5, 0.25, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    u = np.array([0.0, 0.5, 0.25, 0.999, 0.999, 0.5, 0.999, 0.0, 0.25])
    yield rows, epsilons, u, np.array([0.9, 0.6, 0.1, 0.9, 0.1, 0.6, 0.8, 0.45, 0.3])
    yield rows[:4], np.ones(4), np.full(4, 0.5), np.array([0.0, 0.25, 0.5, 0.75])


@explore.check(observe="each", exact=True)
def tied_actions(rng):
    """Takes the lowest index of tied actions."""
    rows = np.array([[0.0, 2.0, 2.0], [1.0, 0.5, 1.0], [0.0, 0.0, 0.0]])
    yield rows, np.full(3, 0.125), np.full(3, 0.5), np.full(3, 0.9)


@explore.check(observe="each", hidden=True, notices=("largest-in-size",))
def frequencies(rng):
    """Takes each action as often as it should over a fine grid of draws."""
    u, u_action = (grid.ravel() for grid in np.meshgrid((np.arange(10) + 0.5) / 10, PIECES))
    row = rng.normal(size=5)
    yield np.tile(row, (u.size, 1)), np.full(u.size, 0.4), u, u_action


explore.in_other_dress(exploits, keeps=False)


PIECES = (np.arange(15) + 0.5) / 15


def _others_only(q_row, epsilon, u, u_action):
    best = int(np.argmax(q_row))
    if u < epsilon:
        others = [action for action in range(len(q_row)) if action != best]
        return others[int(u_action * len(others))]
    return best


# --- one step of learning ------------------------------------------------------------------------

update = Exercise("td_update", points=7, needs=("td_target",))
RATES = {"lr": 0.5, "gamma": 0.9}


@update.check(weight=2)
def towards_the_best(rng):
    """Moves the entry of the step towards the best next value, and leaves all others."""
    best_elsewhere = np.append(np.zeros(4), -5.0)[:, None]
    yield Case(rng.normal(size=(5, 3)) + best_elsewhere, 1, 2, 0.7, 4, False, **RATES)
    yield Case(rng.normal(size=(3, 6)), 2, 4, -1.3, 1, False, lr=0.25, gamma=0.6)


@update.check(weight=2)
def towards_the_next_action(rng):
    """Moves it towards the value of the action that comes next, if that is given (SARSA)."""
    yield Case(rng.normal(size=(5, 3)), 1, 2, 0.7, 4, False, 0, **RATES)
    yield Case(rng.normal(size=(3, 6)), 2, 4, -1.3, 1, False, 3, lr=0.25, gamma=0.6)
    worst = np.array([[0.0, 1.0, 2.0], [-3.0, 5.0, 7.0]]) + rng.normal(size=(2, 3)) / 4
    yield Case(worst, 0, 1, 0.4, 1, False, 0, 0.3, **RATES)


@update.check(weight=2, notices=("best-of-the-whole-table",))
def towards_the_mean(rng):
    """Moves it towards the mean value of what an ε-greedy agent may do next (Expected SARSA)."""
    yield Case(rng.normal(size=(5, 3)), 1, 2, 0.7, 4, False, None, 0.3, **RATES)
    yield Case(rng.normal(size=(3, 6)), 2, 4, -1.3, 1, False, None, 0.15, lr=0.25, gamma=0.6)
    yield Case(rng.normal(size=(4, 3)), 3, 1, 0.2, 0, False, None, 1.0, **RATES)


@update.check(weight=2)
def last_step(rng):
    """Lets nothing follow a step that terminated, by any of the three rules."""
    for rule in ((), (0,), (None, 0.3)):
        yield Case(rng.normal(size=(4, 3)) + 5.0, 0, 1, 0.7, 2, True, *rule, **RATES)


@update.check()
def by_hand(rng):
    """Comes to the numbers worked out above, by each of the three rules."""
    q = np.array([[2.0, 0.0], [4.0, 10.0]])
    yield Case(q, 0, 0, -1.0, 1, False, **RATES)
    yield Case(q, 0, 0, -1.0, 1, True, **RATES)
    yield Case(q, 0, 0, -1.0, 1, False, 0, **RATES)
    yield Case(q, 0, 0, -1.0, 1, False, None, 0.2, **RATES)


@update.check()
def tied_next_actions(rng):
    """Has the same mean however the greedy action is chosen among ties."""
    q = np.array([[1.0, 2.0, 3.0], [4.0, 4.0, 0.0], [0.5, 0.5, 0.5]])
    yield q, 0, 1, 1.0, 1, False, None, 0.75, 0.5, 0.5
    yield q, 1, 0, 1.0, 2, False, None, 0.75, 0.5, 0.5


@update.check(hidden=True, notices=("next-action-not-asked", "only-upwards"))
def usual_rates_of_learning(rng):
    """Learns at 0.1, discounts by 0.99 and explores at 0 if nothing else is said."""
    yield rng.normal(size=(4, 3)) + 2.0, 3, 0, 0.7, 1, False
    yield Case(rng.normal(size=(4, 3)) + 2.0, 3, 0, 0.7, 1, False, gamma=0.5)
    yield Case(rng.normal(size=(4, 3)) + 2.0, 3, 0, 0.7, 1, False, 2, lr=0.5)


@update.check(hidden=True, observe="fold")
def a_life(rng):
    """Learns from one step after another, also from a step that leads back to its own state."""
    rows = [
        (int(s), int(a), float(r), int(n), bool(end))
        for s, a, r, n, end in zip(
            [0, 2, 2, 1, 0, 3],
            rng.integers(0, 3, 6),
            rng.choice([-1.0, 1.0], 6) * rng.uniform(1.2, 3.0, 6),
            [2, 2, 1, 0, 3, 1],
            [False, False, False, False, False, True],
        )
    ]
    yield Case(rng.normal(size=(4, 3)), rows, lr=0.3, gamma=0.8)


update.in_other_dress(towards_the_mean)


def _tied_actions_share(
    q,
    state,
    action,
    reward,
    next_state,
    terminated,
    next_action=None,
    epsilon=0.0,
    lr=0.1,
    gamma=0.99,
):
    step = (q, state, action, reward, next_state, terminated)
    if next_action is not None:
        return chapter.td_update(*step, next_action, epsilon, lr, gamma)
    row = q[next_state]
    best = row == row.max()
    chances = epsilon / len(row) + (1 - epsilon) * best
    target = chapter.td_target(reward, float(chances @ row), terminated, False, gamma)
    new = q.copy()
    new[state, action] += lr * (target - q[state, action])
    return new


# --- training ------------------------------------------------------------------------------------

train = Exercise("train_q_table", points=8, needs=("td_target", "epsilon_greedy", "td_update"))


def table_env(rng, states, actions, outcomes=2, ends=0.1, limit=None):
    """Draw a world to live in; it starts anywhere."""
    arrays = world(rng, states, actions, outcomes, ends)
    return Env("table", max_steps=limit, arrays=(*arrays, rng.dirichlet(np.ones(states))))


def lives(rng, episodes, steps):
    """Draw the luck of a few episodes."""
    return rng.random((episodes, steps, 2))


@train.check(weight=2, notices=("on-policy", "our-limit-ends", "learns-at-the-end-of-the-episode"))
def first_episode(rng):
    """Learns from the steps of one episode."""
    rates = np.array([0.5])
    yield table_env(rng, 4, 3, ends=0), lives(rng, 1, 5), rates, 0.5, 0.9, 7
    yield table_env(rng, 3, 5, ends=0), lives(rng, 1, 8), rates, 0.25, 0.6, 8


@train.check(weight=3, needs=first_episode, notices=("our-limit-ends",))
def many_episodes(rng):
    """Begins anew when an episode terminates, and keeps what it has learnt."""
    yield table_env(rng, 5, 3), lives(rng, 12, 20), np.full(12, 0.3), 0.4, 0.9, 3
    yield table_env(rng, 4, 5, 3), lives(rng, 8, 15), np.full(8, 0.6), 0.3, 0.8, 4


@train.check(weight=2, needs=many_episodes, notices=("learns-at-the-end-of-the-episode",))
def the_world_stops_the_clock(rng):
    """Stops an episode that is truncated, but learns from it as if it went on."""
    yield table_env(rng, 4, 3, ends=0, limit=4), lives(rng, 6, 9), np.full(6, 0.4), 0.5, 0.9, 2


@train.check(needs=many_episodes, notices=("on-policy", "learns-at-the-end-of-the-episode"))
def our_own_limit(rng):
    """Stops an episode when its draws are used up, in a world that never ends."""
    yield table_env(rng, 4, 3, ends=0), lives(rng, 6, 3), np.full(6, 0.4), 0.5, 0.9, 2


@train.check(
    needs=many_episodes,
    notices=(
        "last-step-not-learnt",
        "termination-ignored",
        "future-beyond-the-end",
        "draws-used-up-in-order",
        "our-limit-ends",
        "learns-at-the-end-of-the-episode",
    ),
)
def fading_curiosity(rng):
    """Explores in each episode at that episode's own rate."""
    yield table_env(rng, 4, 4), lives(rng, 10, 12), np.linspace(1.0, 0.0, 10), 0.5, 0.9, 5


@train.check(
    hidden=True,
    needs=many_episodes,
    notices=("future-beyond-the-end", "our-limit-ends", "learns-at-the-end-of-the-episode"),
)
def usual_settings_of_training(rng):
    """Learns at 0.1, discounts by 0.99 and seeds with 0 if nothing else is said."""
    env = table_env(rng, 4, 3, 3)
    yield env, lives(rng, 6, 12), np.full(6, 0.5)
    yield Case(env, lives(rng, 6, 12), np.full(6, 0.5), gamma=0.5)


@train.check(
    weight=2,
    hidden=True,
    exact=True,
    notices=("last-step-not-learnt", "termination-ignored", "draws-used-up-in-order"),
)
def along_the_cliff(rng):
    """Learns the way along the cliff (CliffWalking, which has no step limit of its own)."""
    env = Env("CliffWalking-v1")
    yield env, lives(rng, 10, 45), np.full(10, 0.1), 1.0, 1.0, int(rng.integers(1, 1000))


@train.check(hidden=True, exact=True, notices=("our-limit-ends",))
def on_the_ice(rng):
    """Learns on a small slippery lake, whose luck is the environment's own (FrozenLake)."""
    env = Env("FrozenLake-v1", kwargs=(("desc", ("SFF", "FFH", "FFG")),))
    yield env, lives(rng, 25, 40), np.full(25, 1.0), 0.5, 0.5, int(rng.integers(1, 1000))


@train.check(hidden=True, exact=True, notices=("limit-taken-for-the-end",))
def in_the_taxi(rng):
    """Learns to drive among 500 states, truncated by the environment (Taxi)."""
    env = Env("Taxi-v4", max_steps=35)
    yield env, lives(rng, 10, 50), np.full(10, 0.2), 1.0, 1.0, int(rng.integers(1, 1000))


def _sarsa_instead(env, draws, epsilons, lr=0.1, gamma=0.99, seed=0):
    episodes, max_steps = draws.shape[:2]
    q = np.zeros((env.observation_space.n, env.action_space.n))
    totals = np.zeros(episodes)
    for episode in range(episodes):
        state, _ = env.reset(seed=seed) if episode == 0 else env.reset()
        action = chapter.epsilon_greedy(q[state], epsilons[episode], *draws[episode, 0])
        for step in range(max_steps):
            next_state, reward, terminated, truncated, _ = env.step(action)
            luck = draws[episode, min(step + 1, max_steps - 1)]
            following = chapter.epsilon_greedy(q[next_state], epsilons[episode], *luck)
            lesson = (state, action, reward, next_state, terminated, following)
            q = chapter.td_update(q, *lesson, lr=lr, gamma=gamma)
            totals[episode] += reward
            state, action = next_state, following
            if terminated or truncated:
                break
    return q, totals


def _stream_of_draws(env, draws, epsilons, lr=0.1, gamma=0.99, seed=0):
    luck = iter(draws.reshape(-1, 2))
    q = np.zeros((env.observation_space.n, env.action_space.n))
    totals = np.zeros(len(draws))
    for episode in range(len(draws)):
        state, _ = env.reset(seed=seed) if episode == 0 else env.reset()
        for _ in range(draws.shape[1]):
            action = chapter.epsilon_greedy(q[state], epsilons[episode], *next(luck))
            next_state, reward, terminated, truncated, _ = env.step(action)
            lesson = (state, action, reward, next_state, terminated)
            q = chapter.td_update(q, *lesson, lr=lr, gamma=gamma)
            totals[episode] += reward
            state = next_state
            if terminated or truncated:
                break
    return q, totals


def _our_limit_ends(env, draws, epsilons, lr=0.1, gamma=0.99, seed=0):
    episodes, max_steps = draws.shape[:2]
    q, returns = np.zeros((env.observation_space.n, env.action_space.n)), np.zeros(episodes)
    for episode in range(episodes):
        state, _ = env.reset(seed=seed) if episode == 0 else env.reset()
        for step in range(max_steps):
            action = chapter.epsilon_greedy(q[state], epsilons[episode], *draws[episode, step])
            after, reward, terminated, truncated, _ = env.step(action)
            ended = terminated or step == max_steps - 1
            lesson = (state, action, reward, after, ended)
            q = chapter.td_update(q, *lesson, lr=lr, gamma=gamma)
            returns[episode] += reward
            state = after
            if terminated or truncated:
                break
    return q, returns


def _learns_at_the_end(env, draws, epsilons, lr=0.1, gamma=0.99, seed=0):
    episodes, max_steps = draws.shape[:2]
    q, returns = np.zeros((env.observation_space.n, env.action_space.n)), np.zeros(episodes)
    for episode in range(episodes):
        state, _ = env.reset(seed=seed) if episode == 0 else env.reset()
        steps = []
        for step in range(max_steps):
            action = chapter.epsilon_greedy(q[state], epsilons[episode], *draws[episode, step])
            after, reward, terminated, truncated, _ = env.step(action)
            steps.append((state, action, reward, after, terminated))
            returns[episode] += reward
            state = after
            if terminated or truncated:
                break
        for lesson in steps:
            q = chapter.td_update(q, *lesson, lr=lr, gamma=gamma)
    return q, returns


# --- n steps -------------------------------------------------------------------------------------

n_steps = Exercise("n_step_targets", points=4)


@n_steps.check()
def n_steps_by_hand(rng):
    """Comes to the numbers worked out above."""
    rewards, guesses = np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0, 40.0])
    yield rewards, guesses, 2, True, 0.5
    yield rewards, guesses, 2, False, 0.5


@n_steps.check(weight=2)
def cut_off(rng):
    """Adds the guess after n rewards, or after those that are left where the episode was cut."""
    yield rng.normal(size=8), rng.normal(size=8) + 3.0, 3, False, 0.9
    yield rng.normal(size=5), rng.normal(size=5) + 3.0, 4, False, 0.6


@n_steps.check(weight=2)
def ended(rng):
    """Leaves the guess out of those targets alone that reach a terminated end."""
    yield rng.normal(size=8), rng.normal(size=8) + 3.0, 3, True, 0.9
    yield rng.normal(size=5), rng.normal(size=5) + 3.0, 2, True, 0.6


@n_steps.check(notices=("first-guess-for-the-window",))
def one_and_all(rng):
    """Is the one-step target for n = 1 and the return of a whole episode for a large n."""
    for n, over in ((1, False), (1, True), (6, True), (50, True), (50, False)):
        yield rng.normal(size=6), rng.normal(size=6) + 3.0, n, over, 0.8


n_steps.in_other_dress(cut_off)


@n_steps.check(hidden=True)
def usual_discount_of_n_steps(rng):
    """Discounts by 0.99 if nothing else is said."""
    yield rng.normal(size=9), rng.normal(size=9) + 5.0, 4, False
    yield rng.normal(size=9), rng.normal(size=9) + 5.0, 3, True


def _n_steps_as(guess_power, reward_power=lambda k, n: k, guess=lambda v, t, m: v[t + m - 1]):
    def targets(rewards, next_values, n, terminated, gamma=0.99):
        out = np.zeros_like(rewards)
        for t in range(len(rewards)):
            m = min(n, len(rewards) - t)
            total = sum(gamma ** reward_power(k, n) * rewards[t + k] for k in range(m))
            if not (terminated and t + m == len(rewards)):
                total += gamma ** guess_power(m, n) * guess(next_values, t, m)
            out[t] = total
        return out

    return targets


_guess_discounted_once = _n_steps_as(lambda m, n: 1)
_guess_always_n_times = _n_steps_as(lambda m, n: n)
_guess_a_time_too_few = _n_steps_as(lambda m, n: m - 1)
_guess_not_discounted = _n_steps_as(lambda m, n: 0)
_rewards_not_discounted = _n_steps_as(lambda m, n: m, lambda k, n: 0)


def _mean_over_horizons(rewards, next_values, n, terminated, gamma=0.99):
    every = [
        chapter.n_step_targets(rewards, next_values, m, terminated, gamma) for m in range(1, n + 1)
    ]
    return np.mean(every, axis=0).astype(rewards.dtype)


def _a_guess_each_step(rewards, next_values, n, terminated, gamma=0.99):
    alive = np.ones(len(rewards))
    alive[-1] = not terminated
    single = rewards + gamma * next_values * alive
    nothing = np.zeros_like(rewards)
    return chapter.n_step_targets(single.astype(rewards.dtype), nothing, n, terminated, gamma)


# --- whose targets --------------------------------------------------------------------------------

rule = Exercise("which_rule", points=4, needs=("discounted_returns", "n_step_targets"))


def by_rule(q, states, actions, rewards, terminated, epsilon, gamma):
    """Return the targets of an episode by the rules of the table, in its order."""

    def steps(guesses, n=1, over=terminated):
        return chapter.n_step_targets(rewards, guesses, n, over, gamma)

    after = q[states[1:]]
    best, taken = after.max(axis=1), after[np.arange(len(rewards)), actions[1:]]
    return {
        "q-learning": steps(best),
        "sarsa": steps(taken),
        "expected sarsa": steps((1 - epsilon) * best + epsilon * after.mean(axis=1)),
        "two steps": steps(best, 2),
        "monte carlo": chapter.discounted_returns(rewards, gamma),
        "beyond the end": steps(best, over=False),
        "cut is dead": steps(best, over=True),
        "wrong state": steps(q[states[:-1]].max(axis=1)),
    }


def log(rng, steps, terminated, epsilon=0.3, gamma=0.9, states=5, actions=3):
    """Draw an episode whose rules are far apart; return what all logs of it hold, and the targets.

    The rule that this end of an episode cannot give away has none.
    """
    hides = "cut is dead" if terminated else "beyond the end"
    while True:
        q = rng.normal(size=(states, actions)) + 4.0
        path, done = rng.integers(0, states, steps + 1), rng.integers(0, actions, steps + 1)
        given = q, path, done, rng.normal(size=steps), terminated, epsilon
        targets = by_rule(*given, gamma)
        del targets[hides]
        rows = list(targets.values())
        apart = min(np.abs(a - b).max() for k, a in enumerate(rows) for b in rows[:k])
        first, last = done[0] != done[1], done[-1] != q[path[-1]].argmax()
        if apart > 0.2 and first and last and len(set(path[-3:])) == 3:
            return given, targets


@rule.check(weight=2, exact=True, notices=("mean-of-the-others", "sarsa-by-the-action-before"))
def the_eight_rules(rng):
    """Tells the eight rules of the table apart, in episodes that end in either way."""
    for steps, over in ((7, True), (6, False)):
        given, targets = log(rng, steps, over)
        for own in targets.values():
            yield Case(*given, own, gamma=0.9)


@rule.check(exact=True)
def rules_by_hand(rng):
    """Gives the example worked by hand; where two rows agree it is the first of them."""
    q = np.array([[8.0, 4.0], [4.0, 0.0], [6.0, 2.0]])
    given = q, np.array([0, 1, 2]), np.array([0, 1, 1]), np.array([1.0, 2.0])
    ends = [(3, 2), (1, 2), (2.5, 2), (2, 2), (3, 5), (5, 2)]
    cuts = [(3, 5), (1, 3), (2.5, 4.5), (3.5, 5), (2, 2), (3, 2), (5, 4)]
    for over, rows in ((True, ends), (False, cuts)):
        for row in rows:
            yield Case(*given, over, 0.5, np.array(row, float), gamma=0.5)
    yield Case(*given, False, 0.0, np.array([3.0, 5.0]), gamma=0.5)
    yield Case(*given, False, 1.0, np.array([2.0, 4.0]), gamma=0.5)


@rule.check(exact=True)
def no_rule(rng):
    """Says "unknown" to others: a single wrong target, two rules in turn, rules of no row."""
    for over in (True, False):
        given, targets = log(rng, 8, over)
        for place, gap in ((0, 0.002), (4, -0.002), (7, 0.002), (7, -0.5), (0, 3.0)):
            off = targets["q-learning"].copy()
            off[place] += gap
            yield Case(*given, off, gamma=0.9)
        turns = np.arange(8) % 2 == 0
        yield Case(*given, np.where(turns, targets["sarsa"], targets["two steps"]), gamma=0.9)
        q, path, done, rewards, _, _ = given
        after = q[path[1:]]
        taken = after[np.arange(8), done[1:]]
        for own, n in (
            (after.max(axis=1), 3),
            (after.max(axis=1), 8),
            (taken, 2),
            (after[:, 0], 1),
        ):
            if not (over and n == 8):
                yield Case(*given, chapter.n_step_targets(rewards, own, n, over, 0.9), gamma=0.9)
        yield Case(*given, targets["sarsa"] + 0.1, gamma=0.9)
        yield Case(*given, np.roll(targets["q-learning"], 1), gamma=0.9)


@rule.check(exact=True, notices=("relative-tolerance",))
def tolerance_of_targets(rng):
    """Forgives as much as `tol` says, a thousandth if nothing is said."""
    for over in (True, False):
        given, targets = log(rng, 8, over)
        noise = np.where(np.arange(8) % 2 == 0, -1.0, 1.0)
        for name in ("q-learning", "expected sarsa", "wrong state"):
            yield Case(*given, targets[name] + 9.5e-4 * noise, gamma=0.9)
            yield Case(*given, targets[name] + 0.04 * noise, gamma=0.9, tol=0.05)
            yield Case(*given, targets[name] - 9.5e-4 * noise, gamma=0.9, tol=1e-4)
    q = np.array([[8.0, 4.0], [4.0, 0.0], [6.0, 2.0]])
    given = q, np.array([0, 1, 2]), np.array([0, 1, 1]), np.array([1.0, 2.0]), False, 0.5
    yield Case(*given, np.array([3.25, 4.75]), gamma=0.5, tol=0.25)


@rule.check(exact=True, notices=("one-target-suffices",))
def usual_discount_of_rules(rng):
    """Takes the targets for discounted by 0.99 if nothing else is said."""
    given, targets = log(rng, 6, False, gamma=0.99)
    for name in ("sarsa", "q-learning"):
        yield *given, targets[name]


@rule.check(weight=2, hidden=True, exact=True)
def other_logs(rng):
    """Tells the rules apart in longer episodes, by other discounts, and in arrays with gaps."""
    for steps, over, epsilon, gamma in ((15, False, 0.6, 0.7), (12, True, 0.2, 0.95)):
        given, targets = log(rng, steps, over, epsilon, gamma, states=9, actions=4)
        for own in targets.values():
            yield Case(*spread(given), spread(own), gamma=gamma)
        yield Case(*given, targets["monte carlo"] + 0.01, gamma=gamma)


rule.in_other_dress(the_eight_rules, keeps=False)


def _rules_by(choose):
    """Return who chooses by the gaps of all rows to the targets."""

    def choice(q, states, actions, rewards, terminated, epsilon, targets, gamma=0.99, tol=1e-3):
        own = by_rule(q, states, actions, rewards, terminated, epsilon, gamma)
        return choose({name: np.abs(row - targets) for name, row in own.items()}, tol)

    return choice


_nearest_rule = _rules_by(lambda gaps, tol: min(gaps, key=lambda name: gaps[name].sum()))
_nearest_rule_by_the_largest_gap = _rules_by(
    lambda gaps, tol: min(gaps, key=lambda name: gaps[name].max())
)
_last_rule_that_fits = _rules_by(
    lambda gaps, tol: [n for n in ("unknown", *gaps) if n == "unknown" or np.all(gaps[n] <= tol)][
        -1
    ]
)


# --- double Q-learning ---------------------------------------------------------------------------

two_tables = Exercise("double_q_update", points=4, needs=("td_target",))


def opinions(rng, states, actions, shift=0.0):
    """Draw two tables that nowhere agree which action is best."""
    first, second = rng.normal(size=(2, states, actions)) + shift
    rows = np.arange(states)
    second[rows, np.argmax(first, axis=1)] -= 5.0
    return first, second


@two_tables.check()
def two_tables_by_hand(rng):
    """Comes to the numbers worked out above, whichever table learns."""
    first, second = np.array([[2.0, 1.0], [2.0, 5.0]]), np.array([[0.0, 1.0], [8.0, 7.0]])
    yield first, second, 0, 0, -1.0, 1, False, 0.2, 0.5, 0.9
    yield first, second, 0, 0, -1.0, 1, False, 0.7, 0.5, 0.9


@two_tables.check(weight=2, notices=("best-of-the-old-state",))
def one_chooses_one_judges(rng):
    """Lets the table that learns choose, and the other one say what the choice is worth."""
    yield *opinions(rng, 5, 3), 1, 2, 0.7, 4, False, 0.3, 0.5, 0.9
    yield *opinions(rng, 5, 3), 3, 0, 0.7, 2, False, 0.9, 0.5, 0.9
    yield *opinions(rng, 3, 6), 2, 4, -1.3, 1, False, 0.1, 0.25, 0.6
    q_a, q_b = opinions(rng, 4, 3)
    yield q_a, q_b + 12.0, 2, 1, 0.4, 3, False, 0.2, 0.5, 0.9  # the judge is fonder of it


@two_tables.check()
def last_step_of_two(rng):
    """Lets nothing follow a step that terminated."""
    yield *opinions(rng, 4, 3, 5.0), 0, 1, 0.7, 2, True, 0.2, 0.5, 0.9
    yield *opinions(rng, 4, 3, 5.0), 0, 1, 0.7, 2, True, 0.8, 0.5, 0.9


@two_tables.check(exact=True)
def edges_of_the_coin(rng):
    """Lets the first table learn below one half, the second from there on; ties go low."""
    first = np.array([[1.0, 2.0, 0.0], [4.0, 4.0, 0.0]])
    second = np.array([[0.5, 0.0, 8.0], [1.0, 2.0, 2.0]])
    for u in (0.0, 0.484375, 0.5, 0.515625, 0.75):
        yield first, second, 0, 1, 1.0, 1, False, u, 0.5, 0.5


two_tables.in_other_dress(one_chooses_one_judges)
two_tables.in_new_arrays(two_tables_by_hand)


@two_tables.check(hidden=True, notices=("best-of-the-old-state",))
def usual_rates_of_two(rng):
    """Learns at 0.1 and discounts by 0.99 if nothing else is said."""
    q_a, q_b = opinions(rng, 4, 3, 4.0)
    yield q_a, q_b + 12.0, 3, 0, 0.7, 1, False, 0.3
    q_a, q_b = opinions(rng, 4, 3, 4.0)
    yield Case(q_a, q_b + 12.0, 3, 0, 0.7, 1, False, 0.6, gamma=0.5)


def _both_learn(q_a, q_b, state, action, reward, next_state, terminated, u, lr=0.1, gamma=0.99):
    step = (state, action, reward, next_state, terminated)
    new_a, _ = chapter.double_q_update(q_a, q_b, *step, 0.0, lr, gamma)
    _, new_b = chapter.double_q_update(q_a, q_b, *step, 0.9, lr, gamma)
    return new_a, new_b


# --- shaping -------------------------------------------------------------------------------------

shaping = Exercise("shaped_reward", points=3)


def steps_of(rng, n, states, ends):
    """Draw n steps; those listed in `ends` terminate."""
    terminated = np.zeros(n, dtype=bool)
    terminated[list(ends)] = True
    places = rng.integers(0, states, (2, n))
    return rng.normal(size=n), places[0], places[1], terminated, rng.normal(size=states) + 2.0


@shaping.check(weight=2)
def treats(rng):
    """Pays the discounted difference of potentials on top of the reward."""
    yield *steps_of(rng, 6, 4, ()), 0.9
    yield *steps_of(rng, 3, 7, ()), 0.5


@shaping.check(weight=2, needs=treats)
def ends_have_no_potential(rng):
    """Counts the potential as zero where the step terminated."""
    yield *steps_of(rng, 6, 4, (1, 5)), 0.9


@shaping.check()
def shaping_by_hand(rng):
    """Comes to the numbers worked out above."""
    places = np.array([0, 0]), np.array([1, 1])
    yield np.array([-1.0, -1.0]), *places, np.array([False, True]), np.array([-3.0, -2.0]), 0.9


@shaping.check(observe="sum_of", hidden=True)
def telescopes(rng):
    """Changes the undiscounted return of a whole episode by its first potential only."""
    path = rng.permutation(7)
    terminated = np.arange(6) == 5
    yield rng.normal(size=6), path[:-1], path[1:], terminated, rng.normal(size=7) + 2.0, 1.0


@shaping.check(hidden=True)
def usual_discount_of_shaping(rng):
    """Discounts by 0.99 if nothing else is said."""
    yield steps_of(rng, 5, 3, (2,))


shaping.in_other_dress(ends_have_no_potential)


# --- replay --------------------------------------------------------------------------------------

push = Exercise("replay_push", points=4)


def buffer_of(rng, capacity, features, position, size):
    """Draw a buffer; slots that are not filled hold zeros."""
    filled = np.arange(capacity) < size
    return {
        "states": (rng.normal(size=(capacity, features)) * filled[:, None]).astype(np.float32),
        "actions": rng.integers(0, 4, capacity) * filled,
        "rewards": (rng.normal(size=capacity) * filled).astype(np.float32),
        "next_states": (rng.normal(size=(capacity, features)) * filled[:, None]).astype(np.float32),
        "terminated": (rng.random(capacity) < 0.4) & filled,
        "position": position,
        "size": size,
    }


def steps_to_push(rng, n, features):
    """Draw n transitions; every other one terminates."""
    return [
        (
            rng.normal(size=features).astype(np.float32),
            int(rng.integers(0, 4)),
            float(rng.choice([-1.0, 1.0]) * rng.uniform(1.2, 3.0)),
            rng.normal(size=features).astype(np.float32),
            bool(i % 2),
        )
        for i in range(n)
    ]


@push.check(weight=2)
def a_first_step(rng):
    """Writes a transition into its slot and counts it."""
    yield buffer_of(rng, 5, 3, 0, 0), *steps_to_push(rng, 1, 3)[0]
    yield buffer_of(rng, 6, 2, 3, 3), *steps_to_push(rng, 2, 2)[1]


@push.check(weight=2, notices=("end-not-remembered",))
def a_full_ring(rng):
    """Puts the newest transition in place of the oldest when the ring is full."""
    yield buffer_of(rng, 5, 3, 2, 5), *steps_to_push(rng, 1, 3)[0]
    yield buffer_of(rng, 4, 2, 3, 4), *steps_to_push(rng, 2, 2)[1]


@push.check(observe="fold", needs=(a_first_step, a_full_ring))
def round_and_round(rng):
    """Fills a ring and goes round it more than once."""
    yield buffer_of(rng, 3, 2, 0, 0), steps_to_push(rng, 8, 2)


@push.check(dtype=True)
def dtypes(rng):
    """Keeps the dtypes of the arrays, with gaps in memory or without."""
    yield buffer_of(rng, 4, 3, 2, 2), *steps_to_push(rng, 1, 3)[0]
    double = buffer_of(rng, 4, 3, 3, 3)
    double["states"] = spread(double["states"].astype(np.float64))
    yield double, *steps_to_push(rng, 2, 3)[1]


@push.check(hidden=True, notices=("end-not-remembered",))
def smallest_ring(rng):
    """Works with a single slot, and with arrays that have gaps."""
    yield buffer_of(rng, 1, 2, 0, 1), *steps_to_push(rng, 1, 2)[0]
    gapped = buffer_of(rng, 4, 3, 1, 4)
    gapped["states"], gapped["rewards"] = spread(gapped["states"]), spread(gapped["rewards"])
    yield gapped, *steps_to_push(rng, 1, 3)[0]


def _queue(buffer, state, action, reward, next_state, terminated):
    if buffer["size"] < len(buffer["rewards"]):
        return chapter.replay_push(buffer, state, action, reward, next_state, terminated)
    shifted = {
        name: np.roll(value, -1, axis=0) if isinstance(value, np.ndarray) else value
        for name, value in buffer.items()
    }
    shifted["position"] = len(buffer["rewards"]) - 1
    new = chapter.replay_push(shifted, state, action, reward, next_state, terminated)
    return {**new, "position": buffer["position"]}


def _shifted(buffer, state, action, reward, next_state, terminated, position=None):
    """A queue that keeps its newest transition in the last slot, with this position."""
    new = _queue(buffer, state, action, reward, next_state, terminated)
    if buffer["size"] < len(buffer["rewards"]):
        return new
    capacity = len(buffer["rewards"])
    moved = (buffer["position"] + 1) % capacity if position is None else position % capacity
    return {**new, "position": moved}


def _queue_from_zero(*given):
    return _shifted(*given, position=0)


def _queue_at_the_end(*given):
    return _shifted(*given, position=-1)


sample = Exercise("replay_sample", points=3)


@sample.check(weight=2)
def full_buffer(rng):
    """Draws the transitions that the uniform numbers name."""
    yield buffer_of(rng, 6, 3, 2, 6), rng.random(9)
    yield buffer_of(rng, 5, 2, 0, 5), rng.random(4)


@sample.check(weight=2, notices=("rounded-not-floored", "rounded-not-floored (2)"))
def half_empty_buffer(rng):
    """Draws from filled slots only."""
    yield buffer_of(rng, 10, 2, 4, 4), np.array([0.1, 0.9, 0.6])
    yield buffer_of(rng, 12, 3, 5, 5), rng.random(8)


@sample.check()
def whole_range(rng):
    """Reaches the first and the last filled slot with equal chance."""
    yield buffer_of(rng, 7, 2, 5, 5), (np.arange(20) + 0.5) / 20


@sample.check(dtype=True, notices=("rounded-not-floored", "sorted"))
def kept_dtypes(rng):
    """Keeps the dtypes of the buffer, also for a single draw and for an array with gaps."""
    yield buffer_of(rng, 6, 3, 2, 6), rng.random(1)
    gapped = buffer_of(rng, 6, 3, 2, 6)
    gapped["states"] = spread(gapped["states"].astype(np.float64))
    yield gapped, spread(rng.random(5))


@sample.check(hidden=True, notices=("empty-slots-drawn",))
def one_memory(rng):
    """Draws the same transition again and again if there is only one."""
    yield buffer_of(rng, 4, 2, 1, 1), rng.random(3)


# --- targets of the network ----------------------------------------------------------------------

dqn = Exercise("dqn_targets", points=5)


def tables(rng, n, actions, shift=0.0):
    """Draw rewards and two tables that do not agree which action is best.

    Of the first state the second one thinks more highly, of the others rather less.
    """
    online, judge = rng.normal(size=(2, n, actions)) + shift
    judge[np.arange(n), np.argmax(online, axis=1)] -= 1.5
    judge[0] += 8.0
    return rng.normal(size=n), online, judge


@dqn.check(weight=2)
def two_opinions(rng):
    """Lets the online network choose and the target network judge."""
    yield *tables(rng, 5, 3), np.zeros(5, bool), 0.9
    yield *tables(rng, 4, 4, -4.0), np.zeros(4, bool), 0.5
    yield np.ones(1), np.array([[2.0, 5.0]]), np.array([[4.0, 3.0]]), np.zeros(1, bool), 0.9


@dqn.check(weight=2)
def one_opinion(rng):
    """Lets the target network choose and judge alike by the plain rule."""
    yield *tables(rng, 5, 3), np.zeros(5, bool), 0.9, False
    yield *tables(rng, 4, 4, -4.0), np.zeros(4, bool), 0.5, False
    judge = np.array([[2.0, 5.0], [7.0, 3.0]])
    yield np.ones(2), judge[:, ::-1].copy(), judge, np.array([False, True]), 0.9, False


@dqn.check(weight=2, notices=("no-bad-future",))
def ended_rows(rng):
    """Lets nothing follow the transitions that terminated, by either rule."""
    yield *tables(rng, 6, 4, 3.0), np.arange(6) % 3 == 1, 0.8
    yield *tables(rng, 6, 4, 3.0), np.arange(6) % 3 == 1, 0.8, False


@dqn.check(exact=True)
def tied_opinions(rng):
    """Chooses the lowest index if the online network is undecided."""
    online = np.array([[2.0, 2.0, 1.0], [0.0, 0.0, 0.0], [1.0, 3.0, 3.0]])
    judge = np.array([[1.0, 8.0, 4.0], [2.0, 4.0, 8.0], [8.0, 1.0, 2.0]])
    yield np.zeros(3), online, judge, np.zeros(3, bool), 0.5


@dqn.check(hidden=True, notices=("best-over-the-batch",))
def usual_discount_of_batches(rng):
    """Discounts by 0.99 and follows the double rule if nothing else is said."""
    yield *tables(rng, 4, 2, 5.0), np.arange(4) == 2


dqn.in_other_dress(two_opinions, notices=("reward-clipped",))


def _of_both(combined):
    def targets(rewards, next_q_online, next_q_target, terminated, gamma=0.99, double=True):
        best = combined(next_q_online, next_q_target) if double else next_q_target.max(axis=1)
        return rewards + gamma * np.where(terminated, 0, best)

    return targets


_smaller_maximum = _of_both(lambda a, b: np.minimum(a.max(axis=1), b.max(axis=1)))
_largest_of_the_smaller = _of_both(lambda a, b: np.minimum(a, b).max(axis=1))
_mean_of_both = _of_both(lambda a, b: (a.max(axis=1) + b.max(axis=1)) / 2)
_largest_of_the_mean = _of_both(lambda a, b: ((a + b) / 2).max(axis=1))


# --- the loss ------------------------------------------------------------------------------------

loss = Exercise("huber_loss", points=6)


def errors(rng, n, delta):
    """Draw predictions and targets with small and large errors of both signs."""
    size = np.where(np.arange(n) % 2 == 0, rng.uniform(0.1, 0.9, n), rng.uniform(1.2, 4.0, n))
    target = rng.normal(size=n)
    return target + delta * size * np.where(np.arange(n) % 3 == 0, -1.0, 1.0), target


@loss.check(notices=("sign-forgotten", "norm-clipped"))
def parabola(rng):
    """Is half the mean square where the errors are small, and its gradient their share of it."""
    target = rng.normal(size=5)
    yield target + rng.uniform(-0.9, 0.9, 5), target, 1.0


@loss.check()
def line(rng):
    """Grows on a straight line where they are large: its gradient there has only two values."""
    target = rng.normal(size=4)
    yield target + np.array([2.0, -3.0, 1.5, -7.0]), target, 1.0


@loss.check(weight=2)
def both_parts(rng):
    """Joins the two parts at δ, also where δ is not 1."""
    yield *errors(rng, 7, 2.5), 2.5
    yield *errors(rng, 4, 0.3), 0.3
    yield np.array([0.5, -3.0]), np.zeros(2), 1.0


@loss.check(weight=2)
def slopes(rng):
    """Comes with a gradient for each sample: the error, never longer than δ, over the batch."""
    yield *errors(rng, 7, 1.0), 1.0
    yield *errors(rng, 5, 2.5), 2.5
    yield np.array([0.5, -3.0]), np.zeros(2), 1.0


@loss.check(hidden=True)
def usual_delta(rng):
    """Joins them at 1 if nothing else is said, and takes a batch of one."""
    yield errors(rng, 6, 1.0)
    yield np.array([3.5]), np.array([1.0])


loss.in_other_dress(both_parts)


@loss.check(hidden=True, exact=True)
def at_the_joint(rng):
    """Is the same from both sides where the error is exactly δ."""
    yield np.array([2.0, -2.0, 0.0]), np.zeros(3), 2.0


def _smooth_l1(prediction, target, delta=1.0):
    mean, gradient = chapter.huber_loss(prediction, target, delta)
    return mean / delta, gradient / delta


def _always_square(prediction, target, delta=1.0):
    error = prediction - target
    return np.mean(error**2) / 2, error / len(error)


# --- the slow copy -------------------------------------------------------------------------------

drift = Exercise("soft_update", points=2)


def parameters(rng):
    """Draw the parameters of two small networks."""
    shapes = ((3, 4), (3,), (2, 3))
    return [[rng.normal(size=shape) for shape in shapes] for _ in range(2)]


@drift.check(weight=2)
def part_of_the_way(rng):
    """Goes the fraction τ of the way, parameter by parameter."""
    yield *parameters(rng), 0.25
    yield *parameters(rng), 0.9


@drift.check(exact=True)
def all_or_nothing(rng):
    """Stays for τ = 0 and copies for τ = 1."""
    ones = [np.array([1.0, -2.0]), np.array([[4.0]])], [np.array([3.0, 0.5]), np.array([[8.0]])]
    yield *ones, 0.0
    yield *ones, 1.0
    yield *ones, 0.25


@drift.check(needs=part_of_the_way)
def usual_pace(rng):
    """Goes 0.5 % of the way if nothing else is said."""
    yield (*parameters(rng),)


@drift.check(hidden=True, observe="fold")
def many_small_steps(rng):
    """Comes nearer step by step."""
    slow, fast = parameters(rng)
    yield slow, [(fast, 0.3)] * 5


drift.in_other_dress(part_of_the_way)


# --- the learning step ---------------------------------------------------------------------------

lesson = Exercise("dqn_step", points=5, needs=("dqn_targets", "huber_loss"))


def transitions(rng, n, features, actions, ends=(), error=0.5):
    """Draw two networks and n transitions whose guesses err by about `error`, both ways.

    `error` may be an array with an entry for each transition.
    """
    online, slow = rng.normal(size=(2, actions, features))
    states, after = rng.normal(size=(2, n, features))
    done = np.isin(np.arange(n), ends)
    taken = np.arange(n) % actions
    taken[np.arange(n) >= n - 2] = taken[0]
    future = chapter.dqn_targets(np.zeros(n), after @ online.T, after @ slow.T, done, 0.9)
    wrong = error * rng.uniform(0.6, 0.9, n) * np.where(np.arange(n) % 3 == 0, -1.0, 1.0)
    rewards = np.sum(states * online[taken], axis=1) - future - wrong
    return online, slow, states, taken, rewards, after, done


@lesson.check()
def lesson_by_hand(rng):
    """Comes to the numbers worked out above."""
    nets = np.eye(2), np.array([[4.0, 0.0], [0.0, 2.0]])
    states, after = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[2.0, 3.0], [1.0, 1.0]])
    step = states, np.array([0, 1]), np.array([-1.0, 3.0]), after, np.array([False, True])
    yield *nets, *step, 0.1, 0.5, 2.0
    yield *nets, *step, 0.1, 0.5, 1.0


@lesson.check(weight=2)
def small_errors(rng):
    """Moves the rows of the actions taken downhill, where all errors are small."""
    yield *transitions(rng, 7, 4, 3), 0.2, 0.9, 1.0
    yield *transitions(rng, 5, 3, 4), 0.1, 0.9, 2.0


@lesson.check(notices=("online-judges", "slow-copy-chooses", "roles-swapped"))
def large_errors(rng):
    """Lets no error pull harder than δ."""
    yield *transitions(rng, 6, 4, 3, error=5.0), 0.2, 0.9, 2.5
    yield *transitions(rng, 5, 3, 2, error=5.0), 0.1, 0.9, 0.5
    mixed = np.array([5.0, 0.5, 5.0, 0.5, 5.0])
    yield *transitions(rng, 5, 3, 2, error=mixed), 0.1, 0.9, 1.5


@lesson.check(notices=("slow-copy-chooses",))
def ended_lessons(rng):
    """Lets nothing follow the transitions that terminated."""
    yield *transitions(rng, 7, 4, 3, ends=(1, 4, 6)), 0.2, 0.9, 1.0


lesson.in_other_dress(small_errors)


@lesson.check(hidden=True)
def usual_rates_of_lessons(rng):
    """Learns at 0.01, discounts by 0.99 and bends the loss at 1 if nothing else is said."""
    yield transitions(rng, 6, 3, 2, error=3.0)
    yield Case(*transitions(rng, 6, 3, 2), lr=0.5)


def _residual(
    weights,
    target_weights,
    states,
    actions,
    rewards,
    next_states,
    terminated,
    lr=0.01,
    gamma=0.99,
    delta=1.0,
):
    step = (states, actions, rewards, next_states, terminated)
    new = chapter.dqn_step(weights, weights, *step, lr, gamma, delta)
    after = next_states @ weights.T
    best = after.argmax(axis=1)
    rows = np.arange(len(actions))
    aims = rewards + gamma * np.where(terminated, 0, after[rows, best])
    pull = np.clip((states @ weights.T)[rows, actions] - aims, -delta, delta) / len(actions)
    back = np.zeros_like(after)
    back[rows, best] = np.where(terminated, 0, gamma * pull)
    return (new + lr * back.T @ next_states).astype(weights.dtype)


# --- questions, graded by a person ----------------------------------------------------------------

whose_values = Question(
    "whose_values",
    points=3,
    guide="""
    Full answer, a point for each part. Q-learning's target takes the max, epsilon only decides
    what is tried: values of the best policy, the path on the brink. SARSA's target uses the
    action really taken: values of the epsilon-greedy policy, stumbling included, so the brink is
    worth little and the detour wins. Epsilon to 0 (slowly enough, everything still tried again
    and again): the policy that SARSA values becomes greedy, both converge to the same optimum.
    Real robot: SARSA or Expected SARSA, falls during learning cost; simulator: Q-learning, falls
    are free and what counts is the greedy policy afterwards. Half: "SARSA is safer" with no word
    on the targets.
    """,
)

short_or_long = Question(
    "short_or_long",
    points=3,
    guide="""
    Full answer, a point for each part. The luck (variance) grows with n: each reward and each
    transition that is added brings its own noise. The error of the guess (bias) falls: it enters
    with gamma^n only, and n steps of truth stand before it. The rewards come from what the agent
    really did, so these are values of the epsilon-greedy policy (on-policy), stumbling included.
    Cure, one is enough: cut the target short at the first step that was not greedy (Watkins), weigh
    by importance sampling, take the expectation at each step (tree backup), or let epsilon go to 0.
    Half: "long is noisy" with no word on which policy is valued.
    """,
)

tail_of_the_dog = Question(
    "tail_of_the_dog",
    points=3,
    guide="""
    Full answer, a point for each part. The labels r + gamma max Q(s') are made by the net that is
    trained: a step that raises Q(s, a) also raises its neighbours through the shared weights,
    often Q(s') itself, so the target runs ahead of the guess, and errors can feed themselves.
    Fixed labels do not move; in a table only the one entry moves, s' stays what it was (and the
    update is a contraction). Tau = 1: no target network, oscillation or divergence. Tau = 0.0001:
    the targets are thousands of steps old; stable, but value travels back from reward to earlier
    states by one step each time the slow copy has caught up (some 10,000 updates): far too slow.
    Half: "it stabilises" with no loop described.
    """,
)

death_by_clock = Question(
    "death_by_clock",
    points=3,
    guide="""
    Full answer, a point for each part. The states in which the pole stands at step 500: target 1
    instead of 1 + 0.99 V, where a balanced pole is worth about 1/(1 - 0.99) = 100: far too low.
    Early episodes end by falling, after some twenty steps; no episode is truncated, so both
    versions store the same. The damage begins when the agent has become good, and looks like
    sudden forgetting. The same balanced states occur at step 100 and at step 500: contradictory
    targets for one input, the net learns something in between, and the value spreads to all good
    states; with the time in the state the two would be different states and the (finite) values
    consistent. Half: "it learns that success is bad" with no size and no reason why it shows
    late.
    """,
)
