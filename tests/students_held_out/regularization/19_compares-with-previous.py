"""exercise: early_stopping
belief: An epoch makes progress if its loss is smaller than that of the epoch before.
"""

def early_stopping(val_losses, patience):
    best = 0
    wait = 0
    for t in range(1, len(val_losses)):
        if val_losses[t] < val_losses[best]:
            best = t
        if val_losses[t] < val_losses[t - 1]:
            wait = 0
        else:
            wait += 1
        if wait == patience:
            return t, best
    return len(val_losses) - 1, best
