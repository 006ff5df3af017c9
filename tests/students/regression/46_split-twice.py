"""exercise: train_val_test_split
belief: First the test is split off, then the validation part from what remains.
"""

import numpy as np


def train_val_test_split(n, fractions, order):
    test_size = round(n * fractions[1])
    rest, test = order[: n - test_size], order[n - test_size :]
    val_size = round(len(rest) * fractions[0])
    return rest[: len(rest) - val_size], rest[len(rest) - val_size :], test
