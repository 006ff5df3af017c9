"""exercise: grid
belief: Nothing to vary means no settings.
"""

import itertools


def grid(space):
    if not space:
        return []
    return [dict(zip(space, v)) for v in itertools.product(*space.values())]
