"""Is called as markup and as a formula of a spreadsheet: both are shown as texts."""
# ends: graded
# topic: neurons
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER

for name in ("<img src=x onerror=alert(1)>", "=1+1", "@SUM(A1)", "{{7*191}}"):
    (FOLDER / name).mkdir()
    (FOLDER / name / "neurons.py").write_text("def sigmoid_neuron(x, w, b):\n    raise ValueError('<script>alert(1)</script>')\n")
