"""exercise: lif_step
belief: The counter is ticked down at the beginning of a step, and a neuron whose counter thereby reaches zero is awake again in this same step.
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
    # 1. let time pass for the refractory ones
    left = np.maximum(wait - 1, 0)
    awake = left == 0

    # 2. everybody who is awake integrates
    dv = (-(v - v_rest) + resistance * current) * dt / tau
    v_next = np.where(awake, v + dv, v)

    # 3. spikes
    spiked = awake & (v_next >= v_th)
    v_next = np.where(spiked, v_reset, v_next).astype(v.dtype)
    left = np.where(spiked, round(t_ref / dt), left).astype(wait.dtype)
    return v_next, left, spiked
