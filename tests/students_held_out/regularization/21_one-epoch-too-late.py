"""exercise: early_stopping
belief: Training stops when more than patience epochs have passed without progress, as in "wait
> patience".
"""

import numpy as np


def early_stopping(val_losses, patience):
    best_val = np.inf
    best = 0
    stop = len(val_losses) - 1
    for i, loss in enumerate(val_losses):
        if loss < best_val:
            best_val, best = loss, i
        elif i - best > patience:
            stop = i
            break
    return stop, best
