"""exercise: branch_and_bound_1d
belief: tol is the width at which an interval is narrow enough.
"""


def branch_and_bound_1d(f, lo, hi, lipschitz, tol):
    def box(a, b):
        m = 0.5 * (a + b)
        v = float(f(m))
        return (v - lipschitz * (b - a) / 2, a, b, m, v)

    boxes = [box(lo, hi)]
    best = boxes[0]
    while True:
        boxes.sort()
        b = boxes.pop(0)
        if b[2] - b[1] <= tol:
            return best[3], best[4], b[0]
        for new in (box(b[1], b[3]), box(b[3], b[2])):
            boxes.append(new)
            if new[4] < best[4]:
                best = new
