"""exercise: hh_derivative
belief: The state vector of the Hodgkin-Huxley model is (v, n, m, h), as in most textbooks.
"""

import numpy as np


def _expm_ratio(x):
    y = np.ones_like(x)
    big = np.abs(x) > 1e-6
    y[big] = x[big] / (1 - np.exp(-x[big]))
    return y


def hh_derivative(state, current):
    V, n, m, h = state

    # potassium activation
    dn = 0.1 * _expm_ratio((V + 55) / 10) * (1 - n) - 0.125 * np.exp(-(V + 65) / 80) * n
    # sodium activation
    dm = _expm_ratio((V + 40) / 10) * (1 - m) - 4 * np.exp(-(V + 65) / 18) * m
    # sodium inactivation
    dh = 0.07 * np.exp(-(V + 65) / 20) * (1 - h) - h / (1 + np.exp(-(V + 35) / 10))

    I_Na = 120.0 * m**3 * h * (V - 50.0)
    I_K = 36.0 * n**4 * (V + 77.0)
    I_L = 0.3 * (V + 54.387)
    dV = current - I_Na - I_K - I_L  # C = 1

    return np.stack([dV, dn, dm, dh]).astype(state.dtype)
