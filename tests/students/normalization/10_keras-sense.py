"""exercise: update_running_stats
belief: Momentum is what is kept of the old value.
"""


def update_running_stats(running_mean, running_var, mean, var, n, momentum=0.1):
    rm = momentum * running_mean + (1 - momentum) * mean
    if n > 1:
        rv = momentum * running_var + (1 - momentum) * var * n / (n - 1)
    else:
        rv = running_var.copy()
    return rm, rv
