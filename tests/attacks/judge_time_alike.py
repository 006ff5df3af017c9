"""Is a thousand times the same three lines: whoever compares submissions must not mind."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate lif_rate fit_relu_to_rate hh_rates hh_steady_state hh_derivative hh_simulate hebbian_update oja_update lesion robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER

(FOLDER / "mallory_neurons.py").write_text(
    "def sigmoid_neuron(x, w, b):\n" + "    a = b\n    b = a\n    c = (a, b)\n" * 4000 + "    return None\n"
)
