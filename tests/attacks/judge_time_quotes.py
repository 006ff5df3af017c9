"""Opens a text with a hundred thousand escaped quotes: each is a beginning for who looks for markers."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER

(FOLDER / "mallory_neurons.py").write_text('# %%\nx = "' + '\\"' * 120_000 + "\n# %%\n" + "x = 1\n")
