"""exercise: hh_gates
belief: A tiny number added to the denominator cures 0/0.
"""

import numpy as np

EPS = 1e-7


def hh_gates(v):
    am = 0.1 * (v + 40) / (1 - np.exp(-(v + 40) / 10) + EPS)
    bm = 4 * np.exp(-(v + 65) / 18)
    ah = 0.07 * np.exp(-(v + 65) / 20)
    bh = 1 / (1 + np.exp(-(v + 35) / 10))
    an = 0.01 * (v + 55) / (1 - np.exp(-(v + 55) / 10) + EPS)
    bn = 0.125 * np.exp(-(v + 65) / 80)
    a, b = np.array([am, ah, an]), np.array([bm, bh, bn])
    return a / (a + b), 1 / (a + b)
