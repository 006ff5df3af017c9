"""Find out what this machine can confine, by doing it."""

from dataclasses import dataclass
from typing import Final

from autograder.sandbox.host import Sandbox, survey
from autograder.sandbox.types import SandboxUnavailable

_ADVICE: Final = {
    "namespaces": (
        "allow user namespaces (sysctl user.max_user_namespaces above 0; on Ubuntu "
        "kernel.apparmor_restrict_unprivileged_userns=0; Docker refuses them by default)"
    ),
    "landlock": "run Linux 5.13 or later with landlock among the kernel's lsm= modules",
    "seccomp": "run Linux on x86_64 or aarch64: a container on macOS, WSL 2 on Windows",
}


@dataclass(frozen=True)
class Probe:
    """What a live trial found.

    Parameters
    ----------
    level : str
        The best level: A, B, F or S; ``"process"`` where student code cannot be confined.
    layers : dict
        For each optional layer, an empty text where it works, else why it does not.
    advice : str
        What to do to get a better level; empty where there is none.
    """

    level: str
    layers: dict[str, str]
    advice: str

    @property
    def hardened(self) -> bool:
        """Whether official grading may run here without being forced."""
        return self.level != "process"


def probe() -> Probe:
    """Try every layer in processes of its own and say what follows."""
    try:
        layers = survey()
        with Sandbox("best") as sandbox:
            level = sandbox.level
    except SandboxUnavailable as error:
        layers = dict.fromkeys(_ADVICE, str(error))
        level = "process"
    advice = "; ".join(_ADVICE[name] for name, reason in layers.items() if reason)
    return Probe(level, layers, advice)
