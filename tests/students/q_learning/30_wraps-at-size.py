"""exercise: replay_push
belief: The ring has as many slots as are filled, so the position wraps at the new size.
"""

import numpy as np


def replay_push(buffer, state, action, reward, next_state, terminated):
    arrays = ("states", "actions", "rewards", "next_states", "terminated")
    new = {key: buffer[key].copy() for key in arrays}
    slot = buffer["position"]
    for key, value in zip(arrays, (state, action, reward, next_state, terminated)):
        new[key][slot] = value
    new["size"] = min(buffer["size"] + 1, buffer["actions"].shape[0])
    new["position"] = (slot + 1) % new["size"]
    return new
