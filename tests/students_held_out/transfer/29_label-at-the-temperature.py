"""exercise: distillation_loss
belief: The student has one softmax, at temperature T, and both terms use it.
teacher: The label's term is at temperature 1: with a label it is the student's own answer that counts, not the softened one.
"""

import numpy as np


def distillation_loss(logits, teacher, labels, temperature, weight):
    N, K = logits.shape
    T = float(temperature)
    total = 0.0
    dlogits = np.zeros(logits.shape, dtype=logits.dtype)

    def softmax_and_log(scores):
        shifted = scores - scores.max()
        log_sum = np.log(np.sum(np.exp(shifted)))
        return np.exp(shifted - log_sum), shifted - log_sum

    for n in range(N):
        z = logits[n].astype(float)
        v = teacher[n].astype(float)
        p, log_p = softmax_and_log(v / T)
        q, log_q = softmax_and_log(z / T)
        h, log_h = q, log_q
        soft = 0.0
        for k in range(K):
            soft += p[k] * (log_p[k] - log_q[k])
        total += (1 - weight) * -log_h[labels[n]] + weight * T * T * soft
        onehot = np.zeros(K)
        onehot[labels[n]] = 1
        dlogits[n] = ((1 - weight) * (h - onehot) / T + weight * T * (q - p)) / N
    return float(total / N), dlogits
