"""exercise: byte_pair_encode
belief: Among equally frequent pairs the smallest pair is taken, as np.unique sorts them.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def byte_pair_encode(
    train: NDArray[np.integer], count: int, text: NDArray[np.integer]
) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    def places(seq, a, b):
        hits = np.flatnonzero((seq[:-1] == a) & (seq[1:] == b))
        if a != b or len(hits) == 0:
            return hits
        # in a run of equal tokens only every second hit counts
        start = np.maximum.accumulate(
            np.where(np.diff(hits, prepend=-2) > 1, np.arange(len(hits)), 0)
        )
        return hits[(np.arange(len(hits)) - start) % 2 == 0]

    def merge(seq, a, b, new):
        at = places(seq, a, b)
        seq = seq.copy()
        seq[at] = new
        return np.delete(seq, at + 1)

    corpus = np.array(train, dtype=np.int64)
    merges = []
    while len(merges) < count and len(corpus) > 1:
        pairs, first = np.unique(
            np.stack([corpus[:-1], corpus[1:]], axis=1), axis=0, return_index=True
        )
        numbers = np.array([len(places(corpus, a, b)) for a, b in pairs])
        if numbers.max() < 2:
            break
        best = np.argmax(numbers)
        a, b = pairs[best]
        corpus = merge(corpus, a, b, 256 + len(merges))
        merges.append((int(a), int(b)))
    tokens = np.array(text, dtype=np.int64)
    for m, (a, b) in enumerate(merges):
        tokens = merge(tokens, a, b, 256 + m)
    return np.array(merges, dtype=np.int64).reshape(-1, 2), tokens
