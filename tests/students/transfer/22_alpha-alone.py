"""exercise: lora_forward
belief: The adapter's path is multiplied by alpha.
teacher: By alpha / r: then the rank can be changed without looking for a new learning rate.
"""

import numpy as np


def lora_forward(x, w, b, down, up, alpha):
    scale = float(alpha)
    y = x @ w.T + b + scale * (x @ down.T) @ up.T
    merged = w + scale * up @ down
    return y.astype(x.dtype), merged.astype(x.dtype), up.size + down.size
