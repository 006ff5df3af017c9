"""Raises texts that are all brackets and line numbers: no pattern may go back and forth in them."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate lif_rate fit_relu_to_rate hh_rates hh_steady_state hh_derivative hh_simulate hebbian_update oja_update lesion robustness_curve

def answer(*a, **k):
    raise SyntaxError(' (' * 70 + ', line 1' * 20)

for name in """mcculloch_pitts sigmoid_neuron lif_step lif_simulate lif_rate fit_relu_to_rate hh_rates hh_steady_state hh_derivative hh_simulate hebbian_update oja_update lesion robustness_curve""".split():
    globals()[name] = answer
