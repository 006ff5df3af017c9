"""exercise: ngram_probabilities
belief: The context is looked up from the nearest word backwards, so the last word is the first axis.
"""

import numpy as np


def ngram_probabilities(tokens, size, n, k):
    table = np.full([size] * n, float(k))
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(tokens), n)
    for window in windows:
        *context, word = window
        np.add.at(table, (*context[::-1], word), 1)
    return table / table.sum(axis=n - 1)[..., None]
