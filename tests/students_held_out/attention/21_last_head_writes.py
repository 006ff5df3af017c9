"""exercise: multi_head_backward
belief: Each head writes the gradient of the keys and values it has used into the place of its group.
"""

import math

import numpy as np


def multi_head_backward(x, context, wq, wk, wv, wo, heads, dout, mask=None):
    width = wq.shape[0] // heads
    groups = wk.shape[0] // width
    N, T, S = x.shape[0], x.shape[1], context.shape[1]
    dx, dcontext = np.zeros_like(x), np.zeros_like(context)
    dwq, dwk, dwv, dwo = (np.zeros_like(a) for a in (wq, wk, wv, wo))
    dkeys = np.zeros((groups, N, S, width), x.dtype)
    dvalues = np.zeros((groups, N, S, width), x.dtype)
    for h in range(heads):
        g = h // (heads // groups)
        mine = slice(h * width, (h + 1) * width)
        shared = slice(g * width, (g + 1) * width)
        gk, gv = np.zeros((N, S, width), x.dtype), np.zeros((N, S, width), x.dtype)
        for n in range(N):
            Q, K, V = x[n] @ wq[mine].T, context[n] @ wk[shared].T, context[n] @ wv[shared].T
            scores = Q @ K.T / math.sqrt(width)
            P = np.zeros_like(scores)
            for t in range(T):
                ok = np.ones(S, bool) if mask is None else mask[t]
                if ok.any():
                    e = np.exp(scores[t, ok] - scores[t, ok].max())
                    P[t, ok] = e / e.sum()
            dwo[:, mine] += dout[n].T @ (P @ V)
            dhead = dout[n] @ wo[:, mine]
            gv[n] = P.T @ dhead
            dP = dhead @ V.T
            dS = P * (dP - np.sum(P * dP, axis=1)[:, None]) / math.sqrt(width)
            dQ = dS @ K
            gk[n] = dS.T @ Q
            dwq[mine] += dQ.T @ x[n]
            dx[n] += dQ @ wq[mine]
        dkeys[g] = gk
        dvalues[g] = gv
    for g in range(groups):
        shared = slice(g * width, (g + 1) * width)
        for n in range(N):
            dwk[shared] += dkeys[g, n].T @ context[n]
            dwv[shared] += dvalues[g, n].T @ context[n]
            dcontext[n] += dkeys[g, n] @ wk[shared] + dvalues[g, n] @ wv[shared]
    return dx, dcontext, dwq, dwk, dwv, dwo
