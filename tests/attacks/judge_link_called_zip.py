"""Is a link to another's zip, in a folder and beside it: no link is followed."""
# ends: left out
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate lif_rate fit_relu_to_rate hh_rates hh_steady_state hh_derivative hh_simulate hebbian_update oja_update lesion robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, RIGHT, zipped

(FOLDER / "../loot.zip").write_bytes(zipped(("neurons.py", RIGHT)))
(FOLDER / "mallory").mkdir()
for name in ("mallory/all.zip", "mallory_neurons.zip"):
    (FOLDER / name).symlink_to(FOLDER.parent / "loot.zip")
