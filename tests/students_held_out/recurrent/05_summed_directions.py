"""exercise: deep_rnn
belief: The two directions are added, like Keras' merge_mode="sum", so the width stays H.
"""

import numpy as np


def deep_rnn(x, layers):
    T, N = x.shape[0], x.shape[1]
    current = x
    for directions in layers:
        results = []
        for number, (u, w, b) in enumerate(directions):
            H = u.shape[0]
            states = np.zeros((T, N, H), dtype=x.dtype)
            h = np.zeros((N, H), dtype=x.dtype)
            order = range(T) if number == 0 else range(T - 1, -1, -1)
            for t in order:
                h = np.tanh(np.dot(current[t], u.T) + np.dot(h, w.T) + b)
                states[t] = h
            results.append(states)
        if len(results) == 1:
            current = results[0]
        else:
            current = results[0] + results[1]
    return current
