"""exercise: lif_step
belief: The number of refractory steps is the number of whole time steps that fit into t_ref, so int() does it.
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
    n_ref = int(t_ref / dt)

    new_v = v.copy()
    new_wait = wait.copy()
    spiked = np.zeros(len(v), dtype=bool)

    for k in range(len(v)):
        if wait[k] > 0:
            new_wait[k] = wait[k] - 1
            continue
        dv = dt / tau * (-(v[k] - v_rest) + resistance * current[k])
        u = v[k] + dv
        if u >= v_th:
            spiked[k] = True
            new_v[k] = v_reset
            new_wait[k] = n_ref
        else:
            new_v[k] = u
    return new_v, new_wait, spiked
