"""exercise: grid
belief: Settings pair the first values, then the second values, and so on.
"""


def grid(space):
    return [dict(zip(space.keys(), combo)) for combo in zip(*space.values())]
