"""exercise: update_running_stats
belief: A batch of one says nothing, so nothing is updated.
"""


def update_running_stats(running_mean, running_var, mean, var, n, momentum=0.1):
    if n == 1:
        return running_mean.copy(), running_var.copy()
    rm = (1 - momentum) * running_mean + momentum * mean
    rv = (1 - momentum) * running_var + momentum * var * (n / (n - 1))
    return rm, rv
