"""exercise: update_running_stats
belief: The variance of the batch is remembered as it was used.
"""


def update_running_stats(running_mean, running_var, mean, var, n, momentum=0.1):
    rm = running_mean + momentum * (mean - running_mean)
    rv = running_var + momentum * (var - running_var)
    return rm, rv if n > 1 else running_var.copy()
