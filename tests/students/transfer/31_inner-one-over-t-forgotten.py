"""exercise: distillation_loss
belief: The gradient of the soft term is T^2 (q - p), as for any cross-entropy.
teacher: The scores are divided by T inside: the chain rule gives 1/T, and T (q - p) is left.
"""

import numpy as np


def distillation_loss(logits, teacher, labels, temperature, weight):
    def log_p(scores):
        scores = scores - scores.max()
        return scores - np.log(np.sum(np.exp(scores)))

    count = len(logits)
    loss, dlogits = 0.0, np.zeros(logits.shape)
    for n in range(count):
        z, v = logits[n].astype(float), teacher[n].astype(float)
        hard = log_p(z)
        log_q, log_t = log_p(z / temperature), log_p(v / temperature)
        p, q = np.exp(log_t), np.exp(log_q)
        loss += (1 - weight) * -hard[labels[n]]
        loss += weight * temperature**2 * np.sum(p * (log_t - log_q))
        pull = np.exp(hard)
        pull[labels[n]] -= 1
        dlogits[n] = (1 - weight) * pull + weight * temperature**2 * (q - p)
    return float(loss / count), (dlogits / count).astype(logits.dtype)
