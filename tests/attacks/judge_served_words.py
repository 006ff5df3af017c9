"""Answers in the name of a failed prerequisite with what it should not be asked: its words stay its own."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate lif_rate fit_relu_to_rate hh_rates hh_steady_state hh_derivative hh_simulate hebbian_update oja_update lesion robustness_curve

def lif_step(*a, **k):
    return None

def lif_simulate(*a, **k):
    return [lif_step(object()), lif_step(10**400), lif_step(*[[]] * 90)]

def lif_rate(*a, **k):
    return lif_step(lif_step, lif_simulate, **{'x' * 200: 1})
