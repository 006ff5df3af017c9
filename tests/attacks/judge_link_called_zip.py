"""Is a link to another's zip, in a folder and beside it: no link is followed."""
# ends: left out
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, RIGHT, zipped

(FOLDER / "../loot.zip").write_bytes(zipped(("neurons.py", RIGHT)))
(FOLDER / "mallory").mkdir()
for name in ("mallory/all.zip", "mallory_neurons.zip"):
    (FOLDER / name).symlink_to(FOLDER.parent / "loot.zip")
