"""exercise: inception_backward
belief: The gradient of a large kernel is made with the output of the 1 x 1 convolution before it.
"""

import numpy as np


def inception_backward(dy, x, one, reduce3, three, reduce5, five, project):
    cuts = np.cumsum([len(one), len(three), len(five)])
    g1, g3, g5, gp = np.split(dy, cuts, axis=1)

    z1 = convolve(x, one)
    dx, done = convolve_backward(g1 * (z1 > 0), x, one)

    narrow3 = convolve(x, reduce3)
    z3 = convolve(np.maximum(narrow3, 0), three, 1, 1)
    back, dthree = convolve_backward(g3 * (z3 > 0), narrow3, three, 1, 1)
    part, dreduce3 = convolve_backward(back * (narrow3 > 0), x, reduce3)
    dx = dx + part

    narrow5 = convolve(x, reduce5)
    z5 = convolve(np.maximum(narrow5, 0), five, 1, 2)
    back, dfive = convolve_backward(g5 * (z5 > 0), narrow5, five, 1, 2)
    part, dreduce5 = convolve_backward(back * (narrow5 > 0), x, reduce5)
    dx = dx + part

    pooled = max_pool3(x)
    zp = convolve(pooled, project)
    back, dproject = convolve_backward(gp * (zp > 0), pooled, project)
    dx = dx + max_pool3_backward(back, x)
    return dx, done, dreduce3, dthree, dreduce5, dfive, dproject
