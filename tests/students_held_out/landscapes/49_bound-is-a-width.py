"""exercise: branch_and_bound_1d
belief: L is not needed: a bound is the value less half the width.
"""


def branch_and_bound_1d(f, lo, hi, lipschitz, tol):
    def new(a, b):
        m = (a + b) / 2
        v = float(f(m))
        return [v - (b - a) / 2, a, b, m, v]

    todo = [new(lo, hi)]
    bx, bv = todo[0][3], todo[0][4]
    while True:
        todo.sort()
        if bv - todo[0][0] <= tol:
            return bx, bv, todo[0][0]
        _, a, b, m, _ = todo.pop(0)
        for box in (new(a, m), new(m, b)):
            todo.append(box)
            if box[4] < bv:
                bx, bv = box[3], box[4]
