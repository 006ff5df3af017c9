"""exercise: count_separable
belief: What is not XOR can be separated.
"""


def count_separable(x):
    n = len(x)
    return 2**n - 2 if n >= 4 else 2**n
