"""exercise: build_vocabulary
belief: The size counts the real words, and the unknown word is added to them.
"""

import numpy as np


def build_vocabulary(words, size):
    from collections import Counter

    vocabulary = [word for word, _ in Counter(words).most_common(size)]
    place = dict(zip(vocabulary, range(len(vocabulary))))
    vocabulary.append("<unk>")
    return vocabulary, np.array([place.get(word, len(vocabulary) - 1) for word in words])
