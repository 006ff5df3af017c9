"""exercise: standardize
belief: mean() and std() of the training set, the usual call.
"""


def standardize(train, test):
    m = train.mean()
    s = train.std()
    if s == 0:
        s = train.dtype.type(1)
    return (train - m) / s, (test - m) / s
