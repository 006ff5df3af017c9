"""exercise: lif_simulate
belief: Row t is the potential at time t*dt, so the first row is the starting potential and step t fills row t + 1.
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
    V = np.zeros((T, N), dtype=current.dtype)
    S = np.zeros((T, N), dtype=bool)
    steps_ref = round(t_ref / dt)

    v = np.full(N, v_rest, dtype=current.dtype)
    wait = np.zeros(N, dtype=int)
    for t in range(T):
        V[t] = v
        for n in range(N):
            if wait[n] > 0:
                wait[n] -= 1
            else:
                v_new = v[n] + dt / tau * (-(v[n] - v_rest) + resistance * current[t, n])
                if v_new >= v_th:
                    S[t, n] = True
                    v[n] = v_reset
                    wait[n] = steps_ref
                else:
                    v[n] = v_new
    return V, S
