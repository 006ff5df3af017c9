"""exercise: swiglu_backward
belief: The input gets its gradient through the gate.
"""

import numpy as np


def swiglu_backward(dy, x, w, v):
    gate = np.dot(x, w.T)
    msg = np.dot(x, v.T)
    sig = 0.5 * (1 + np.tanh(gate / 2))
    dmsg = dy * gate * sig
    dgate = dy * msg * (sig * (1 + gate * (1 - sig)))
    dw = np.dot(dgate.T, x)
    dv = np.dot(dmsg.T, x)
    dx = np.dot(dgate, w)
    return dx, dw, dv
