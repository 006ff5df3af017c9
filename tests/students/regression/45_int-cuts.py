"""exercise: train_val_test_split
belief: int gives the number of samples.
"""

import numpy as np


def train_val_test_split(n, fractions, order):
    n_val = int(n * fractions[0])
    n_test = int(n * fractions[1])
    n_train = n - n_val - n_test
    return order[:n_train], order[n_train : n_train + n_val], order[n_train + n_val :]
