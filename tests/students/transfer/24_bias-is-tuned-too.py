"""exercise: lora_forward
belief: The bias is trained along with the adapter, as it costs next to nothing.
teacher: W and b are frozen: only A and B are counted, r (in + out).
"""

import numpy as np


def lora_forward(x, w, b, down, up, alpha):
    r = len(down)
    factor = float(alpha) / r
    merged = w + factor * (up @ down)
    y = np.array([w @ row + b + factor * (up @ (down @ row)) for row in x])
    return y.astype(x.dtype), merged.astype(x.dtype), down.size + up.size + b.size
