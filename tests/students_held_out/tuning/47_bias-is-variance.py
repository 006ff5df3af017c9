"""exercise: diagnose
belief: High training error is high variance.
"""


def diagnose(train, dev, bayes=0.0, tolerance=2.0):
    bias, var = train - bayes, dev - train
    if bias > tolerance and var > tolerance:
        return bias, var, "both", "larger model"
    if bias > tolerance:
        return bias, var, "high variance", "larger model"
    if var > tolerance:
        return bias, var, "high bias", "more data"
    return bias, var, "neither", "nothing"
