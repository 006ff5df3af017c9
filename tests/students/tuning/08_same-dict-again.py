"""exercise: grid
belief: Appending the dict that is being filled makes a new setting each time.
"""


def grid(space):
    names, out, setting = list(space), [], {}

    def fill(i):
        if i == len(names):
            out.append(setting)
            return
        for value in space[names[i]]:
            setting[names[i]] = value
            fill(i + 1)

    fill(0)
    return out
