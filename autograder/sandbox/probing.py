"""Find out what this machine can confine, by doing it."""

from dataclasses import dataclass
from typing import Final

from autograder.sandbox.host import Sandbox, survey
from autograder.sandbox.types import SandboxUnavailable

_ADVICE: Final = {
    "namespaces": (
        "allow user namespaces (sysctl user.max_user_namespaces > 0; on Ubuntu kernel.apparmor_restrict_"
        "unprivileged_userns=0; in Docker --security-opt seccomp=unconfined on a trusted host)"
    ),
    "landlock": "run Linux 5.13 or later with Landlock enabled (lsm=landlock,... on the kernel's command line)",
    "seccomp": "run Linux on x86_64 or aarch64: on macOS in a container, on Windows in WSL 2 or a container",
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
