"""exercise: grid
belief: A setting is the tuple of its values.
"""

import itertools


def grid(space):
    return list(itertools.product(*space.values()))
