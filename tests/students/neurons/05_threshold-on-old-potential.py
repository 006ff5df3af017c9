"""exercise: lif_step
belief: Whether a neuron fires is decided by the potential it has at the start of the step, before the current acts.
"""

import numpy as np


def lif_step(
    v,
    wait,
    current,
    dt,
    tau=10.0,
    resistance=10.0,
    v_rest=-65.0,
    v_reset=-70.0,
    v_th=-50.0,
    t_ref=2.0,
):
    refractory = wait > 0
    spiked = np.logical_and(~refractory, v >= v_th)
    integrating = ~refractory & ~spiked

    v_out = np.array(v, copy=True)
    v_out[integrating] += dt / tau * (v_rest - v[integrating] + resistance * current[integrating])
    v_out[spiked] = v_reset

    wait_out = np.array(wait, copy=True)
    wait_out[refractory] -= 1
    wait_out[spiked] = round(t_ref / dt)
    return v_out, wait_out, spiked
