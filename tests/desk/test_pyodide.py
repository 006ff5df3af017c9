"""The real Pyodide, as npm has it: what a self-check imports is there, no thread needed.

NumPy's wheel for it lies on Pyodide's own server only. Something that has every name takes its
place, so this tells that all imports are found and run; `test_browser_python` runs the checks.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow
MODULES = (
    "autograder.cli.fast",
    "autograder.desk.selfcheck",
    "autograder.desk.notebook",
    "autograder.desk.explain",
    "autograder.desk.progress",
    "autograder.desk.rewards",
)
SCRIPT = """
import { loadPyodide } from "pyodide";
import { readFileSync } from "node:fs";
const python = await loadPyodide();
for (const path of process.argv.slice(2)) {
  const packed = new Uint8Array(readFileSync(path));
  python.unpackArchive(packed, "zip", { extractDir: "/wheels" });
}
console.log(python.runPython(readFileSync("inside.py", "utf8")));
"""
INSIDE = """
import importlib, json, sys, threading, types
from importlib.machinery import ModuleSpec

sys.path.insert(0, "/wheels")


class Every(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Thing

    def __or__(cls, other):
        return cls

    __ror__ = __or__


class Thing(metaclass=Every):
    def __init__(self, *args, **kwargs): ...
    def __call__(self, *args, **kwargs): return Thing()
    def __class_getitem__(cls, key): return cls
    def __iter__(self): return iter(())

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Thing()


class Module(types.ModuleType):
    __path__, __version__ = [], "2.4.0"

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Thing,), {})


for name in ("numpy", "numpy.typing", "numpy.exceptions", "numpy.linalg", "numpy.random"):
    sys.modules[name] = Module(name)
    sys.modules[name].__spec__ = ModuleSpec(name, None)
found = {}
for name in MODULES:
    try:
        importlib.import_module(name)
        found[name] = ""
    except BaseException as problem:
        found[name] = repr(problem)
try:
    threading.Thread(target=print).start()
    found["threads"] = "start"
except RuntimeError:
    found["threads"] = "none"
from autograder.version import __version__
found["version"] = __version__
json.dumps(found)
"""


def test_everything_a_self_check_imports_is_found(tmp_path):
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not here: the real Pyodide cannot be had")
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    got = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "pyodide"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    if got.returncode:
        pytest.skip(f"Pyodide cannot be had: {got.stderr[-200:]}")
    python = [sys.executable, "-m"]
    wheels = tmp_path / "wheels"
    build = [*python, "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    download = [*python, "pip", "download", "--no-deps", "-d", str(wheels), "threadpoolctl"]
    subprocess.run(download, check=True, capture_output=True)
    (tmp_path / "run.js").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "inside.py").write_text(f"MODULES = {MODULES!r}\n{INSIDE}", encoding="utf-8")
    done = subprocess.run(
        ["node", "run.js", *map(str, sorted(wheels.glob("*.whl")))],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.strip().split("\n")[-1])
    assert found.pop("threads") == "none"
    assert found.pop("version")
    assert found == dict.fromkeys(MODULES, "")
