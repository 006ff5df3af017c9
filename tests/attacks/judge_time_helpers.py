"""Comes with three thousand helper files beside its work: it is found all the same."""
# ends: graded
# topic: neurons
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, RIGHT

(FOLDER / "mallory").mkdir()
for k in range(3000):
    (FOLDER / f"mallory/helper{k}.py").write_text(f"def helper{k}(x):\n    return {k}\n")
(FOLDER / "mallory/neurons.py").write_text(RIGHT)
