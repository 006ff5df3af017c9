"""A right submission written with plain loops, from the docstrings alone."""

import copy
import math

import numpy as np


# %%
def discounted_returns(rewards, gamma=0.99):
    out = np.empty(len(rewards), dtype=rewards.dtype)
    for t in range(len(rewards)):
        total = 0.0
        for k in range(t, len(rewards)):
            total += gamma ** (k - t) * float(rewards[k])
        out[t] = total
    return out


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
    n_states, n_actions, n_outcomes = probability.shape
    p, n = probability.tolist(), next_state.tolist()
    r, end = reward.tolist(), terminated.tolist()
    old = [[0.0] * n_actions for _ in range(n_states)]
    for _sweep in range(max_sweeps):
        best = [max(row) for row in old]
        new = []
        biggest = 0.0
        for s in range(n_states):
            row = []
            for a in range(n_actions):
                value = 0.0
                for k in range(n_outcomes):
                    value += p[s][a][k] * r[s][a][k]
                    if not end[s][a][k]:
                        value += p[s][a][k] * gamma * best[n[s][a][k]]
                biggest = max(biggest, abs(value - old[s][a]))
                row.append(value)
            new.append(row)
        old = new
        if not biggest > tolerance:
            break
    return np.array(old)


# %%
def td_target(reward, next_value, terminated, truncated, gamma=0.99):
    if not terminated:
        reward += gamma * next_value
    return reward


# %%
def epsilon_greedy(q_row, epsilon, u, u_action):
    if u >= epsilon:
        best = 0
        for action in range(1, len(q_row)):
            if q_row[action] > q_row[best]:
                best = action
        return best
    return math.floor(u_action * len(q_row))


# %%
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
    actions = q.shape[1]
    best = 0
    for other in range(actions):
        if q[next_state, other] > q[next_state, best]:
            best = other
    mean = 0.0
    for other in range(actions):
        if next_action is not None:
            chance = 1.0 if other == next_action else 0.0
        else:
            chance = epsilon / actions
            if other == best:
                chance += 1 - epsilon
        mean += chance * float(q[next_state, other])
    table = copy.deepcopy(q)
    target = td_target(reward, mean, terminated, False, gamma)
    table[state, action] = (1 - lr) * q[state, action] + lr * target
    return table


# %%
def train_q_table(env, draws, epsilons, lr=0.1, gamma=0.99, seed=0):
    n_states, n_actions = env.observation_space.n, env.action_space.n
    q = [[0.0] * n_actions for _ in range(n_states)]
    returns = []
    state, _info = env.reset(seed=seed)
    for episode in range(draws.shape[0]):
        if episode > 0:
            state, _info = env.reset()
        total = 0.0
        for t in range(draws.shape[1]):
            if draws[episode, t, 0] < epsilons[episode]:
                action = int(draws[episode, t, 1] * n_actions)
            else:
                action = q[state].index(max(q[state]))
            arrived, reward, terminated, truncated, _info = env.step(action)
            target = reward if terminated else reward + gamma * max(q[arrived])
            q[state][action] = (1 - lr) * q[state][action] + lr * target
            total += reward
            state = arrived
            if terminated or truncated:
                break
        returns.append(total)
    return np.array(q), np.array(returns)


# %%
def n_step_targets(rewards, next_values, n, terminated, gamma=0.99):
    T = len(rewards)
    out = np.copy(rewards)
    for t in range(T):
        y, discount, k = 0.0, 1.0, t
        while k < T and k < t + n:
            y += discount * float(rewards[k])
            discount *= gamma
            k += 1
        if k < T or not terminated:
            y += discount * float(next_values[k - 1])
        out[t] = y
    return out


# %%
def which_rule(q, states, actions, rewards, terminated, epsilon, targets, gamma=0.99, tol=1e-3):
    table, reward, steps = q.tolist(), rewards.tolist(), len(rewards)

    def best(t):
        return max(table[states[t]])

    def taken(t):
        return table[states[t]][actions[t]]

    def mean(t):
        row = table[states[t]]
        return (1 - epsilon) * max(row) + epsilon * sum(row) / len(row)

    def one_step(t, guess, over):
        return reward[t] + (0 if over and t == steps - 1 else gamma * guess)

    def two_steps(t):
        if t == steps - 1:
            return one_step(t, best(t + 1), terminated)
        return reward[t] + gamma * one_step(t + 1, best(t + 2), terminated)

    rules = {
        "q-learning": lambda t: one_step(t, best(t + 1), terminated),
        "sarsa": lambda t: one_step(t, taken(t + 1), terminated),
        "expected sarsa": lambda t: one_step(t, mean(t + 1), terminated),
        "two steps": two_steps,
        "monte carlo": lambda t: sum(gamma ** (k - t) * reward[k] for k in range(t, steps)),
        "beyond the end": lambda t: one_step(t, best(t + 1), False),
        "cut is dead": lambda t: one_step(t, best(t + 1), True),
        "wrong state": lambda t: one_step(t, best(t), terminated),
    }
    for name, rule in rules.items():
        if all(abs(rule(t) - float(targets[t])) <= tol for t in range(steps)):
            return name
    return "unknown"


# %%
def double_q_update(q_a, q_b, state, action, reward, next_state, terminated, u, lr=0.1, gamma=0.99):
    tables = [copy.deepcopy(q_a), copy.deepcopy(q_b)]
    i = 0 if u < 0.5 else 1
    best = 0
    for other in range(1, q_a.shape[1]):
        if tables[i][next_state, other] > tables[i][next_state, best]:
            best = other
    target = reward
    if not terminated:
        target += gamma * float(tables[1 - i][next_state, best])
    tables[i][state, action] = (1 - lr) * float(tables[i][state, action]) + lr * target
    return tables[0], tables[1]


# %%
def shaped_reward(rewards, states, next_states, terminated, potential, gamma=0.99):
    out = rewards.copy()
    for i in range(len(rewards)):
        out[i] -= potential[states[i]]
        if not terminated[i]:
            out[i] += gamma * potential[next_states[i]]
    return out


# %%
def replay_push(buffer, state, action, reward, next_state, terminated):
    buffer = copy.deepcopy(buffer)
    i = buffer["position"]
    for k in range(len(state)):
        buffer["states"][i, k] = state[k]
        buffer["next_states"][i, k] = next_state[k]
    buffer["actions"][i] = action
    buffer["rewards"][i] = reward
    buffer["terminated"][i] = terminated
    buffer["position"] += 1
    if buffer["position"] == len(buffer["rewards"]):
        buffer["position"] = 0
    if buffer["size"] < len(buffer["rewards"]):
        buffer["size"] += 1
    return buffer


# %%
def replay_sample(buffer, u):
    names = ("states", "actions", "rewards", "next_states", "terminated")
    slots = [math.floor(x * buffer["size"]) for x in u]
    return tuple(np.stack([buffer[name][slot] for slot in slots]) for name in names)


# %%
def dqn_targets(rewards, next_q_online, next_q_target, terminated, gamma=0.99, double=True):
    out = np.copy(rewards)
    for i in range(len(rewards)):
        if terminated[i]:
            continue
        if double:
            best = list(next_q_online[i]).index(max(next_q_online[i]))
            out[i] += gamma * next_q_target[i, best]
        else:
            out[i] += gamma * max(next_q_target[i])
    return out


# %%
def huber_loss(prediction, target, delta=1.0):
    total = 0.0
    out = np.zeros_like(prediction)
    n = len(prediction)
    for i in range(n):
        e = float(prediction[i]) - float(target[i])
        if abs(e) < delta:
            total += 0.5 * e * e
            out[i] = e / n
        else:
            total += delta * abs(e) - 0.5 * delta * delta
            out[i] = math.copysign(delta, e) / n
    return total / n, out


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
    new = weights.copy()
    n = len(actions)
    for i in range(n):
        target = float(rewards[i])
        if not terminated[i]:
            online = [float(row @ next_states[i]) for row in weights]
            best = online.index(max(online))
            target += gamma * float(target_weights[best] @ next_states[i])
        error = float(weights[actions[i]] @ states[i]) - target
        if abs(error) > delta:
            error = math.copysign(delta, error)
        for d in range(states.shape[1]):
            new[actions[i], d] -= lr * error * float(states[i, d]) / n
    return new


# %%
def soft_update(target, online, tau=0.005):
    result = []
    for i in range(len(target)):
        result.append(target[i] + tau * (online[i] - target[i]))
    return result
