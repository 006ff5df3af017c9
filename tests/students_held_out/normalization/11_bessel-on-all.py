"""exercise: update_running_stats
belief: After averaging the result is made unbiased.
"""


def update_running_stats(running_mean, running_var, mean, var, n, momentum=0.1):
    rm = running_mean * (1 - momentum) + mean * momentum
    rv = running_var * (1 - momentum) + var * momentum
    if n > 1:
        rv = rv * (n / (n - 1))
    else:
        rv = running_var.copy()
    return rm, rv
