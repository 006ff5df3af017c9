"""exercise: deep_rnn
belief: The reader from the end must not have seen step t yet at step t, or x_t would be counted twice.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Direction = tuple[Array, Array, Array]


def deep_rnn(x: Array, layers: list[list[Direction]]) -> Array:
    current = x
    for layer in layers:
        sides = []
        for number, (u, w, b) in enumerate(layer):
            order = list(range(current.shape[0]))
            if number == 1:
                order.reverse()
            h = np.zeros((current.shape[1], w.shape[0]), dtype=x.dtype)
            states = [None] * len(order)
            for t in order:
                if number == 1:
                    states[t] = h
                h = np.tanh(current[t] @ u.T + h @ w.T + b)
                if number == 0:
                    states[t] = h
            sides.append(np.stack(states))
        current = np.concatenate(sides, axis=2)
    return current
