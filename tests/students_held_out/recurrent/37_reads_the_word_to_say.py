"""exercise: encoder_decoder
belief: In training the decoder gets the target sequence as its input.
"""

import numpy as np


def encoder_decoder(source, target, start, encoder, decoder):
    def step(x, h, u, w, b):
        return np.tanh(np.einsum("ne,he->nh", x, u) + np.einsum("ng,hg->nh", h, w) + b)

    emb, *enc = encoder
    real = (source >= 0)[..., None]
    h = np.zeros((source.shape[1], enc[1].shape[0]), emb.dtype)
    for ids, r in zip(np.maximum(source, 0), real):
        h = np.where(r, step(emb[ids], h, *enc), h)
    emb, u, w, b, v, c = decoder
    first = np.full((1, target.shape[1]), start, dtype=target.dtype)
    inputs = target
    hs = []
    for x in emb[inputs]:
        h = step(x, h, u, w, b)
        hs.append(h)
    return np.einsum("tnh,kh->tnk", np.stack(hs), v) + c
