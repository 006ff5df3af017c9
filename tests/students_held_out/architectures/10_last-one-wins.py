"""exercise: explain_counts
belief: A dictionary from counts to explanations is the quickest way to look them up.
teacher: If two explanations give the same count, the later one overwrites the earlier in the dictionary; asked for is the first that fits.
"""

import math

import numpy as np


def explain_counts(layers, shape, counts):
    out = []
    for (kind, *n), count in zip(layers, counts):
        if kind == "dense":
            fan = math.prod(shape)
            options = [("right", n[0] * (fan + 1)), ("no biases", n[0] * fan), ("not flattened", n[0] * (shape[0] + 1))]
            shape = (n[0],)
        else:
            k, s, p = n[-3:]
            h, w = ((size + 2 * p - k) // s + 1 for size in shape[1:])
            c = shape[0]
            if kind == "pool":
                options = [("right", 0), ("trained", 2 * c)]
                shape = (c, h, w)
            else:
                f, kk = n[0], k * k
                options = [
                    ("right", f * (kk * c + 1)),
                    ("no biases", f * kk * c),
                    ("bias per pixel", f * kk * c + f * h * w),
                    ("one channel", f * (kk + 1)),
                ]
                if c % 2 == 0:
                    options.append(("two groups", f * (kk * c // 2 + 1)))
                shape = (f, h, w)
        lookup = {number: name for name, number in options}
        out.append(lookup.get(count, "unknown"))
    return out
