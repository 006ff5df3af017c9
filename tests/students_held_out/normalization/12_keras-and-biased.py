"""exercise: update_running_stats
belief: As Keras does it: momentum on the old, biased variance.
"""


def update_running_stats(running_mean, running_var, mean, var, n, momentum=0.1):
    rm = running_mean * momentum + mean * (1 - momentum)
    rv = running_var * momentum + var * (1 - momentum)
    return rm, rv if n > 1 else running_var.copy()
