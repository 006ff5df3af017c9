"""exercise: dqn_targets
belief: The mask 1 - done goes over the whole target, because an episode that has ended earns nothing.
"""

import numpy as np


def dqn_targets(rewards, next_q, terminated, gamma=0.99):
    max_next = next_q.max(axis=1)
    not_done = 1 - terminated.astype(rewards.dtype)
    y = (rewards + gamma * max_next) * not_done
    return y.astype(rewards.dtype)
