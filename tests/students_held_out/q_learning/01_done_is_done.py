"""exercise: td_target
belief: An episode is over when it is terminated or truncated, and no value follows the end of an episode.
"""

import numpy as np


def td_target(reward, next_value, terminated, truncated, gamma=0.99):
    done = terminated or truncated
    return float(reward + gamma * next_value * (1 - int(done)))
