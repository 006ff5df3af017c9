"""exercise: kv_cache_step
belief: After appending there are S + 1 positions, so the new one has the position S + 1.
"""

import math

import numpy as np


def kv_cache_step(x, keys, values, wq, wk, wv, wo, heads, base=10000.0):
    n_samples, n_groups, past, width = keys.shape
    position = past + 1
    new_keys = np.zeros((n_samples, n_groups, past + 1, width), dtype=x.dtype)
    new_values = np.zeros((n_samples, n_groups, past + 1, width), dtype=x.dtype)
    new_keys[:, :, :past] = keys
    new_values[:, :, :past] = values

    def turn(vector):
        turned = vector.copy()
        for i in range(width // 2):
            angle = position * base ** (-2 * i / width)
            a, b = vector[2 * i], vector[2 * i + 1]
            turned[2 * i] = a * math.cos(angle) - b * math.sin(angle)
            turned[2 * i + 1] = a * math.sin(angle) + b * math.cos(angle)
        return turned

    y = np.zeros((n_samples, wo.shape[0]), dtype=x.dtype)
    for n in range(n_samples):
        query, key, value = wq @ x[n], wk @ x[n], wv @ x[n]
        for g in range(n_groups):
            new_keys[n, g, past] = turn(key[g * width:(g + 1) * width])
            new_values[n, g, past] = value[g * width:(g + 1) * width]
        found = []
        for h in range(heads):
            g = h // (heads // n_groups)
            q = turn(query[h * width:(h + 1) * width])
            score = new_keys[n, g] @ q / math.sqrt(width)
            p = np.exp(score - np.max(score))
            p = p / np.sum(p)
            found.append(p @ new_values[n, g])
        y[n] = wo @ np.concatenate(found)
    return y, new_keys, new_values
