"""exercise: masked_words
belief: The net is asked for the words that it can not see, those behind a mask.
teacher: It is asked at all chosen positions, also where it sees the word or a wrong one; else it could rely on everything that is no mask.
"""

import numpy as np


def masked_words(tokens, positions, u, words, mask_id):
    inputs = tokens.copy()
    labels = np.full_like(tokens, -100)
    asked = positions[u < 0.8]
    labels[asked] = tokens[asked]
    inputs[positions[u < 0.8]] = mask_id
    swap = (u >= 0.8) & (u < 0.9)
    inputs[positions[swap]] = words[swap]
    return inputs, labels
