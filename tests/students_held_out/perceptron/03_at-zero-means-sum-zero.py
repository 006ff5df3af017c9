"""exercise: predict
belief: at_zero is for a sum of zero.
"""


def predict(x, w, threshold, at_zero=1.0):
    s = x @ w.T
    y = (s > threshold).astype(x.dtype)
    y[s == 0] = at_zero
    return y
