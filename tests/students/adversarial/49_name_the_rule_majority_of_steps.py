"""exercise: name_the_rule
belief: Each step is named by itself, and the name that most of the steps have is the answer.
"""

import numpy as np


def name_the_rule(path, real, lr, tol=1e-4):
    sg = lambda z: 1 / (1 + np.exp(-z))
    rules = ["alternating", "simultaneous", "saturating", "swapped", "attached", "stale"]
    votes = {rule: 0 for rule in rules}
    for t in range(len(path) - 1):
        th, ps = path[t]
        old = path[t - 1][0] if t > 0 else th
        for rule in rules:
            f = old if rule == "stale" else th
            if rule == "swapped":
                new = ps - lr * (-sg(-ps * f) * f + sg(ps * real) * real)
            else:
                new = ps - lr * (-sg(-ps * real) * real + sg(ps * f) * f)
            use = ps if rule == "simultaneous" else new
            weight = sg(use * th) if rule == "saturating" else sg(-use * th)
            end = new + lr * weight * th if rule == "attached" else new
            if abs(th + lr * weight * use - path[t + 1][0]) <= tol and abs(end - path[t + 1][1]) <= tol:
                votes[rule] += 1
    if votes["stale"] == len(path) - 1 and votes["alternating"] < len(path) - 1:
        return "stale"
    best = max(rules, key=lambda rule: votes[rule])
    return best if votes[best] > 0 else "none"
