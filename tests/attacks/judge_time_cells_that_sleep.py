"""Sleeps for an hour in each of sixty cells: the time of the whole submission is used up once."""
# ends: graded
# topic: neurons
# waits: it does nothing else
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, RIGHT

(FOLDER / "mallory_neurons.py").write_text(
    "import time\n" + "# %%\ntime.sleep(3600)\n" * 60 + "# %%\n" + RIGHT
)
