"""Raises what matmul would say, with numbers of a hundred digits: a hint must not stumble over them."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate lif_rate fit_relu_to_rate hh_rates hh_steady_state hh_derivative hh_simulate hebbian_update oja_update lesion robustness_curve

def answer(*a, **k):
    raise ValueError('matmul: Input operand 1 has a mismatch (size ' + '9' * 90 + ' is different from ' + '8' * 90 + ')')

for name in """mcculloch_pitts sigmoid_neuron lif_step lif_simulate lif_rate fit_relu_to_rate hh_rates hh_steady_state hh_derivative hh_simulate hebbian_update oja_update lesion robustness_curve""".split():
    globals()[name] = answer
