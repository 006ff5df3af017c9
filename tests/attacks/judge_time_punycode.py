"""Names punycode as its encoding, which takes the square of its length to decode."""
# ends: unreadable
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate lif_rate fit_relu_to_rate hh_rates hh_steady_state hh_derivative hh_simulate hebbian_update oja_update lesion robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER

(FOLDER / "mallory_neurons.py").write_bytes(b"# coding: punycode\n-" + b"a" * 250_000)
