"""Puts escapes, a line's end and the mark that turns text round into its names."""
# ends: graded
# topic: neurons
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER

for name in ("\x1b[31mred\x1b[2J_neurons.py", "a\nb_neurons.py", "\u202eyp.snoruen_neurons.py"):
    (FOLDER / name).write_text("def sigmoid_neuron(x, w, b):\n    return None\n")
