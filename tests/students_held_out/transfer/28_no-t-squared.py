"""exercise: distillation_loss
belief: The soft term is w times the divergence at temperature T.
teacher: Its gradient shrinks like 1 / T^2; with the factor T^2 w means the same at every temperature.
"""

import numpy as np


def distillation_loss(logits, teacher, labels, temperature, weight):
    def log_softmax(z):
        z = z - z.max(axis=1, keepdims=True)
        return z - np.log(np.exp(z).sum(axis=1, keepdims=True))

    N = len(logits)
    T = temperature
    hard = log_softmax(logits)
    log_q, log_p = log_softmax(logits / T), log_softmax(teacher / T)
    p, q = np.exp(log_p), np.exp(log_q)
    ce = -hard[np.arange(N), labels]
    kl = (p * (log_p - log_q)).sum(axis=1)
    loss = np.mean((1 - weight) * ce + weight * kl)
    grad_ce = np.exp(hard)
    grad_ce[np.arange(N), labels] -= 1
    grad = ((1 - weight) * grad_ce + weight * (q - p) / T) / N
    return float(loss), grad.astype(logits.dtype)
