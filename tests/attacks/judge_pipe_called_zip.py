"""Is a pipe called a zip and one called a module: whoever opens them waits for ever."""
# ends: left out|unreadable
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve
# plants: entries of its own, in the folder that is its argument

import os

from _plant import FOLDER

(FOLDER / "mallory").mkdir()
for name in ("all.zip", "neurons.py", "neurons.ipynb", "neurons.ipynb.txt"):
    os.mkfifo(FOLDER / "mallory" / name)
