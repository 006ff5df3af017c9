"""exercise: replay_push
belief: dict.copy() makes an independent copy of the buffer with its arrays.
"""

import numpy as np


def replay_push(buffer, state, action, reward, next_state, terminated):
    new = buffer.copy()
    i = new["position"]
    capacity = len(new["actions"])
    new["states"][i] = state
    new["actions"][i] = action
    new["rewards"][i] = reward
    new["next_states"][i] = next_state
    new["terminated"][i] = terminated
    new["position"] = (i + 1) % capacity
    new["size"] = min(new["size"] + 1, capacity)
    return new
