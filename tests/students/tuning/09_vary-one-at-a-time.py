"""exercise: grid
belief: Each value is tried with the others at their first value.
"""


def grid(space):
    base = {name: values[0] for name, values in space.items() if values}
    out = [dict(base)] if len(base) == len(space) else []
    for name, values in space.items():
        for value in values[1:]:
            out.append({**base, name: value})
    return out
