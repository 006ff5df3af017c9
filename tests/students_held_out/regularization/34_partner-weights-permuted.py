"""exercise: mixup
belief: The partner comes with its own lambda, so the second weight is 1 - lam[order].
"""

import numpy as np


def mixup(x, labels, classes, lam, order, eps=0.0):
    onehot = np.zeros((len(labels), classes), dtype=x.dtype)
    onehot[np.arange(len(labels)), labels] = 1
    onehot = (1 - eps) * onehot + eps / classes

    def weigh(a):
        return (a.T * lam).T

    def weigh_rest(a):
        return (a.T * (1 - lam)).T

    mixed = weigh(x) + weigh_rest(x)[order]
    targets = weigh(onehot) + weigh_rest(onehot)[order]
    return mixed.astype(x.dtype), targets.astype(x.dtype)
