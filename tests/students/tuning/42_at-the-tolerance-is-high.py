"""exercise: diagnose
belief: A gap as large as the tolerance is high.
"""


def diagnose(train, dev, bayes=0.0, tolerance=2.0):
    bias, variance = train - bayes, dev - train
    high_b, high_v = bias >= tolerance, variance >= tolerance
    if high_b:
        return bias, variance, ("both" if high_v else "high bias"), "larger model"
    if high_v:
        return bias, variance, "high variance", "more data"
    return bias, variance, "neither", "nothing"
