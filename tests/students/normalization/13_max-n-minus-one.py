"""exercise: update_running_stats
belief: With one sample, divide by one instead of zero.
"""


def update_running_stats(running_mean, running_var, mean, var, n, momentum=0.1):
    unbiased = var * n / max(n - 1, 1)
    rm = (1 - momentum) * running_mean + momentum * mean
    rv = (1 - momentum) * running_var + momentum * unbiased
    return rm, rv
