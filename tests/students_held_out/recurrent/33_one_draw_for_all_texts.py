"""exercise: generate
belief: One random number per step is enough: each text compares it with its own probabilities.
"""

import numpy as np


def generate(first, steps, model, temperature, rng):
    table, u, w, b, v, c = model
    N = len(first)
    written = np.zeros((steps, N), dtype=int)
    state = np.zeros((N, w.shape[0]))
    word = [int(f) for f in first]
    for step in range(steps):
        draw = rng.random()
        for n in range(N):
            state[n] = np.tanh(u @ table[word[n]] + w @ state[n] + b)
            logits = v @ state[n] + c
            if temperature == 0:
                word[n] = int(np.argmax(logits))
            else:
                scaled = logits / temperature
                p = np.exp(scaled - np.max(scaled))
                p = p / np.sum(p)
                total = 0.0
                choice = len(p) - 1
                for k in range(len(p)):
                    total += p[k]
                    if draw < total:
                        choice = k
                        break
                word[n] = choice
            written[step, n] = word[n]
    return written
