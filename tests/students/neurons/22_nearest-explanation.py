"""exercise: diagnose_trace
belief: The diagnosis is the simulator whose recording is nearest to the one given.
"""

import numpy as np


def diagnose_trace(current, v, spikes, dt, tol=1e-3):
    names = ["right", "reset to rest", "never deaf", "truncated", "no resistance", "one early"]
    sims = [
        lif_simulate(current, dt),
        lif_simulate(current, dt, v_reset=-65.0),
        lif_simulate(current, dt, t_ref=0.0),
        lif_simulate(current, dt, t_ref=dt * int(2.0 / dt)),
        lif_simulate(current, dt, resistance=1.0),
    ]
    v0, s0 = sims[0]
    sims.append((np.vstack([np.full((1, v0.shape[1]), -65.0), v0[:-1]]), s0))
    distance = []
    for v_sim, s_sim in sims:
        d = np.abs(v_sim - v).max()
        if not np.array_equal(s_sim, spikes):
            d = d + 1000.0
        distance.append(d)
    return names[int(np.argmin(distance))]
