"""exercise: random_search
belief: A rate is drawn evenly between its ends like anything else.
"""


def random_search(u, box, log):
    low, high = box[0], box[1]
    return low + u * (high - low)
