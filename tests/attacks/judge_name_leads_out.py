"""Writes its name as a way out of the folder of results, on two platforms: it stays in it."""
# ends: graded
# topic: neurons
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER

for name in (".._.._12_34_neurons.py", "..%2f..%2fada_neurons.py", "C:\\ada_neurons.py"):
    (FOLDER / name).write_text("def sigmoid_neuron(x, w, b):\n    return None\n")
