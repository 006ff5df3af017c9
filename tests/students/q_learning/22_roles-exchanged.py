"""exercise: dqn_targets
belief: The slow target network chooses the action and the online network says what it is worth.
"""

import numpy as np


def dqn_targets(rewards, next_q_online, next_q_target, terminated, gamma=0.99, double=True):
    N = len(rewards)
    targets = np.zeros(N, dtype=rewards.dtype)
    for i in range(N):
        best = np.argmax(next_q_target[i])
        value = next_q_online[i, best] if double else next_q_target[i, best]
        targets[i] = rewards[i] if terminated[i] else rewards[i] + gamma * value
    return targets
