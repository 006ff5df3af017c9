"""exercise: dqn_targets
belief: The target network chooses the next action and the online network says what it is worth.
"""

import numpy as np


def dqn_targets(rewards, next_q_online, next_q_target, terminated, gamma=0.99, double=True):
    best = np.argmax(next_q_target, axis=1)
    judge = next_q_online if double else next_q_target
    values = np.take_along_axis(judge, best[:, None], axis=1).squeeze(1)
    not_done = 1 - terminated.astype(rewards.dtype)
    return rewards + gamma * values * not_done
