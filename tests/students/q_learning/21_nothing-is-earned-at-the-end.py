"""exercise: dqn_targets
belief: The mask 1 - done goes over the whole target, because an episode that has ended earns nothing.
"""

import numpy as np


def dqn_targets(rewards, next_q_online, next_q_target, terminated, gamma=0.99, double=True):
    chosen = (next_q_online if double else next_q_target).argmax(axis=1)
    max_next = next_q_target[np.arange(len(chosen)), chosen]
    not_done = 1 - terminated.astype(rewards.dtype)
    y = (rewards + gamma * max_next) * not_done
    return y.astype(rewards.dtype)
