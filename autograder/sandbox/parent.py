"""The zygote seen from the judge: started, asked for workers, ended."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from autograder.sandbox.types import SandboxUnavailable

REPLY_SECONDS: Final = 10.0
_WAYS_OUT: Final = {
    "strict": ", --sandbox best takes the best there is",
    "best": ", --sandbox process grades without walls all the same",
}
_START_SECONDS: Final = 60.0
_BOOT: Final = """
import sys, types
control, folder, *packages = sys.argv[1:]
sys.path[:] = [entry for entry in sys.path if entry] + packages
for room in ("", ".sandbox", ".sandbox.inside", ".submission"):
    name, path = "autograder" + room, folder + room.replace(".", "/")
    module = sys.modules[name] = types.ModuleType(name)
    module.__path__ = [path]
from autograder.sandbox.inside.zygote import main
main(int(control))
"""
_ENVIRONMENT: Final = {
    **{
        f"{library}_NUM_THREADS": "1"
        for library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM", "NUMEXPR")
    },
    "PYTHONHASHSEED": "0",  # a regrade iterates over sets in the same order
    "LC_ALL": "C.UTF-8",
}


class ZygoteDied(Exception):
    """The zygote closed its socket or did not answer in time."""


class Zygote:
    """The process that forks, seen from the judge."""

    def __init__(self, level: str, imports: Sequence[str]) -> None:
        if os.name != "posix":
            raise SandboxUnavailable(
                "Windows cannot confine student code: use WSL 2 or a container"
            )
        if level != "process" and sys.platform != "linux":
            raise SandboxUnavailable(
                "only Linux can confine student code: use a container, "
                "or --sandbox process (not hardened)"
            )
        folders = _folders(imports)
        self.talk, theirs = socket.socketpair()
        with theirs:
            arguments = [str(theirs.fileno()), *folders]
            self.process = subprocess.Popen(
                [sys.executable, "-s", "-S", "-B", "-c", _BOOT, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=_ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        try:
            self.hello, _ = self.request({"level": level, "imports": list(imports)}, _START_SECONDS)
        except ZygoteDied as error:
            self.close()
            raise SandboxUnavailable(f"the sandbox did not start: {error}") from None
        if "error" in self.hello:
            self.close()
            way_out = _WAYS_OUT.get(level, "")
            raise SandboxUnavailable(
                f"--sandbox {level} is not possible here ({self.hello['error']}); "
                f"`autograder doctor` says what to do{way_out}"
            )

    def request(
        self, message: Mapping[str, object], seconds: float = REPLY_SECONDS
    ) -> tuple[dict[str, Any], list[int]]:
        """Send one line, and read the line and the descriptors that answer it."""
        descriptors: list[int] = []
        data = b""
        try:
            self.talk.settimeout(seconds)
            self.talk.sendall(json.dumps(message).encode() + b"\n")
            while not data.endswith(b"\n"):
                part, received, _, _ = socket.recv_fds(self.talk, 1 << 16, 4)
                descriptors += received
                if not part:
                    raise ZygoteDied("it ended")
                data += part
        except OSError as error:
            raise ZygoteDied(str(error)) from None
        return json.loads(data), descriptors

    def close(self) -> None:
        """Close the socket, which ends the zygote, and reap it."""
        self.talk.close()
        try:
            self.process.wait(0.5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _folders(imports: Sequence[str]) -> list[str]:
    """List where the zygote finds its code: the engine's folder, then those of packages."""
    folders = []
    for name in dict.fromkeys(name.partition(".")[0] for name in imports):
        spec = find_spec(name)
        if spec is None:
            raise SandboxUnavailable(f"the exercises may import {name}, which is not installed")
        if name not in sys.stdlib_module_names:
            places = spec.submodule_search_locations or [spec.origin or ""]
            folders += [str(Path(place).parent) for place in places]
    engine = Path(__file__).resolve().parent.parent
    return [str(engine), *dict.fromkeys(folders)]
