"""exercise: update_running_stats
belief: Both estimates are made unbiased by n / (n - 1).
"""


def update_running_stats(running_mean, running_var, mean, var, n, momentum=0.1):
    k = n / (n - 1) if n > 1 else 1.0
    rm = (1 - momentum) * running_mean + momentum * k * mean
    rv = (1 - momentum) * running_var + momentum * k * var if n > 1 else running_var.copy()
    return rm, rv
