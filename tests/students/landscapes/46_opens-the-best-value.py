"""exercise: branch_and_bound_1d
belief: One looks where the function is lowest.
"""


def branch_and_bound_1d(f, lo, hi, lipschitz, tol):
    def box(a, b):
        m = 0.5 * (a + b)
        v = float(f(m))
        return (v, v - lipschitz * (b - a) / 2, a, b, m)

    boxes = [box(lo, hi)]
    best = boxes[0]
    for _ in range(20000):
        bound = min(b[1] for b in boxes)
        if best[0] - bound <= tol:
            break
        cur = min(boxes)
        boxes.remove(cur)
        for new in (box(cur[2], cur[4]), box(cur[4], cur[3])):
            boxes.append(new)
            if new[0] < best[0]:
                best = new
    return best[4], best[0], bound
