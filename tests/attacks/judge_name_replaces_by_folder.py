"""Calls its folder and its files as another student is called: neither grade replaces the other."""
# ends: apart
# topic: neurons
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER

(FOLDER / "ada").mkdir()
(FOLDER / "ada/neurons.py").write_text("def sigmoid_neuron(x, w, b):\n    return None\n")
(FOLDER / "neurons-ada.py").write_text("def sigmoid_neuron(x, w, b):\n    return 1\n")
