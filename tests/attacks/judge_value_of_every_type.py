"""Returns another type each time, nested in itself: each is a wrong type."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve

import numpy as np

COUNT = [0]
ALL = [None, True, '', 'x' * 9000, (), [], {}, {1: 2, 'a': [()]}, [np.zeros((0, 3))], (np.array('x'),), np.array([b'x']), {None: 1, True: 2}, np.array(5), [[[[[[1]]]]]]]

def answer(*a, **k):
    COUNT[0] += 1
    return ALL[COUNT[0] % len(ALL)]

for name in """mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve""".split():
    globals()[name] = answer
