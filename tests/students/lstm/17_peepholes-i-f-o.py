"""exercise: lstm_peephole_step
belief: The peephole weights come in the order input, forget, output, as the gates are listed in the papers.
"""

import numpy as np


def lstm_peephole_step(x, h, c, w, b, p):
    N, H = h.shape
    h_new, c_new = np.empty_like(h), np.empty_like(c)
    p_in, p_forget, p_out = p[0], p[1], p[2]

    def squash(z):
        return 0.5 * (1 + np.tanh(0.5 * z))

    for n in range(N):
        v = np.concatenate((h[n], x[n]))
        for k in range(H):
            a_f = w[k] @ v + b[k]
            a_i = w[H + k] @ v + b[H + k]
            a_g = w[2 * H + k] @ v + b[2 * H + k]
            a_o = w[3 * H + k] @ v + b[3 * H + k]
            forget = squash(a_f + p_forget[k] * c[n, k])
            write = squash(a_i + p_in[k] * c[n, k])
            cell = forget * c[n, k] + write * np.tanh(a_g)
            show = squash(a_o + p_out[k] * cell)
            c_new[n, k] = cell
            h_new[n, k] = show * np.tanh(cell)
    return h_new, c_new
