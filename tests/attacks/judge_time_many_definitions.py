"""Defines every exercise in a thousand cells: each is looked up in all of them."""
# ends: graded
# topic: neurons
# nothing for: sigmoid_neuron lif_step
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER

(FOLDER / "mallory_neurons.py").write_text(
    "".join(
        f"# %%\ndef sigmoid_neuron(x, w, b):\n    return {k} / 0\n\ndef lif_step(*a, **k):\n    return {k} / 0\n"
        for k in range(1000)
    )
)
