"""What a submission may import: NumPy, the standard library, and what is there and does nothing.

The one list behind the walls, the self-check and the handouts.
"""

import contextlib
import importlib
import pkgutil
import sys
import warnings
from collections.abc import Iterator, Sequence
from typing import Final

__all__ = ["DEFAULT_IMPORTS", "INERT", "SENTENCE", "absent", "load_all"]

DEFAULT_IMPORTS: Final = ("numpy",)
"""Packages that submissions may use beside the standard library."""

INERT: Final = frozenset(
    {
        *("matplotlib", "mpl_toolkits", "pylab", "IPython", "ipywidgets", "tqdm", "google"),
        *("autograder", "nbgrader", "tkinter", "turtle", "turtledemo", "idlelib"),
        *("antigravity", "this", "lib2to3", "ensurepip", "venv", "test", "pydoc_data"),
    }
)
"""Packages whose every function does nothing: pictures, windows, progress bars, the notebook."""

SENTENCE: Final = (
    "may import NumPy and the standard library. Drawing (matplotlib) and progress bars (tqdm) do "
    "nothing while it is graded, files, programs and the network are out of reach, and a function "
    "that uses any other module (scipy, pandas, torch) gets no points"
)
_UNNAMED: Final = ("windows_events", "windows_utils", "popen_spawn_win32", "mbcs", "oem")
_NUMPY: Final = (
    *("numpy.lib.recfunctions", "numpy.lib.scimath", "numpy.lib.stride_tricks", "numpy.matlib"),
    *("numpy.lib.format", "numpy.typing", "numpy.ctypeslib", "numpy.testing", "numpy.strings"),
)


def absent(name: str, extra: Sequence[str] = DEFAULT_IMPORTS) -> bool:
    """Tell whether grading has no module of that name."""
    root = name.partition(".")[0]
    given = {package.partition(".")[0] for package in extra}
    return root not in INERT and root not in sys.stdlib_module_names and root not in given


def load_all(packages: Sequence[str]) -> None:
    """Import everything that may be imported: later there is nothing to import from.

    Raises
    ------
    ImportError
        One of `packages` is not there; what else this platform lacks is left out.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in packages:
            importlib.import_module(name)
        for name in (*_standard(), *_NUMPY):
            with contextlib.suppress(ImportError, OSError):
                importlib.import_module(name)
        numpy = sys.modules["numpy"]
        for name in numpy.__all__:  # some of its modules load when they are asked for
            with contextlib.suppress(ImportError, AttributeError):
                getattr(numpy, name)


def _standard() -> Iterator[str]:
    """Yield the public modules of the standard library, those inside packages too."""
    for name in sorted(sys.stdlib_module_names - INERT):
        if name.startswith("_"):
            continue
        yield name
        for inner in pkgutil.iter_modules(getattr(sys.modules.get(name), "__path__", ())):
            if not inner.name.startswith(("_", "test")) and inner.name not in _UNNAMED:
                yield f"{name}.{inner.name}"
