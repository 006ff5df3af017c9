"""What this machine can do: walls for student code, compiled kernels, versions."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import sys
import time
from collections.abc import Iterator

from autograder.topic.catalogue import Catalogue
from autograder.topic.live import LiveSource
from autograder.topic.seeds import seeder
from autograder.version import __version__

__all__ = ["lines", "warm"]

_PACKAGES = ("numpy", "numba", "scipy", "nbgrader", "gymnasium", "scikit-learn", "matplotlib")


def lines() -> Iterator[str]:
    """Yield what there is to say, a line each; the first is the level of confinement."""
    from autograder.sandbox import probe

    found = probe()
    yield f"level: {found.level}"
    for name, state in found.layers.items():
        yield f"  {name}: {state or 'works'}"
    if found.advice:
        yield f"advice: {found.advice}"
    yield f"cores: {os.cpu_count()}"
    yield f"gradus-dl {__version__}, Python {platform.python_version()} on {sys.platform}"
    for package in _PACKAGES:
        try:
            yield f"  {package} {importlib.metadata.version(package)}"
        except importlib.metadata.PackageNotFoundError:
            yield f"  {package}: not installed"
    if importlib.util.find_spec("numba") and importlib.util.find_spec("reference"):
        from reference.compiler import jit

        yield f"compiled kernels: {jit.cache_folder()}"


def warm(catalogue: Catalogue) -> Iterator[str]:
    """Compile every kernel the checks use, so that the first submission need not wait."""
    for name in catalogue.names():
        start = time.perf_counter()
        topic = catalogue.topic(name)
        source = LiveSource(topic, seeder(b"warm", name))
        for exercise in topic.exercises:
            for check in exercise:
                source.trials(exercise, check)
        yield f"{name}: ready in {time.perf_counter() - start:.1f} s"
