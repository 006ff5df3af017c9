"""Packs names that are empty, too long, a file and a folder at once, or lead out: the rest is found."""
# ends: graded
# topic: neurons
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, RIGHT, zipped

members = [("x" * 3000 + ".py", "1"), ("a.py", "1"), ("a.py/b.py", "1"), ("../../out.py", "1"), ("/out.py", "1"), ("./.", "1"), ("neurons.py", RIGHT)]
(FOLDER / "mallory.zip").write_bytes(zipped(*members))
