"""exercise: dqn_targets
belief: Against optimism one takes the smaller of the two networks' maxima.
"""

import numpy as np


def dqn_targets(rewards, next_q_online, next_q_target, terminated, gamma=0.99, double=True):
    v_online = np.max(next_q_online, axis=1)
    v_target = np.max(next_q_target, axis=1)
    v = np.minimum(v_online, v_target) if double else v_target
    v = np.where(terminated, 0.0, v)
    return (rewards + gamma * v).astype(rewards.dtype)
