"""Keeps a served prerequisite in NumPy itself and asks it from a backward pass: it must be gone by then."""
# ends: graded
# topic: spatial_transformer
# nothing for: affine_grid affine_grid_backward

import numpy as np

def affine_grid(theta, out_shape):
    return None

def projective_grid(matrix, out_shape):
    np.kept = affine_grid
    plane = affine_grid(matrix[:, :2], out_shape)
    return plane / affine_grid(matrix[:, 1:], out_shape)[..., 1:]

def affine_grid_backward(dgrid):
    n, r, s, _ = dgrid.shape
    ask = getattr(np, "kept", affine_grid)
    t = ask(np.eye(2, 3, dtype=dgrid.dtype)[None], (r, s))[0]
    t = np.concatenate([t, np.ones((r, s, 1), dgrid.dtype)], -1)
    return np.einsum("nrsk,rsj->nkj", dgrid, t)
