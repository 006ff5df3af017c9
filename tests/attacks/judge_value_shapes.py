"""Returns arrays of odd shapes, types and orders: described, never a fault of the grader's."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve

import numpy as np

COUNT = [0]
DTYPES = '?bBhHiIqQefdFD'
SHAPES = [(), (0,), (1,), (0, 3), (2, 0, 2), (1, 1, 1, 1), (3, 2), (7,)]

def answer(*a, **k):
    COUNT[0] += 1
    n = COUNT[0]
    made = np.full(SHAPES[n % 8], n % 3, DTYPES[n % 14])
    return made.T if n % 2 else np.asfortranarray(made)

for name in """mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve""".split():
    globals()[name] = answer
