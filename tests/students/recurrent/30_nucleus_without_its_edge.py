"""exercise: sample_next
belief: The nucleus holds the likeliest words as long as their sum is at most p.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Numbers = NDArray[np.integer]


def sample_next(
    logits: Array, temperature: float, u: Array, top_k: int = 0, top_p: float = 1.0
) -> Numbers:
    chosen = []
    for row, number in zip(logits, u):
        row = row.astype(float)
        if temperature == 0:
            chosen.append(int(np.argmax(row)))
            continue
        p = np.exp((row - row.max()) / temperature)
        p = p / p.sum()
        likeliest = sorted(range(len(p)), key=lambda word: -row[word])
        if top_k > 0:
            likeliest = likeliest[:top_k]
            p = p / p[likeliest].sum()
        if top_p < 1:
            kept, total = [], 0.0
            for word in likeliest:
                total += p[word]
                if kept and total > top_p:
                    break
                kept.append(word)
            likeliest = kept
            p = p / p[likeliest].sum()
        end, answer = 0.0, None
        for word in sorted(likeliest):
            if p[word] == 0:
                continue
            answer = word
            end += p[word]
            if number < end:
                break
        chosen.append(answer)
    return np.array(chosen, dtype=int)
