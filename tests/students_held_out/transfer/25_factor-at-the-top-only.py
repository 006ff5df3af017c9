"""exercise: lora_backward
belief: The factor alpha / r stands before B, so it belongs to B's gradient.
teacher: It multiplies the whole product: what comes back to A has passed it too.
"""

import numpy as np


def lora_backward(dy, x, w, down, up, alpha):
    scale = alpha / up.shape[1]
    a = np.einsum("nd,rd->nr", x, down)
    g = np.einsum("nf,fr->nr", dy, up)
    return (
        np.einsum("nf,fd->nd", dy, w + scale * np.einsum("fr,rd->fd", up, down)),
        np.einsum("nr,nd->rd", g, x),
        scale * np.einsum("nf,nr->fr", dy, a),
    )
