"""exercise: early_stopping
belief: Training stops when more than `patience` epochs have passed without progress.
"""


def early_stopping(val_losses, patience):
    best_epoch, bad = 0, 0
    for i in range(1, len(val_losses)):
        if val_losses[i] < val_losses[best_epoch]:
            best_epoch, bad = i, 0
        else:
            bad += 1
        if bad > patience:
            return i, best_epoch
    return len(val_losses) - 1, best_epoch
