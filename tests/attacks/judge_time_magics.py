"""Hides five hundred magics in a long cell, for each of which the cell is taken apart anew."""
# ends: graded|unreadable
# topic: neurons
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, RIGHT, notebook

lines = "%a b\n" * 480 + "x = 1 + 2 + 3\n" * 12_000
(FOLDER / "mallory_neurons.ipynb").write_text(notebook(RIGHT, *[lines] * 3))
