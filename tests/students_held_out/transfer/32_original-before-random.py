"""exercise: masked_words
belief: From 0.8 to 0.9 the word stays, and from 0.9 on a random one stands there.
teacher: It is the other way round: random from 0.8 to below 0.9, the word itself from 0.9 on.
"""

import numpy as np


def masked_words(tokens, positions, u, words, mask_id):
    seen = [int(token) for token in tokens]
    asked = [-100] * len(tokens)
    for k in range(len(positions)):
        place = int(positions[k])
        asked[place] = int(tokens[place])
        if u[k] < 0.8:
            seen[place] = mask_id
        elif u[k] >= 0.9:
            seen[place] = int(words[k])
    return np.array(seen, dtype=tokens.dtype), np.array(asked, dtype=tokens.dtype)
