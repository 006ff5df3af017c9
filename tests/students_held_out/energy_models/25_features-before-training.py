"""exercise: dbn_pretrain
belief: The data of each layer can be prepared at the start, by sending x up through all the layers.
"""

import numpy as np


def dbn_pretrain(x, layers, batches, uniforms, lr):
    def sigmoid(z):
        return 0.5 + 0.5 * np.tanh(z / 2)

    trained = []
    below = x
    for number in range(len(layers)):
        w, b, d = layers[number]
        next_below = sigmoid(below @ w + d)
        u_h, u_x = uniforms[number]
        for s in range(len(batches)):
            v = below[batches[s]]
            hat = sigmoid(v @ w + d)
            h = np.where(u_h[s] < hat, 1.0, 0.0)
            v_tilde = np.where(u_x[s] < sigmoid(h @ w.T + b), 1.0, 0.0)
            h_tilde = sigmoid(v_tilde @ w + d)
            B = len(v)
            new_w = w + lr / B * (np.dot(v.T, hat) - np.dot(v_tilde.T, h_tilde))
            new_b = b + lr / B * np.sum(v - v_tilde, axis=0)
            new_d = d + lr / B * np.sum(hat - h_tilde, axis=0)
            w, b, d = new_w, new_b, new_d
        trained.append((w, b, d))
        top = sigmoid(below @ w + d)
        below = next_below
    return trained, top
