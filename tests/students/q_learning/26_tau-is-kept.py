"""exercise: soft_update
belief: tau is the share of the target network that is kept.
"""

import numpy as np


def soft_update(target, online, tau=0.005):
    updated = []
    for t_param, o_param in zip(target, online):
        mixed = tau * t_param + (1.0 - tau) * o_param
        updated.append(mixed.astype(t_param.dtype))
    return updated
