"""Raises in a line of 200 KB of tabs in every check: excerpts are cut before they are made."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import EACH, FOLDER

(FOLDER / "mallory_neurons.py").write_text(
    "def answer(*a, **k):\n    x =" + "\t" * 100_000 + "1 / 0\n" + EACH
)
