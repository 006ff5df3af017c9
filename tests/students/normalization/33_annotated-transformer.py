"""exercise: layer_norm_forward
belief: std() of a tensor with eps added, as in the well-known code.
"""


def layer_norm_forward(x, gamma, beta, eps=1e-5):
    mu = x.mean(-1, keepdims=True)
    std = x.std(-1, ddof=1, keepdims=True)
    return gamma * (x - mu) / (std + eps) + beta
