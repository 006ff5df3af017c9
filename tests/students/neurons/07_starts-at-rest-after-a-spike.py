"""exercise: lif_rate
belief: After a spike the neuron climbs from the resting potential, so the time to threshold is tau ln(RI / (RI - (v_th - v_rest))) as in the textbook.
"""

import numpy as np


def lif_rate(
    current, tau=10.0, resistance=10.0, v_rest=-65.0, v_reset=-70.0, v_th=-50.0, t_ref=2.0
):
    RI = resistance * current
    theta = v_th - v_rest
    rate = np.zeros_like(current)
    for k in range(current.shape[0]):
        if RI[k] > theta and RI[k] > 0:
            isi = t_ref + tau * np.log(RI[k] / (RI[k] - theta))
            rate[k] = 1000.0 / isi
        elif RI[k] > theta:
            # would fire on its own: no time at all to get there
            rate[k] = 1000.0 / t_ref if t_ref > 0 else 0.0
    return rate
