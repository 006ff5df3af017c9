"""exercise: hh_gates
belief: A tiny epsilon in the denominator removes the 0/0, and the limit then comes out by itself.
"""

import numpy as np


def hh_gates(v):
    eps = 1e-12
    alpha_m = 0.1 * (v + 40) / (1 - np.exp(-(v + 40) / 10) + eps)
    beta_m = 4 * np.exp(-(v + 65) / 18)
    alpha_h = 0.07 * np.exp(-(v + 65) / 20)
    beta_h = 1 / (1 + np.exp(-(v + 35) / 10))
    alpha_n = 0.01 * (v + 55) / (1 - np.exp(-(v + 55) / 10) + eps)
    beta_n = 0.125 * np.exp(-(v + 65) / 80)
    tau_m = 1 / (alpha_m + beta_m)
    tau_h = 1 / (alpha_h + beta_h)
    tau_n = 1 / (alpha_n + beta_n)
    steady = np.stack([alpha_m * tau_m, alpha_h * tau_h, alpha_n * tau_n])
    return steady, np.stack([tau_m, tau_h, tau_n])
