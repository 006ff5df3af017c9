"""Is a notebook whose every field is of another type than it should be: its code is read all the same."""
# ends: graded|unreadable
# topic: neurons
# plants: entries of its own, in the folder that is its argument

import json

from _plant import FOLDER, RIGHT

odd = [5, None, "x", [], {}, [[1]], {"a": {"b": 2}}, 1e999, -0.0]
cells = [{"cell_type": "code", "source": RIGHT, "metadata": {"nbgrader": o, "tags": o}, "outputs": o, "id": o, "execution_count": o} for o in odd]
cells += [{"cell_type": o, "source": o, "metadata": o} for o in odd] + odd
(FOLDER / "mallory_neurons.ipynb").write_text(json.dumps({"cells": cells, "metadata": {"language_info": {"version": "3.99"}, "kernelspec": 5}, "nbformat": 4, "nbformat_minor": "x"}))
