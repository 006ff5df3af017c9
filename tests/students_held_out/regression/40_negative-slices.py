"""exercise: train_val_test_split
belief: Counting from the end with negative slices always gives the last samples.
"""

def train_val_test_split(n, fractions, order):
    n_val = round(fractions[0] * n)
    n_test = round(fractions[1] * n)
    test = order[-n_test:]
    rest = order[:-n_test]
    validation = rest[-n_val:]
    train = rest[:-n_val]
    return train, validation, test
