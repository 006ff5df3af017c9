"""Loops that several topics share, and the vector instructions they are made of."""
