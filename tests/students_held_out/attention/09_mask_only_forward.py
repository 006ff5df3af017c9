"""exercise: attention_backward
belief: The mask does its work in the forward pass; the backward pass needs only q, k and v.
"""

import math

import numpy as np


def attention_backward(q, k, v, dout, mask=None):
    D = q.shape[-1]
    logits = np.einsum("bhqd,bhkd->bhqk", q, k) / math.sqrt(D)
    allowed = np.ones(logits.shape[-2:], dtype=bool)
    logits = np.where(allowed, logits, -np.inf)
    top = np.max(logits, axis=-1, keepdims=True, initial=-1e30).astype(q.dtype)
    probs = np.exp(logits - top)
    probs = probs / np.maximum(probs.sum(-1, keepdims=True), np.finfo(q.dtype).tiny)
    # d/dV
    grad_v = np.einsum("bhqk,bhqe->bhke", probs, dout)
    # d/dP and then through the softmax
    grad_p = np.einsum("bhqe,bhke->bhqk", dout, v)
    delta = np.sum(probs * grad_p, axis=-1, keepdims=True)
    grad_s = probs * (grad_p - delta) / math.sqrt(D)
    grad_q = np.einsum("bhqk,bhkd->bhqd", grad_s, k)
    grad_k = np.einsum("bhqk,bhqd->bhkd", grad_s, q)
    return grad_q, grad_k, grad_v
