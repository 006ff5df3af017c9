"""How kernels are compiled and kept, and vector instructions written by hand."""
