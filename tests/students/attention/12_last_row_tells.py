"""exercise: which_attention
belief: When the last row sums to one and the first does not, the mask was applied after the softmax.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def which_attention(weights: Array) -> str:
    heads, length, _ = weights.shape
    future, past, itself = [], [], []
    for i in range(length):
        for j in range(length):
            if j > i:
                future.extend(weights[:, i, j])
            elif j < i:
                past.extend(weights[:, i, j])
            else:
                itself.extend(weights[:, i, j])

    def all_one(sums):
        return all(abs(s - 1) < 1e-3 for s in sums)

    if any(w != 0 for w in future):
        return "no mask" if any(w != 0 for w in past) else "mask turned round"
    if all_one([weights[h, i].sum() for h in range(heads) for i in range(length)]):
        return "right"
    first = [weights[h, 0].sum() for h in range(heads)]
    last = [weights[h, -1].sum() for h in range(heads)]
    if all_one(last) and not all_one(first):
        return "mask after softmax"
    if all(w == 0 for w in itself):
        return "mask hides itself"
    if all_one([weights[h, :, j].sum() for h in range(heads) for j in range(length)]):
        return "softmax over queries"
    if all_one([weights[:, i, j].sum() for i in range(length) for j in range(i + 1)]):
        return "softmax over heads"
    return "mask after softmax"
