"""exercise: mixup
belief: Each sample is mixed with its partner one after the other, in the array that is being built.
"""
import numpy as np


def mixup(x, labels, classes, lam, order, eps=0.0):
    mixed = x.astype(float).copy()
    t = np.full((len(x), classes), eps / classes)
    t[np.arange(len(x)), labels] += 1 - eps
    for n in range(len(x)):
        mixed[n] = lam[n] * mixed[n] + (1 - lam[n]) * mixed[order[n]]
        t[n] = lam[n] * t[n] + (1 - lam[n]) * t[order[n]]
    return mixed.astype(x.dtype), t.astype(x.dtype)
