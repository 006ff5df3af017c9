"""Asks sixty thousand times for help in one cell: whoever makes Python of it must give up."""
# ends: graded|unreadable
# topic: neurons
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, RIGHT, notebook

(FOLDER / "mallory_neurons.ipynb").write_text(notebook(RIGHT, "a?\n" * 60_000))
