"""exercise: diagnose
belief: If both are high, get more data first.
"""


def diagnose(train, dev, bayes=0.0, tolerance=2.0):
    bias, var = train - bayes, dev - train
    hb, hv = bias > tolerance, var > tolerance
    verdict = "both" if hb and hv else "high bias" if hb else "high variance" if hv else "neither"
    remedy = "more data" if hv else "larger model" if hb else "nothing"
    return bias, var, verdict, remedy
