"""exercise: batch_norm_inference
belief: running_var is a deviation already.
"""


def batch_norm_inference(x, gamma, beta, running_mean, running_var, eps=1e-5):
    std = running_var + eps
    return gamma * ((x - running_mean) / std) + beta
