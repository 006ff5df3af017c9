"""Hangs thousands of attributes and signs on one name: whoever walks that tree must not fall."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate lif_rate fit_relu_to_rate hh_rates hh_steady_state hh_derivative hh_simulate hebbian_update oja_update lesion robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import EACH, FOLDER

(FOLDER / "mallory_neurons.py").write_text(
    "def answer(*a, **k):\n    return a" + ".real" * 3000 + "\n\ndef other(*a, **k):\n    return " + "-" * 3000 + "1\n" + EACH
)
