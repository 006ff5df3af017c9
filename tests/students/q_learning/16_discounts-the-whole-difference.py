"""exercise: shaped_reward
belief: gamma discounts the whole difference of the potentials.
"""

import numpy as np


def shaped_reward(rewards, states, next_states, terminated, potential, gamma=0.99):
    out = np.empty_like(rewards)
    for n in range(len(rewards)):
        phi = potential[states[n]]
        phi_next = 0 if terminated[n] else potential[next_states[n]]
        bonus = gamma * (phi_next - phi)
        out[n] = rewards[n] + bonus
    return out
