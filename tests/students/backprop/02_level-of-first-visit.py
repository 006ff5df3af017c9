"""exercise: graph_depth
belief: The depth of a node is the level at which a breadth-first search from the inputs first meets it.
"""

from collections import deque


def graph_depth(edges):
    successors = {}
    has_parent = set()
    for src, dst in edges:
        successors.setdefault(src, set()).add(dst)
        successors.setdefault(dst, set())
        has_parent.add(dst)

    level = {}
    queue = deque()
    for node in successors:
        if node not in has_parent:
            level[node] = 0
            queue.append(node)
    while queue:
        node = queue.popleft()
        for nxt in successors[node]:
            if nxt not in level:
                level[nxt] = level[node] + 1
                queue.append(nxt)
    return max(level.values(), default=0)
