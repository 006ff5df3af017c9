"""exercise: lora_forward
belief: The path counts alpha times.
teacher: It counts alpha / r times, so that r can be changed without looking for a new rate.
"""

import numpy as np


def lora_forward(x, w, b, down, up, alpha):
    r = len(down)
    scaling = alpha
    result = x @ w.T + b
    result = result + (x @ down.T @ up.T) * scaling
    merged = w + scaling * (up @ down)
    return result.astype(x.dtype), merged.astype(x.dtype), down.size + up.size
