"""The package's version: in a file of its own, so that what a student starts imports no more."""

__all__ = ["__version__"]

__version__ = "0.1.0"
