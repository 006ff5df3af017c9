"""exercise: hebbian_update
belief: Averaging over the batch means averaging each neuron's activity first and then multiplying pre and post.
"""

import numpy as np


def hebbian_update(w, pre, post, lr, rule="hebb"):
    pre_mean = pre.mean(axis=0)
    post_mean = post.mean(axis=0)
    delta_w = np.outer(post_mean, pre_mean)
    if rule == "oja":
        delta_w = delta_w - np.mean(post**2, axis=0)[:, None] * w
    return (w + lr * delta_w).astype(w.dtype)
