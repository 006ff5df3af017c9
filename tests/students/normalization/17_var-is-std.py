"""exercise: batch_norm_inference
belief: What is remembered is the deviation to divide by.
"""


def batch_norm_inference(x, gamma, beta, running_mean, running_var, eps=1e-5):
    return (x - running_mean) / (running_var + eps) * gamma + beta
