"""exercise: update_running_stats
belief: Unbiased means times (n - 1) / n.
"""


def update_running_stats(running_mean, running_var, mean, var, n, momentum=0.1):
    rm = (1 - momentum) * running_mean + momentum * mean
    if n == 1:
        return rm, running_var.copy()
    rv = (1 - momentum) * running_var + momentum * var * (n - 1) / n
    return rm, rv
