"""The fast CPU core: Numba kernels behind the names and signatures of the chapters.

One module per topic; importing one compiles nothing and imports no other topic.
"""
