"""exercise: parameter_count
belief: Every unit has a bias, those of the input too.
"""


def parameter_count(sizes):
    if len(sizes) < 2:
        return 0
    weights = 0
    for i in range(len(sizes) - 1):
        weights += sizes[i] * sizes[i + 1]
    biases = 0
    for units in sizes:
        biases += units
    return int(weights + biases)
