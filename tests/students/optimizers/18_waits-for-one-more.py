"""exercise: performance_schedule
belief: Patience is the number of failures that are tolerated, so the rate falls at the failure after them, as in torch's ReduceLROnPlateau.
"""

import numpy as np


class ReduceOnPlateau:
    def __init__(self, lr, patience, factor):
        self.lr = lr
        self.patience = patience
        self.factor = factor
        self.best = float("inf")
        self.num_bad = 0

    def step(self, metric):
        if metric < self.best:
            self.best = metric
            self.num_bad = 0
        else:
            self.num_bad += 1
        if self.num_bad > self.patience:
            self.lr /= self.factor
            self.num_bad = 0


def performance_schedule(errors, lr0, every=1, patience=2, factor=10.0):
    scheduler = ReduceOnPlateau(lr0, patience, factor)
    history = []
    for step, error in enumerate(errors, start=1):
        history.append(scheduler.lr)
        if step % every == 0:
            scheduler.step(float(error))
    return np.array(history, dtype=errors.dtype)
