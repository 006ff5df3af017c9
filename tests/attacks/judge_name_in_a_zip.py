"""Names the file in its zip as another's: what is in a zip is the one's who handed it in."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, zipped

(FOLDER / "mallory.zip").write_bytes(zipped(("ada_neurons.py", "def sigmoid_neuron(x, w, b):\n    return None\n")))
