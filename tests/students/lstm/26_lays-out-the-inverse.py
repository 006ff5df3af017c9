"""exercise: which_layout
belief: The answer lists at which place f, i, g and o stand.
"""

import numpy as np


from itertools import permutations


def which_layout(x, h, c, w, b, h_new, c_new):
    s = lambda z: 0.5 * (1 + np.tanh(z / 2))
    H = h.shape[1]
    for name, z in (("hx", np.hstack([h, x])), ("xh", np.hstack([x, h]))):
        a = z @ w.T + b
        fits = []
        for f, i, g, o in permutations(range(4)):
            part = lambda k: a[:, k * H : (k + 1) * H]
            cell = s(part(f)) * c + s(part(i)) * np.tanh(part(g))
            shown = s(part(o)) * np.tanh(cell)
            if np.allclose(cell, c_new, rtol=0, atol=1e-3) and np.allclose(
                shown, h_new, rtol=0, atol=1e-3
            ):
                found = ["", "", "", ""]
                for letter, k in zip("figo", (f, i, g, o)):
                    found[k] = letter
                fits.append("".join(found))
        if fits:
            order = min(fits)
            return name + " " + "".join("figo"[order.index(letter)] for letter in "figo")
    return "unknown"
