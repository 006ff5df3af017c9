"""exercise: info_nce
belief: Other partners of i are no wrong answers, so they are not in the sum.
teacher: The sum has everyone but i, other partners too.
"""

import numpy as np


def info_nce(z, pairs, temperature):
    count = len(z)
    lengths = [np.sqrt(np.sum(row.astype(float) ** 2)) for row in z]
    units = [row / length for row, length in zip(z.astype(float), lengths)]
    loss, dunits = 0.0, np.zeros(z.shape)
    questions = [(i, j) for i, j in pairs] + [(j, i) for i, j in pairs]
    for i, j in questions:
        partners = {b for a, b in questions if a == i}
        others = [k for k in range(count) if k == j or (k != i and k not in partners)]
        scores = np.array([units[i] @ units[k] / temperature for k in others])
        scores -= scores.max()
        p = np.exp(scores) / np.exp(scores).sum()
        partner = others.index(j)
        loss += np.log(np.exp(scores).sum()) - scores[partner]
        p[partner] -= 1
        for k, share in zip(others, p / temperature / len(questions)):
            dunits[i] += share * units[k]
            dunits[k] += share * units[i]
    dz = np.zeros_like(z)
    for i in range(count):
        along = (dunits[i] @ units[i]) * units[i]
        dz[i] = (dunits[i] - along) / lengths[i]
    return float(loss / len(questions)), dz
