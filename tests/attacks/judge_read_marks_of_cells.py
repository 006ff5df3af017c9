"""Opens tens of thousands of cells with broken tags: they are cells without tags."""
# ends: graded
# topic: neurons
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, RIGHT

(FOLDER / "mallory_neurons.py").write_text(
    "# %% tags=[[oops], {\n" + "# %% [markdown] tags=[\n# a\n" * 4000 + "# %%\n" + RIGHT
)
