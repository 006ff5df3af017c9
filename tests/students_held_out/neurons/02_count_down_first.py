"""exercise: lif_step
belief: The refractory counter is lowered at the start of the step, and a neuron whose counter has just reached zero is free again in that same step.
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
    # count down
    wait_new = np.maximum(wait - 1, 0)
    free = wait_new == 0

    # Euler, only for those that are not refractory
    dv = (-(v - v_rest) + resistance * current) * (dt / tau)
    v_new = np.where(free, v + dv, v)

    # spikes and reset
    spiked = free & (v_new >= v_th)
    v_new = np.where(spiked, v_reset, v_new)
    wait_new = np.where(spiked, round(t_ref / dt), wait_new)
    return v_new.astype(v.dtype), wait_new.astype(wait.dtype), spiked
