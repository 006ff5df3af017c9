"""exercise: grid
belief: Values are tried from the smallest to the largest.
"""


def grid(space):
    out = [{}]
    for name, values in space.items():
        out = [{**s, name: v} for s in out for v in sorted(values)]
    return out
