"""exercise: distillation_loss
belief: The soft term is the cross-entropy between the teacher's and the student's probabilities; the teacher's own entropy is a constant and drops out.
teacher: It drops out of the gradient; the loss asked for is the divergence, which is 0 when the student has learned all.
"""

import numpy as np


def distillation_loss(logits, teacher, labels, temperature, weight):
    lse = lambda a: a.max(-1, keepdims=True) + np.log(np.exp(a - a.max(-1, keepdims=True)).sum(-1, keepdims=True))
    logp = lambda a: a - lse(a)
    T, w = temperature, weight
    lt, ls, l1 = logp(teacher / T), logp(logits / T), logp(logits)
    soft = (np.exp(lt) * (-ls)).sum(-1)
    hard = -np.take_along_axis(l1, labels[:, None], -1)[:, 0]
    loss = ((1 - w) * hard + w * T * T * soft).mean()
    onehot = np.eye(logits.shape[1])[labels]
    grad = (1 - w) * (np.exp(l1) - onehot) + w * T * (np.exp(ls) - np.exp(lt))
    return float(loss), (grad / len(logits)).astype(logits.dtype)
