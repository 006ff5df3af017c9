"""exercise: grid
belief: The innermost loop runs over the first name.
"""


def grid(space):
    def fill(names):
        if not names:
            return [{}]
        *head, last = names
        return [{**setting, last: v} for v in space[last] for setting in fill(head)]

    return fill(list(space))
