"""exercise: lora_forward
belief: To merge the path into the weights, B A is added to W.
teacher: What is added is alpha / r times B A; else the merged layer does something else than the layer with its path.
"""

import numpy as np


def lora_forward(x, w, b, down, up, alpha):
    s = x.dtype.type(alpha / down.shape[0])
    y = np.einsum("nd,fd->nf", x, w) + b + s * np.einsum("nd,rd,fr->nf", x, down, up)
    merged = w + np.einsum("fr,rd->fd", up, down)
    return y, merged, int(np.prod(down.shape) + np.prod(up.shape))
