"""Packs two files of one name: neither is lost, and which one counts is told."""
# ends: graded
# topic: neurons
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, RIGHT, zipped

import warnings
warnings.simplefilter("ignore")
(FOLDER / "mallory.zip").write_bytes(zipped(("neurons.py", RIGHT), ("neurons.py", "def sigmoid_neuron(x, w, b):\n    raise NotImplementedError\n")))
