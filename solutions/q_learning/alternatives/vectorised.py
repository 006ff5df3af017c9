"""A right submission in whole-array style, from the docstrings alone."""

import numpy as np


# %%
def discounted_returns(rewards, gamma=0.99):
    steps = np.arange(rewards.size)
    ahead = steps[None, :] - steps[:, None]
    weights = np.where(ahead >= 0, float(gamma) ** np.maximum(ahead, 0), 0.0)
    return (weights @ rewards.astype(np.float64)).astype(rewards.dtype)


# %%
def value_iteration(
    probability,
    next_state,
    reward,
    terminated,
    gamma=0.99,
    tolerance=1e-10,
    max_sweeps=10_000,
):
    immediate = np.einsum("sak,sak->sa", probability, reward)
    goes_on = probability * (1.0 - terminated)
    q, change, sweeps = np.zeros_like(immediate), np.inf, 0
    while change > tolerance and sweeps < max_sweeps:
        new = immediate + gamma * np.einsum("sak,sak->sa", goes_on, np.amax(q, 1)[next_state])
        change, q, sweeps = np.abs(new - q).max(), new, sweeps + 1
    return q


# %%
def td_target(reward, next_value, terminated, truncated, gamma=0.99):
    return np.float64(reward) + (1 - int(terminated)) * gamma * next_value


# %%
def epsilon_greedy(q_row, epsilon, u, u_action):
    pieces = np.arange(1, q_row.size) / q_row.size
    options = [np.argmax(q_row), np.searchsorted(pieces, u_action, side="right")]
    return options[int(u < epsilon)]


# %%
def _towards(q, state, action, target, lr):
    step = np.zeros_like(q)
    step[state, action] = lr * (target - q[state, action])
    return q + step


def td_update(
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
    row = q[next_state]
    if next_action is None:
        best = row == row.max()
        chances = epsilon / row.size + (1 - epsilon) * best / best.sum()
    else:
        chances = np.eye(row.size)[next_action]
    target = reward + (not terminated) * gamma * np.dot(chances, row)
    return _towards(q, state, action, target, lr)


# %%
def train_q_table(env, draws, epsilons, lr=0.1, gamma=0.99, seed=0):
    q = np.zeros((env.observation_space.n, env.action_space.n))
    explores = draws[..., 0] < epsilons[:, None]
    random_actions = np.floor(draws[..., 1] * q.shape[1]).astype(int)
    returns = np.zeros(len(epsilons))
    for i, (curious, choices) in enumerate(zip(explores, random_actions)):
        state = env.reset(seed=seed)[0] if not i else env.reset()[0]
        earned = []
        for explore, choice in zip(curious, choices):
            action = int(choice) if explore else int(q[state].argmax())
            following, reward, terminated, truncated, _ = env.step(action)
            q = td_update(q, state, action, reward, following, terminated, None, 0.0, lr, gamma)
            earned.append(reward)
            state = following
            if terminated or truncated:
                break
        returns[i] = np.sum(earned)
    return q, returns


# %%
def n_step_targets(rewards, next_values, n, terminated, gamma=0.99):
    steps = np.arange(rewards.size)
    ahead = steps[None, :] - steps[:, None]
    weights = np.where((ahead >= 0) & (ahead < n), float(gamma) ** np.maximum(ahead, 0), 0.0)
    last = np.minimum(steps + n, rewards.size) - 1
    guess = float(gamma) ** (last - steps + 1) * next_values[last]
    guess[(last == rewards.size - 1) & bool(terminated)] = 0
    return (weights @ rewards + guess).astype(rewards.dtype)


# %%
def which_rule(q, states, actions, rewards, terminated, epsilon, targets, gamma=0.99, tol=1e-3):
    row = q[states]
    chances = np.full(row.shape, epsilon / q.shape[1])
    np.put_along_axis(chances, row.argmax(axis=1)[:, None], 1 - epsilon + epsilon / q.shape[1], 1)
    best, mean = row.max(axis=1), np.sum(chances * row, axis=1)
    taken = np.take_along_axis(row, actions[:, None], axis=1)[:, 0]
    goes_on = np.ones(rewards.size)
    ending = np.append(goes_on[1:], 0.0)
    lives = ending if terminated else goes_on
    second = rewards + gamma * lives * best[1:]
    two = rewards + gamma * np.append(second[1:], lives[-1] * best[-1])
    ahead = np.arange(rewards.size) - np.arange(rewards.size)[:, None]
    weights = np.where(ahead >= 0, float(gamma) ** np.maximum(ahead, 0), 0.0)
    table = [
        ("q-learning", second),
        ("sarsa", rewards + gamma * lives * taken[1:]),
        ("expected sarsa", rewards + gamma * lives * mean[1:]),
        ("two steps", two),
        ("monte carlo", weights @ rewards),
        ("beyond the end", rewards + gamma * best[1:]),
        ("cut is dead", rewards + gamma * ending * best[1:]),
        ("wrong state", rewards + gamma * lives * best[:-1]),
    ]
    fits = np.max(np.abs(np.stack([own for _, own in table]) - targets), axis=1) <= tol
    return table[int(np.argmax(fits))][0] if fits.any() else "unknown"


# %%
def double_q_update(q_a, q_b, state, action, reward, next_state, terminated, u, lr=0.1, gamma=0.99):
    if u >= 0.5:
        step = (state, action, reward, next_state, terminated, 0.0, lr, gamma)
        return double_q_update(q_b, q_a, *step)[::-1]
    worth = q_b[next_state].take(q_a[next_state].argmax())
    target = reward + (not terminated) * gamma * worth
    return _towards(q_a, state, action, target, lr), np.array(q_b)


# %%
def shaped_reward(rewards, states, next_states, terminated, potential, gamma=0.99):
    going_on = (~terminated).astype(rewards.dtype)
    return rewards + (gamma * potential[next_states] * going_on - potential[states])


# %%
def replay_push(buffer, state, action, reward, next_state, terminated):
    size = len(buffer["rewards"])
    here = np.arange(size) == buffer["position"]

    def mixed(old, value):
        mask = here.reshape((-1,) + (1,) * (old.ndim - 1))
        return np.where(mask, value, old).astype(old.dtype)

    return {
        "states": mixed(buffer["states"], state),
        "actions": mixed(buffer["actions"], action),
        "rewards": mixed(buffer["rewards"], reward),
        "next_states": mixed(buffer["next_states"], next_state),
        "terminated": mixed(buffer["terminated"], terminated),
        "position": int((buffer["position"] + 1) % size),
        "size": int(np.clip(buffer["size"] + 1, 0, size)),
    }


# %%
def replay_sample(buffer, u):
    slots = np.trunc(np.multiply(u, buffer["size"])).astype(int)
    order = ["states", "actions", "rewards", "next_states", "terminated"]
    return [buffer[name].take(slots, axis=0) for name in order]


# %%
def dqn_targets(rewards, next_q_online, next_q_target, terminated, gamma=0.99, double=True):
    best = [next_q_target, next_q_online][double].argmax(axis=1)[:, np.newaxis]
    value = np.take_along_axis(next_q_target, best, axis=1).squeeze(axis=1)
    out = rewards + gamma * value
    out[terminated] = rewards[terminated]
    return out


# %%
def huber_loss(prediction, target, delta=1.0):
    error = prediction - target
    size = np.abs(error)
    quadratic = np.minimum(size, delta)
    mean = (0.5 * quadratic**2 + delta * (size - quadratic)).mean()
    bound = np.where(size <= delta, error, delta * np.sign(error))
    return mean, (bound / error.size).astype(prediction.dtype)


# %%
def dqn_step(
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
    best = np.einsum("nd,ad->na", next_states, weights).argmax(axis=1)
    future = np.einsum("nd,nd->n", next_states, target_weights[best]) * ~terminated
    error = np.einsum("nd,nd->n", states, weights[actions]) - rewards - gamma * future
    pull = np.clip(error, -delta, delta) / len(actions)
    step = np.zeros_like(weights)
    np.add.at(step, actions, pull[:, None] * states)
    return (weights - lr * step).astype(weights.dtype)


# %%
def soft_update(target, online, tau=0.005):
    return list(map(lambda slow, fast: slow * (1 - tau) + fast * tau, target, online))
