"""exercise: train_val_test_split
belief: int() of the product gives the count.
"""

def train_val_test_split(n, fractions, order):
    n_val = int(n * fractions[0])
    n_test = int(n * fractions[1])
    n_train = n - n_val - n_test
    train = order[:n_train]
    val = order[n_train:n_train + n_val]
    test = order[n_train + n_val:]
    return train, val, test
