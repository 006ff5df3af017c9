"""exercise: graph_depth
belief: Going through the list of arrows once is enough, because an arrow's start always has its depth by the time the arrow is read.
"""

import numpy as np


def graph_depth(edges):
    depth = {}
    for start, end in edges:
        if start not in depth:
            depth[start] = 0
        if end not in depth:
            depth[end] = 0
        depth[end] = max(depth[end], depth[start] + 1)
    if not depth:
        return 0
    return max(depth.values())
