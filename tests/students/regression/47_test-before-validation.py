"""exercise: train_val_test_split
belief: The fractions are those of test and validation.
"""

import numpy as np


def train_val_test_split(n, fractions, order):
    f_test, f_val = fractions
    a = round(f_test * n)
    b = round(f_val * n)
    c = n - a - b
    return order[:c], order[c : c + b], order[c + b :]
