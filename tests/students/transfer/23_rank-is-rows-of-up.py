"""exercise: lora_forward
belief: The rank is the number of rows of B.
teacher: B leads up, its rows are the outputs: r is its columns, or the rows of A.
"""

import numpy as np


def lora_forward(x, w, b, down, up, alpha):
    scale = float(alpha) / up.shape[0]
    y = x @ w.T + b + scale * (x @ down.T) @ up.T
    merged = w + scale * up @ down
    return y.astype(x.dtype), merged.astype(x.dtype), up.size + down.size
