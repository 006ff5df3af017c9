"""exercise: info_nce
belief: Other samples that belong to i are no wrong answers, so they are left out of the sum.
teacher: The sum has everyone in it but i itself: the partner, and all others, other partners of i too.
"""

import math

import numpy as np


def info_nce(z, pairs, temperature):
    N, D = z.shape
    lengths = [math.sqrt(float(np.dot(row, row))) for row in z]
    unit = np.array([z[i].astype(float) / lengths[i] for i in range(N)])
    partners = [set() for _ in range(N)]
    questions = []
    for i, j in pairs:
        partners[i].add(int(j))
        partners[j].add(int(i))
        questions.append((int(i), int(j)))
        questions.append((int(j), int(i)))
    loss = 0.0
    dunit = np.zeros((N, D))
    for i, j in questions:
        candidates = [k for k in range(N) if k != i]
        candidates = [k for k in candidates if k == j or k not in partners[i]]
        scores = [float(unit[i] @ unit[k]) / temperature for k in candidates]
        top = max(scores)
        total = sum(math.exp(s - top) for s in scores)
        loss += (top + math.log(total) - float(unit[i] @ unit[j]) / temperature) / len(questions)
        for k, s in zip(candidates, scores):
            ds = math.exp(s - top) / total - (1 if k == j else 0)
            ds = ds / temperature / len(questions)
            dunit[i] += ds * unit[k]
            dunit[k] += ds * unit[i]
    dz = np.zeros(z.shape, dtype=z.dtype)
    for i in range(N):
        along = float(dunit[i] @ unit[i])
        dz[i] = (dunit[i] - along * unit[i]) / lengths[i]
    return loss, dz
