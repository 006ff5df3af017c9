"""exercise: discounted_returns
belief: Every reward is discounted by its own time, gamma to the t, and the return of step t adds these up from t on.
"""

import numpy as np


def discounted_returns(rewards, gamma=0.99):
    T = len(rewards)
    t = np.arange(T)
    discounted = rewards * np.asarray(gamma, dtype=float) ** t
    returns = np.cumsum(discounted[::-1])[::-1]
    return returns.astype(rewards.dtype)
