"""exercise: distillation_loss
belief: The soft term is weighted by w, and that is all.
teacher: Its gradient shrinks like 1/T^2; the factor T^2 lets w mean the same at every temperature.
"""

import numpy as np


def distillation_loss(logits, teacher, labels, temperature, weight):
    def log_softmax(s):
        s = s - s.max(axis=1, keepdims=True)
        return s - np.log(np.exp(s).sum(axis=1, keepdims=True))

    N, T = len(logits), temperature
    rows = np.arange(N)
    hard = log_softmax(logits)
    lp, lq = log_softmax(teacher / T), log_softmax(logits / T)
    p, q = np.exp(lp), np.exp(lq)
    soft = (p * (lp - lq)).sum(axis=1)
    loss = np.mean((1 - weight) * -hard[rows, labels] + weight * soft)
    d = np.exp(hard)
    d[rows, labels] -= 1
    d = (1 - weight) * d + weight / T * (q - p)
    return float(loss), (d / N).astype(logits.dtype)
