"""exercise: rotary_positions
belief: The positions are simply 0 to T - 1, so the frequencies can be built from the length of x.
"""

import numpy as np


def rotary_positions(x, positions, base=10000.0):
    # freqs_cis as in Meta's llama: pairs become complex numbers
    T, D = x.shape[2:]
    freqs = 1.0 / (base ** (np.arange(0, D, 2) / D))
    t = np.arange(T)
    freqs_cis = np.exp(1j * np.outer(t, freqs))
    z = x.reshape(*x.shape[:-1], D // 2, 2)
    z = (z[..., 0] + 1j * z[..., 1]) * freqs_cis
    return np.stack([z.real, z.imag], axis=-1).reshape(x.shape).astype(x.dtype)
