"""exercise: build_vocabulary
belief: If all words fit into the vocabulary there is no unknown word, so it is left out.
"""

import numpy as np


def build_vocabulary(words, size):
    itos, first, inverse, counts = np.unique(
        words, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -counts))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    keep = len(itos) if len(itos) <= size else size - 1
    vocab = [str(itos[i]) for i in order[:keep]]
    if keep < len(itos):
        vocab.append("<unk>")
    return vocab, np.minimum(rank[inverse.ravel()], keep)
