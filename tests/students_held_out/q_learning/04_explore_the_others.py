"""exercise: td_update
belief: The greedy action has probability 1 - epsilon, and epsilon is shared by the other A - 1 actions.
"""

import numpy as np


def td_update(
    q, state, action, reward, next_state, terminated, next_action=None, epsilon=0.0, lr=0.1, gamma=0.99
):
    n_actions = q.shape[1]
    if n_actions > 1:
        probs = np.full(n_actions, epsilon / (n_actions - 1))
        probs[np.argmax(q[next_state])] = 1 - epsilon
    else:
        probs = np.ones(1)

    if next_action is not None:
        probs = np.eye(n_actions)[next_action]
    expected = np.sum(probs * q[next_state])
    target = reward if terminated else reward + gamma * expected
    q_new = q.copy()
    q_new[state, action] = (1 - lr) * q[state, action] + lr * target
    return q_new
