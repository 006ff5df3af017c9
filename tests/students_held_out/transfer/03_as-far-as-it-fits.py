"""exercise: transfer_layers
belief: Whatever fits is taken over, like load_state_dict(strict=False); only the layers that do not fit stay fresh.
teacher: All of the n or none: a net that is half taken over works, is worse, and nobody knows why.
"""

import numpy as np


def transfer_layers(source, target, n):
    shapes = lambda net: [(w.shape, b.shape) for w, b in net[:n]]
    bad = [k for k, (s, t) in enumerate(zip(shapes(source), shapes(target))) if s != t]
    cut = bad[0] if bad else n
    chosen = list(source[:cut]) + list(target[cut:])
    layers = [(w.astype(tw.dtype), b.astype(tb.dtype)) for (w, b), (tw, tb) in zip(chosen, target)]
    return layers, bad[0] if bad else None
