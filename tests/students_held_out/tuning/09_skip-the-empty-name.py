"""exercise: grid
belief: A name without values is simply not varied.
"""


def grid(space):
    out = [{}]
    for name in space:
        if len(space[name]) == 0:
            continue
        out = [{**s, name: v} for s in out for v in space[name]]
    return out
