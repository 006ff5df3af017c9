"""The chapters' notebooks to work on in a browser, with nothing installed: made by JupyterLite.

The page's Python is Pyodide, which the reader's browser fetches from Pyodide's own server, NumPy
and matplotlib with it; the package comes as a wheel from the site itself.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from autograder.course.release import build_wheel
from autograder.topic.catalogue import Catalogue
from autograder.topic.units import in_order

__all__ = ["LiteError", "lite_address", "write_lite"]

_NEEDED = 'notebooks in the browser are made by JupyterLite: pip install "gradus-dl[site]"'
_KERNEL = "@jupyterlite/pyodide-kernel-extension"
_INSTALL = "%pip install -q gradus-dl"


class LiteError(Exception):
    """The notebooks cannot be put on pages; the message says what to do."""


def lite_address(topic: str) -> str:
    """Return where a topic's notebook opens, from the site's own folder."""
    return f"lite/notebooks/index.html?path={topic}.ipynb"


def write_lite(catalogue: Catalogue, folder: Path) -> None:
    """Write JupyterLite with every released notebook and the package into ``folder/lite``.

    Raises
    ------
    LiteError
        JupyterLite is not installed, no wheel can be built, or JupyterLite fails.
    """
    kernel = Path(sysconfig.get_path("data"), "share", "jupyter", "labextensions", _KERNEL)
    if not kernel.is_dir():
        raise LiteError(_NEEDED)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        wheel = build_wheel(catalogue.roots, place)
        if isinstance(wheel, str):
            raise LiteError(wheel)
        contents = place / "contents"
        contents.mkdir()
        for topic in in_order(catalogue):
            released = catalogue.record(topic).with_name(f"{topic}.ipynb")
            text = for_the_browser(released.read_text(encoding="utf-8"))
            (contents / released.name).write_text(text, encoding="utf-8")
        settings = {
            "LiteBuildConfig": {
                "contents": [str(contents)],
                "output_dir": str(place / "lite"),
                "apps": ["lab", "notebooks"],
                "ignore_sys_prefix": ["federated_extensions"],  # not what else is installed here
                "federated_extensions": [str(kernel)],
                "no_sourcemaps": True,
            },
            "PipliteAddon": {"piplite_urls": [str(wheel)]},
        }
        (place / "jupyter_lite_config.json").write_text(json.dumps(settings), encoding="utf-8")
        _generate(place)
        target = folder / "lite"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(place / "lite", target)


def for_the_browser(notebook: str) -> str:
    """Return a notebook that installs the package first, in the kernel of the page."""
    content = json.loads(notebook)
    first: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "id": "install",
        "metadata": {},
        "outputs": [],
        "source": _INSTALL,
    }
    content["cells"].insert(0, first)
    content["metadata"]["kernelspec"] = {
        "display_name": "Python (Pyodide)",
        "language": "python",
        "name": "python",
    }
    return json.dumps(content, indent=1)


def _generate(place: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", str(place)],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LiteError(f"JupyterLite failed: {done.stderr.strip()[-800:]}")
