"""Grading a class: a run, its processes here or on a cluster, figures, results."""
