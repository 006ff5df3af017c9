"""exercise: discounted_returns
belief: The return is gamma times everything that comes, the reward of the step itself included.
"""

import numpy as np


def discounted_returns(rewards, gamma=0.99):
    returns = np.zeros_like(rewards)
    running = 0.0
    for t in reversed(range(len(rewards))):
        running = gamma * (rewards[t] + running)
        returns[t] = running
    return returns
