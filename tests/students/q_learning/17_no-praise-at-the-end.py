"""exercise: shaped_reward
belief: A step that terminates is not shaped at all.
"""

import numpy as np


def shaped_reward(rewards, states, next_states, terminated, potential, gamma=0.99):
    F = gamma * potential[next_states] - potential[states]
    return (rewards + np.where(terminated, 0, F)).astype(rewards.dtype)
