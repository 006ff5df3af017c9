"""Raises NameErrors of names that are nearly a thousand others in its file: difflib must not be fed."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import EACH, FOLDER

(FOLDER / "mallory_neurons.py").write_text(
    "def never():\n"
    + "".join(f"    {'ab' * 40}{k:04d}\n" for k in range(900))
    + "\ndef answer(*a, **k):\n"
    + f"    raise NameError(\"name '{'ab' * 40}x' is not defined\")\n"
    + EACH
)
