"""Run untrusted submissions (see `host.Sandbox`)."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.sandbox.host import DEFAULT_IMPORTS, Sandbox, Worker
    from autograder.sandbox.probing import Probe, probe
    from autograder.sandbox.types import Cell, Failure, Limits, Outcome, SandboxUnavailable

__all__ = [
    "DEFAULT_IMPORTS",
    "Cell",
    "Failure",
    "Limits",
    "Outcome",
    "Probe",
    "Sandbox",
    "SandboxUnavailable",
    "Worker",
    "probe",
]

_HOMES = {
    **dict.fromkeys(("Cell", "Failure", "Limits", "Outcome", "SandboxUnavailable"), "types"),
    **dict.fromkeys(("DEFAULT_IMPORTS", "Sandbox", "Worker"), "host"),
    **dict.fromkeys(("Probe", "probe"), "probing"),
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module when first asked for: self-check needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
