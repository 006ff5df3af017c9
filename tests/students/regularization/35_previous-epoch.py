"""exercise: early_stopping
belief: Progress means a smaller loss than in the epoch before.
"""


def early_stopping(val_losses, patience):
    bad = 0
    stop = len(val_losses) - 1
    for i in range(1, len(val_losses)):
        if val_losses[i] < val_losses[i - 1]:
            bad = 0
        else:
            bad += 1
        if bad == patience:
            stop = i
            break
    return stop, min(range(stop + 1), key=lambda k: val_losses[k])
