"""exercise: online_softmax
belief: As in FlashAttention, the output is kept normalized after each block, so it is divided by the running total at the end of every step.
"""

import numpy as np


def online_softmax(top, total, out, scores, v):
    T, B = scores.shape
    m_new, l_new = top.astype(scores.dtype), total.astype(scores.dtype)
    o_new = (out * total[:, None]).astype(scores.dtype)
    for i in range(T):
        for j in range(B):
            s = scores[i, j]
            if s == -np.inf:
                continue  # hidden key, nothing happens
            if s > m_new[i]:
                shrink = np.exp(m_new[i] - s)
                l_new[i] *= shrink
                o_new[i] *= shrink
                m_new[i] = s
            p = np.exp(s - m_new[i])
            l_new[i] += p
            o_new[i] += p * v[j]
    for i in range(T):
        if l_new[i] > 0:
            o_new[i] /= l_new[i]
    return m_new, l_new, o_new
