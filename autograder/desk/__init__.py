"""The student's desk: check, watch, progress, explain, speed, notebook."""
