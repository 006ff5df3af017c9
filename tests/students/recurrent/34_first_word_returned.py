"""exercise: generate
belief: The first word is part of what was written, so it stands in the first row.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Numbers = NDArray[np.integer]


def generate(
    first: Numbers,
    steps: int,
    model: tuple[Array, Array, Array, Array, Array, Array],
    temperature: float,
    rng: np.random.Generator,
) -> Numbers:
    table, u, w, b, v, c = model
    word = first
    h = np.zeros((len(first), w.shape[0]), dtype=w.dtype)
    said = [np.asarray(first)]
    for _ in range(steps - 1):
        h = np.tanh(table[word] @ u.T + h @ w.T + b)
        logits = h @ v.T + c
        chosen = []
        for n in range(len(first)):
            if temperature == 0:
                chosen.append(np.argmax(logits[n]))
            else:
                o = (logits[n] - logits[n].max()).astype(float) / temperature
                p = np.exp(o) / np.exp(o).sum()
                chosen.append(rng.choice(len(p), p=p))
        word = np.array(chosen)
        said.append(word)
    return np.array(said)
