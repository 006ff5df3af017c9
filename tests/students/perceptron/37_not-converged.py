"""exercise: read_log
belief: Without a clean epoch it is not separable.
"""


def read_log(x, mistakes, margin):
    if mistakes[-1] == 0:
        return "separable", 0.0
    return "not separable", 0.0
