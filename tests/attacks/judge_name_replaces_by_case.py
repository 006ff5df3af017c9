"""Is called as another student in capitals: pages and reports have places of their own."""
# ends: graded
# topic: neurons
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER

(FOLDER / "ADA_neurons.py").write_text("def sigmoid_neuron(x, w, b):\n    return None\n")
