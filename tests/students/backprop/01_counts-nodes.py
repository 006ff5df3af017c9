"""exercise: graph_depth
belief: The length of a path is the number of nodes on it.
"""

from functools import lru_cache


def graph_depth(edges):
    if len(edges) == 0:
        return 0
    children = {}
    for a, b in edges:
        children.setdefault(a, []).append(b)
        children.setdefault(b, [])

    @lru_cache(maxsize=None)
    def longest_from(node):
        best = 0
        for child in children[node]:
            best = max(best, longest_from(child))
        return 1 + best

    return max(longest_from(node) for node in children)
