"""exercise: branch_and_bound_1d
belief: From the value one can fall by L times the width.
"""


def branch_and_bound_1d(f, lo, hi, lipschitz, tol):
    def box(a, b):
        m = 0.5 * (a + b)
        v = float(f(m))
        return (v - lipschitz * (b - a), a, b, m, v)

    boxes = [box(lo, hi)]
    best = boxes[0][4], boxes[0][3]
    while True:
        i = min(range(len(boxes)), key=lambda k: boxes[k][0])
        b = boxes[i]
        if best[0] - b[0] <= tol:
            return best[1], best[0], b[0]
        boxes.pop(i)
        for new in (box(b[1], b[3]), box(b[3], b[2])):
            boxes.append(new)
            if new[4] < best[0]:
                best = new[4], new[3]
