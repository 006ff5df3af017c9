"""Is one list of a hundred thousand numbers: its tree is never made in the judge."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER

(FOLDER / "mallory_neurons.py").write_text(
    "TABLE = [" + "1, " * 80_000 + "]\n\ndef sigmoid_neuron(x, w, b):\n    return TABLE\n"
)
