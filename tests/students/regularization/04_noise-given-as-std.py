"""exercise: bias_variance
belief: The noise is given as a standard deviation.
"""


def bias_variance(predictions, truth, noise=0.0):
    avg = predictions.mean(axis=0)
    bias = float(((avg - truth) ** 2).mean())
    variance = float(((predictions - avg) ** 2).mean())
    return bias, variance, bias + variance + noise * noise
