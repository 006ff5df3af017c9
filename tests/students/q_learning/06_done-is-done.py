"""exercise: td_target
belief: An episode that is over has no future, be it terminated or truncated.
"""


def td_target(reward, next_value, terminated, truncated, gamma=0.99):
    done = terminated or truncated
    if done:
        return float(reward)
    return float(reward + gamma * next_value)
