"""The sample class, graded end to end."""
