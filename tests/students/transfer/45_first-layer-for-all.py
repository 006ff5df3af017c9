"""exercise: lora_start
belief: All layers are initialised by the same code, so what holds for the first holds for all.
"""
import numpy as np


def lora_start(change, d_down, d_up):
    if change[0].any():
        name = "neither"
    elif d_down[0].any():
        name = "down"
    elif d_up[0].any():
        name = "up"
    else:
        name = "both"
    return [name] * len(change)
