"""exercise: diagnose
belief: A training error of 15 % is a high bias, whatever people achieve.
"""


def diagnose(train, dev, bayes=0.0, tolerance=2.0):
    bias = train
    variance = dev - train
    if bias > tolerance and variance > tolerance:
        return bias, variance, "both", "larger model"
    if bias > tolerance:
        return bias, variance, "high bias", "larger model"
    if variance > tolerance:
        return bias, variance, "high variance", "more data"
    return bias, variance, "neither", "nothing"
