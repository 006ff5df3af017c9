"""exercise: diagnose
belief: The variance is the dev error above the Bayes error.
"""


def diagnose(train, dev, bayes=0.0, tolerance=2.0):
    bias, variance = train - bayes, dev - bayes
    b, v = bias > tolerance, variance > tolerance
    names = {(1, 1): "both", (1, 0): "high bias", (0, 1): "high variance", (0, 0): "neither"}
    verdict = names[b, v]
    remedy = "larger model" if b else "more data" if v else "nothing"
    return bias, variance, verdict, remedy
