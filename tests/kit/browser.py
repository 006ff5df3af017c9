"""A headless Chromium and a Jupyter server, for tests of what people see in a browser.

Chromium is driven over its DevTools protocol; names other than 127.0.0.1 resolve to nothing, so a
page that needs the internet fails here at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
    "--window-size=1400,1000",
)
PATIENCE = 90.0  # seconds; the machine may be busy

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed (apt-get install chromium)"
)


def wait(what: str, ready: Any, seconds: float = PATIENCE) -> Any:
    """Call `ready` until it returns something true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = ready()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds:g} s in vain: {what}")


class Page:
    """One tab."""

    def __init__(self, socket: Any) -> None:
        self._socket, self._number = socket, 0

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    def open(self, address: str) -> None:
        result = self.call("Page.navigate", url=address)
        assert "errorText" not in result, result

    def js(self, expression: str) -> Any:
        """Evaluate an expression (a promise is awaited) and return its value."""
        result = self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def until(self, expression: str, seconds: float = PATIENCE) -> Any:
        """Wait until an expression is true; errors while a page is being replaced do not count."""

        def ready() -> Any:
            with contextlib.suppress(AssertionError):
                return self.js(expression)

        try:
            return wait(expression, ready, seconds)
        except AssertionError as error:
            text = self.js("document.body ? document.body.innerText.slice(0, 800) : ''")
            raise AssertionError(f"{error}; the page says: {text}") from None

    def text(self) -> str:
        return str(self.js("document.body.innerText"))


@contextlib.contextmanager
def chromium(folder: Path) -> Iterator[Page]:
    """Start Chromium with an empty profile below `folder`; yield a tab."""
    websocket = pytest.importorskip("websocket", reason="websocket-client comes with Jupyter")
    profile = folder / "profile"
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    with (folder / "chromium.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        chosen = profile / "DevToolsActivePort"
        port = wait("Chromium", lambda: chosen.exists() and chosen.read_text().split("\n")[0])
        tabs = json.loads(fetch(f"http://127.0.0.1:{port}/json/list"))
        tab = next(tab for tab in tabs if tab["type"] == "page")
        socket = websocket.create_connection(
            tab["webSocketDebuggerUrl"], suppress_origin=True, timeout=2 * PATIENCE
        )
        with contextlib.closing(socket):
            page = Page(socket)
            page.call("Emulation.setFocusEmulationEnabled", enabled=True)
            yield page
    finally:
        end(process)


@contextlib.contextmanager
def jupyter(root: Path, folder: Path) -> Iterator[str]:
    """Start JupyterLab with nbgrader's extensions in `root`; yield its address."""
    place = {
        name: str(folder / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")
    }
    place |= {"JUPYTER_RUNTIME_DIR": str(folder / "runtime"), "IPYTHONDIR": str(folder / "ipython")}
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    path = {"PATH": search, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"]
    command += [
        "--ip=127.0.0.1",
        "--port=0",
        "--IdentityProvider.token=",
        "--expose-app-in-browser",
    ]
    with (folder / "jupyter.log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=root,
            env={**os.environ, **place, **path, "GRADUS_ROOT": str(ROOT)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield wait("Jupyter", lambda: _address(folder / "runtime"))
    finally:
        end(process)


def _address(runtime: Path) -> str:
    """Return the address of the server that wrote its particulars there and answers."""
    for path in runtime.glob("jpserver-*.json"):
        with contextlib.suppress(ValueError, OSError, KeyError):
            address = json.loads(path.read_text())["url"].replace("localhost", "127.0.0.1")
            fetch(f"{address}api/status")
            return str(address)
    return ""


def fetch(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return bytes(answer.read())


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all it started (it leads a session of its own)."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(20)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    process.wait()
