"""Is a link to another student's folder: it is named and not followed."""
# ends: left out
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, RIGHT

(FOLDER / "../loot").mkdir()
(FOLDER / "../loot/neurons.py").write_text(RIGHT)
(FOLDER / "mallory").symlink_to(FOLDER.parent / "loot")
