"""exercise: grid
belief: Names are gone through by the alphabet, as scikit-learn does.
"""

import itertools


def grid(space):
    names = sorted(space)
    return [dict(zip(names, combo)) for combo in itertools.product(*(space[n] for n in names))]
