"""Deriving `assignments/` from `solutions/`."""
