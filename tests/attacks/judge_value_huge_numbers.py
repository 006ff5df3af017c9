"""Returns numbers that no float holds: that is wrong, and no fault of the grader's."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve

COUNT = [0]

def answer(*a, **k):
    COUNT[0] += 1
    return [10**400, -(1 << 5000), float('nan'), complex(float('inf'), 1), [10**400], 1 << 64][COUNT[0] % 6]

for name in """mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve""".split():
    globals()[name] = answer
