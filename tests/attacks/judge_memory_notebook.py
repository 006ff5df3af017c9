"""Is a notebook of six million empty lists: sixty bytes for each two of its own."""
# ends: unreadable
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, RIGHT, notebook

text = notebook(RIGHT)[:-1] + ', "x": [' + "[]," * 6_000_000 + "[]]}"
(FOLDER / "mallory_neurons.ipynb").write_text(text)
