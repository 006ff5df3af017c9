"""Sleeps for an hour in each of sixty cells: the time of the whole submission is used up once."""
# ends: graded
# topic: neurons
# waits: it does nothing else
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate lif_rate fit_relu_to_rate hh_rates hh_steady_state hh_derivative hh_simulate hebbian_update oja_update lesion robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, RIGHT

(FOLDER / "mallory_neurons.py").write_text(
    "import time\n" + "# %%\ntime.sleep(3600)\n" * 60 + "# %%\n" + RIGHT
)
