"""exercise: early_stopping
belief: A loss that is not worse than the best counts as progress.
"""

def early_stopping(val_losses, patience):
    best_loss = float("inf")
    best_epoch = 0
    counter = 0
    for epoch in range(len(val_losses)):
        if val_losses[epoch] <= best_loss:
            best_loss = val_losses[epoch]
            best_epoch = epoch
            counter = 0
        else:
            counter += 1
            if counter >= patience:
                return epoch, best_epoch
    return len(val_losses) - 1, best_epoch
