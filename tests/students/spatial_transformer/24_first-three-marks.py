"""exercise: theta_from_marks
belief: Three marks settle an affine map, so the first three are enough.
"""

import numpy as np


def theta_from_marks(target, source):
    out = []
    for t, s in zip(target, source):
        A = np.column_stack([t[:3], np.ones(3)])
        out.append(np.linalg.solve(A, s[:3]).T)
    return np.array(out, dtype=target.dtype)
