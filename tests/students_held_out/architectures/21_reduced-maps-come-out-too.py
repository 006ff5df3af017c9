"""exercise: googlenet_shapes
belief: All six numbers of a block are maps, and all of them are handed on.
teacher: reduce3 and reduce5 stay inside their paths: one + three + five + project come out.
"""

import numpy as np


def googlenet_shapes(modules, side=224, classes=1000):
    def conv(cin, cout, k):
        return cout * (cin * k * k + 1)

    shapes, total = [], 0
    c, h = 3, side
    stem = [("conv", 64, 7, 2, 3), ("pool", 3, 2, 1), ("conv", 64, 1, 1, 0), ("conv", 192, 3, 1, 1), ("pool", 3, 2, 1)]
    for kind, *n in stem:
        k, s, p = n[-3:]
        h = (h + 2 * p - k) // s + 1
        if kind == "conv":
            total += conv(c, n[0], k)
            c = n[0]
        shapes.append((c, h, h))
    for module in modules:
        if module == "pool":
            h = (h + 2 - 3) // 2 + 1
        else:
            one, r3, three, r5, five, proj = module
            total += conv(c, one, 1) + conv(c, r3, 1) + conv(r3, three, 3)
            total += conv(c, r5, 1) + conv(r5, five, 5) + conv(c, proj, 1)
            c = sum(module)
        shapes.append((c, h, h))
    shapes += [(c,), (classes,)]
    return shapes, total + conv(c, classes, 1)
