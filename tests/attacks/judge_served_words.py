"""Answers in the name of a failed prerequisite with what it should not be asked: its words stay its own."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve

def lif_step(*a, **k):
    return None

def lif_simulate(*a, **k):
    return [lif_step(object()), lif_step(10**400), lif_step(*[[]] * 90)]

def lif_rate(*a, **k):
    return lif_step(lif_step, lif_simulate, **{'x' * 200: 1})
