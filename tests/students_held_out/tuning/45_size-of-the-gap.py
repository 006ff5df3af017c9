"""exercise: diagnose
belief: A gap is a distance, so it is positive.
"""


def diagnose(train, dev, bayes=0.0, tolerance=2.0):
    bias, var = abs(train - bayes), abs(train - dev)
    if bias > tolerance and var > tolerance:
        return bias, var, "both", "larger model"
    if bias > tolerance:
        return bias, var, "high bias", "larger model"
    return (bias, var, "high variance", "more data") if var > tolerance else (
        bias, var, "neither", "nothing")
