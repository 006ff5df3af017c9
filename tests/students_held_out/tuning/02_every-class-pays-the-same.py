"""exercise: initial_loss
belief: The best constant answer costs the mean of -ln p over the classes that occur.
"""

import math


def initial_loss(shares):
    k = shares.shape[0]
    costs = [-math.log(p) for p in shares if p > 0]
    return math.log(k), sum(costs) / len(costs)
