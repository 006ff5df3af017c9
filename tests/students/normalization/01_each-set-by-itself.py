"""exercise: standardize
belief: Each data set is standardized with its own mean and deviation.
"""


def standardize(train, test):
    def z(a):
        s = a.std(axis=0)
        s[s == 0] = 1
        return (a - a.mean(axis=0)) / s

    return z(train), z(test)
