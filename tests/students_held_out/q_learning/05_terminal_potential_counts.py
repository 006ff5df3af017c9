"""exercise: shaped_reward
belief: The shaping term is gamma * potential(s') - potential(s) for every step, the terminating one included.
"""

import numpy as np


def shaped_reward(rewards, states, next_states, terminated, potential, gamma=0.99):
    F = gamma * potential[next_states] - potential[states]
    return (rewards + F).astype(rewards.dtype)
