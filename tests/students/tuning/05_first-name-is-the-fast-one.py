"""exercise: grid
belief: The first name changes fastest.
"""


def grid(space):
    names = list(space)
    settings = [{}]
    for name in reversed(names):
        settings = [{name: v, **s} for s in settings for v in space[name]]
    return [{n: s[n] for n in names} for s in settings]
