"""exercise: sample_next
belief: The stretches stand in the order of likelihood, as the words were sorted for top-k and top-p anyway.
"""

import math

import numpy as np


def sample_next(logits, temperature, u, top_k=0, top_p=1.0):
    answer = []
    for row, draw in zip(logits, u):
        if temperature == 0:
            answer.append(int(np.argmax(row)))
            continue
        scaled = [float(s) / temperature for s in row]
        top = max(scaled)
        weights = [math.exp(s - top) for s in scaled]
        words = sorted(range(len(row)), key=lambda i: (-weights[i], i))
        if top_k:
            words = words[:top_k]
        mass = sum(weights[i] for i in words)
        kept, so_far = [], 0.0
        for i in words:
            kept.append(i)
            so_far += weights[i] / mass
            if top_p < 1 and so_far >= top_p - 1e-12:
                break
        mass = sum(weights[i] for i in kept)
        edge, choice = 0.0, kept[-1]
        for i in kept:
            edge += weights[i] / mass
            if draw < edge:
                choice = i
                break
        answer.append(choice)
    return np.array(answer)
