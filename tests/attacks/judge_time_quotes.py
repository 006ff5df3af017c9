"""Opens a text with a hundred thousand escaped quotes: each is a beginning for who looks for markers."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate lif_rate fit_relu_to_rate hh_rates hh_steady_state hh_derivative hh_simulate hebbian_update oja_update lesion robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER

(FOLDER / "mallory_neurons.py").write_text('# %%\nx = "' + '\\"' * 120_000 + "\n# %%\n" + "x = 1\n")
