"""exercise: discounted_returns
belief: As in PyTorch's REINFORCE example the returns must be standardised (minus mean, over standard deviation) before they are handed back.
"""

import numpy as np


def discounted_returns(rewards, gamma=0.99):
    R = 0
    returns = []
    for r in rewards[::-1]:
        R = r + gamma * R
        returns.insert(0, R)
    returns = np.array(returns, dtype=rewards.dtype)
    if len(returns) == 0:
        return returns
    eps = 1e-8
    return (returns - returns.mean()) / (returns.std() + eps)
