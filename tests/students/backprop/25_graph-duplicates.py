"""exercise: graph_depth
belief: A set of successors takes care of arrows that come twice; for the in-degree it is enough to count the arrows.
"""

import numpy as np


def graph_depth(edges):
    follow, missing, nodes = {}, {}, set()
    for a, b in edges:
        nodes |= {a, b}
        follow.setdefault(a, set()).add(b)
        missing[b] = missing.get(b, 0) + 1

    ready = [n for n in nodes if n not in missing]
    dist = {n: 0 for n in nodes}
    while ready:
        n = ready.pop()
        for m in follow.get(n, ()):
            dist[m] = max(dist[m], dist[n] + 1)
            missing[m] -= 1
            if missing[m] == 0:
                ready.append(m)
    return max(dist.values(), default=0)
