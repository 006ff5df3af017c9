"""Names the file in its zip as another's: what is in a zip is the one's who handed it in."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate lif_rate fit_relu_to_rate hh_rates hh_steady_state hh_derivative hh_simulate hebbian_update oja_update lesion robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, zipped

(FOLDER / "mallory.zip").write_bytes(zipped(("ada_neurons.py", "def sigmoid_neuron(x, w, b):\n    return None\n")))
