"""exercise: lif_simulate
belief: A recording starts with the initial condition, so row t is the potential at the time when current[t] is switched on and row 0 is the resting potential.
"""

import numpy as np


def lif_simulate(
    current,
    dt,
    tau=10.0,
    resistance=10.0,
    v_rest=-65.0,
    v_reset=-70.0,
    v_th=-50.0,
    t_ref=2.0,
):
    T, N = current.shape
    v = np.full(N, v_rest, dtype=current.dtype)
    wait = np.zeros(N, dtype=int)
    refractory_steps = round(t_ref / dt)

    v_record = np.zeros((T, N), dtype=current.dtype)
    spike_record = np.zeros((T, N), dtype=bool)
    for t in range(T):
        v_record[t] = v
        active = wait == 0
        v_next = v + dt / tau * (-(v - v_rest) + resistance * current[t])
        fired = active & (v_next >= v_th)
        v = np.where(active, v_next, v)
        v[fired] = v_reset
        wait[~active] -= 1
        wait[fired] = refractory_steps
        spike_record[t] = fired
    return v_record, spike_record
