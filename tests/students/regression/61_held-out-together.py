"""exercise: train_val_test_split
belief: What is held out in all is the sum of the two fractions, rounded; the test set is what is left of it after the validation samples.
"""

import numpy as np


def train_val_test_split(n, fractions, order):
    val, test = fractions
    held = int(round((val + test) * n))
    a = n - held
    b = a + int(round(val * n))
    return order[:a].copy(), order[a:b].copy(), order[b:].copy()
