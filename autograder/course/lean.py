"""Importing nbgrader without what no command needs: it takes a third of the time.

Its package imports four extensions of Jupyter's server, and `jsonschema` a grammar of international
addresses, which no notebook's schema asks for. Whoever calls or imports them gets them then.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from threading import Lock
from types import ModuleType
from typing import Any

__all__ = ["import_nbgrader"]

_GRAMMAR = ("rfc3987_syntax", "is_valid_syntax")
_EXTENSIONS = tuple(
    (f"nbgrader.server_extensions.{name}", "load_jupyter_server_extension")
    for name in ("assignment_list", "course_list", "formgrader", "validate_assignment")
)
_lock = Lock()


def import_nbgrader() -> None:
    """Import nbgrader's package, if nobody did."""
    with _lock:
        if "nbgrader" not in sys.modules:
            grammar = (_GRAMMAR,) if find_spec(_GRAMMAR[0]) else ()
            with _put_off((*grammar, *_EXTENSIONS)):
                import nbgrader.api  # noqa: F401


@contextmanager
def _put_off(functions: Iterable[tuple[str, str]]) -> Iterator[None]:
    """Let modules be imported when the one function of each is called."""
    stands: dict[str, ModuleType] = {}
    for module, function in functions:
        if module not in sys.modules:
            stands[module] = ModuleType(module)
            setattr(stands[module], function, partial(_late, module, function))
    sys.modules.update(stands)
    try:
        yield
    finally:
        for module, stand in stands.items():
            if sys.modules.get(module) is stand:
                del sys.modules[module]


def _late(module: str, function: str, *args: object) -> Any:
    return getattr(import_module(module), function)(*args)
