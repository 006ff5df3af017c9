"""Judging one submission: calls, comparison, diagnosis, official grading."""
