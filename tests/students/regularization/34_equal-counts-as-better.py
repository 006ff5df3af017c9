"""exercise: early_stopping
belief: A loss as good as the best so far is progress.
"""


def early_stopping(val_losses, patience):
    best, best_epoch, bad = float("inf"), 0, 0
    for i, v in enumerate(val_losses):
        if v <= best:
            best, best_epoch, bad = v, i, 0
        else:
            bad += 1
            if bad >= patience:
                return i, best_epoch
    return len(val_losses) - 1, best_epoch
