"""exercise: lif_step
belief: Holding the potential of a refractory neuron is enough to keep it from firing, so the threshold can be tested on all neurons alike.
"""

import numpy as np


def lif_step(
    v, wait, current, dt, tau=10.0, resistance=10.0, v_rest=-65.0, v_reset=-70.0, v_th=-50.0, t_ref=2.0
):
    refractory = wait > 0
    change = dt / tau * (-(v - v_rest) + resistance * current)
    v_next = v + np.where(refractory, 0.0, change)
    spiked = v_next >= v_th
    v_next = np.where(spiked, v_reset, v_next)
    wait_next = np.where(refractory, wait - 1, 0)
    wait_next = np.where(spiked, round(t_ref / dt), wait_next)
    return v_next.astype(v.dtype), wait_next.astype(wait.dtype), spiked
