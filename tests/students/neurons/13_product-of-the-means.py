"""exercise: hebbian_update
belief: Averaging over the batch means averaging each neuron's activity first and then multiplying pre and post.
"""

import numpy as np


def hebbian_update(w, pre, post, lr):
    pre_mean = pre.mean(axis=0)
    post_mean = post.mean(axis=0)
    delta_w = lr * np.outer(post_mean, pre_mean)
    return (w + delta_w).astype(w.dtype)
