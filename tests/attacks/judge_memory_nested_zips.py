"""Packs forty zips into one, each a thousand times its size: one student's limit holds for all."""
# ends: left out|graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate lif_rate fit_relu_to_rate hh_rates hh_steady_state hh_derivative hh_simulate hebbian_update oja_update lesion robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, zipped

inner = zipped(*[(f"{k}.py", b"#" * (15 << 20)) for k in range(4)])
(FOLDER / "mallory.zip").write_bytes(zipped(*[(f"{k}.zip", inner) for k in range(40)]))
