"""exercise: init_scale
belief: In the row of the ReLU stands He's rule, so it uses the fan-in alone.
"""

import math


def init_scale(activation, fan_in, fan_out, distribution):
    numerator = {"uniform": 6.0, "normal": 2.0}[distribution]
    if activation == "logistic":
        return math.sqrt(numerator / (fan_in + fan_out))
    elif activation == "tanh":
        return 4 * math.sqrt(numerator / (fan_in + fan_out))
    elif activation in ("relu", "leaky_relu", "elu"):
        return math.sqrt(numerator / fan_in)
    raise ValueError(activation)
