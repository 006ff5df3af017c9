"""Packs forty zips into one, each a thousand times its size: one student's limit holds for all."""
# ends: left out|graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, zipped

inner = zipped(*[(f"{k}.py", b"#" * (15 << 20)) for k in range(4)])
(FOLDER / "mallory.zip").write_bytes(zipped(*[(f"{k}.zip", inner) for k in range(40)]))
