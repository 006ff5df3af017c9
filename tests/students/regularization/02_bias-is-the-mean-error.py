"""exercise: bias_variance
belief: The bias is the mean error of the model over all points, squared.
"""


def bias_variance(predictions, truth, noise=0.0):
    errors = predictions - truth[None, :]
    bias = errors.mean() ** 2
    variance = predictions.var(axis=0).mean()
    return float(bias), float(variance), float(bias + variance + noise)
