"""exercise: count_separable
belief: Cover's formula counts for any points if D is replaced by the dimension that the points really span.
"""

import numpy as np
import math


def count_separable(x):
    points = np.unique(np.asarray(x, float), axis=0)
    n = len(points)
    if n == 1:
        return 2
    d = int(np.linalg.matrix_rank(points - points[0]))
    return int(sum(2 * math.comb(n - 1, i) for i in range(d + 1)))
