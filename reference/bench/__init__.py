"""The core beside PyTorch and NumPy: ``python -m reference.bench``."""
