"""Holds halves of letters in code, names and texts, and raises in those lines: they can be written."""
# ends: graded|unreadable
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, notebook

(FOLDER / "mallory_neurons.ipynb").write_text(notebook("x = '\ud800'\ny = '\udfff'\n", "def sigmoid_neuron(x, w, b):\n    exec(compile('1/0', 'cell 1', 'exec'))\n", "def lif_rate(*a, **k):\n    raise ValueError(chr(0xd800) * 9)\n"))
