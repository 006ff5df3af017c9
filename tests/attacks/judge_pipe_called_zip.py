"""Is a pipe called a zip and one called a module: whoever opens them waits for ever."""
# ends: left out|unreadable
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate lif_rate fit_relu_to_rate hh_rates hh_steady_state hh_derivative hh_simulate hebbian_update oja_update lesion robustness_curve
# plants: entries of its own, in the folder that is its argument

import os

from _plant import FOLDER

(FOLDER / "mallory").mkdir()
for name in ("all.zip", "neurons.py", "neurons.ipynb", "neurons.ipynb.txt"):
    os.mkfifo(FOLDER / "mallory" / name)
