"""exercise: js_and_earth_mover
belief: The distance is the size of the sum of what crosses all borders.
"""

import math

import numpy as np


def js_and_earth_mover(p, q, width):
    js = 0.0
    for pk, qk in zip(p, q):
        mk = (pk + qk) / 2
        if pk > 0:
            js += 0.5 * pk * math.log(pk / mk)
        if qk > 0:
            js += 0.5 * qk * math.log(qk / mk)
    cost = 0.0
    carried = 0.0
    for k in range(len(p)):
        carried += p[k] - q[k]
        cost += carried * width
    return float(js), float(abs(cost))
