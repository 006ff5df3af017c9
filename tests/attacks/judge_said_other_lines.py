"""Says its errors arose in lines and files that are not there: shown is what is there."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve

COUNT = [0]
PLACES = [('mallory_neurons.py', 10**6), ('mallory_neurons.py', 0), ('/etc/passwd', 1), ('cell 1', 5), ('', 2), ('x' * 250, 3)]

def answer(*a, **k):
    COUNT[0] += 1
    name, line = PLACES[COUNT[0] % len(PLACES)]
    exec(compile('\n' * min(line, 2000) + '1 / 0', name, 'exec'))

for name in """mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve""".split():
    globals()[name] = answer
