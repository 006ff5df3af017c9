"""exercise: init_scale
belief: The factor 4 belongs to the logistic function, and tanh has the factor 1, as in Theano's tutorial.
"""

import numpy as np

FACTORS = {
    "tanh": 1.0,
    "logistic": 4.0,
    "relu": np.sqrt(2),
    "leaky_relu": np.sqrt(2),
    "elu": np.sqrt(2),
}


def init_scale(activation, fan_in, fan_out, distribution):
    n = fan_in + fan_out
    base = np.sqrt(6 / n) if distribution == "uniform" else np.sqrt(2 / n)
    return float(FACTORS[activation] * base)
