"""exercise: td_update
belief: The greedy action has probability 1 - epsilon and the others share epsilon among them.
"""

import numpy as np


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
    new = q.copy()
    row = q[next_state]
    n = len(row)
    if n > 1:
        pi = np.full(n, epsilon / (n - 1))
        pi[np.argmax(row)] = 1 - epsilon
    else:
        pi = np.ones(1)
    if next_action is not None:
        pi = np.eye(n)[next_action]
    expected = float(np.dot(pi, row))

    target = reward
    if not terminated:
        target = target + gamma * expected
    new[state, action] = q[state, action] + lr * (target - q[state, action])
    return new
