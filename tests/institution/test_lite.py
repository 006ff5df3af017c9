"""`autograder site --lite`: the notebooks in a browser's own Python."""

from __future__ import annotations

import functools
import http.server
import json
import threading
import zipfile

import pytest

from tests.conftest import CATALOGUE, ROOT
from tests.kit.browser import chromium, needs_chromium
from tests.kit.release import shell

pytest.importorskip("mkdocs", reason='the pages need pip install "gradus-dl[site]"')
pytest.importorskip("jupyterlite_core", reason='JupyterLite needs pip install "gradus-dl[site]"')
TOPIC = "lstm"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "pages"
    done = shell(ROOT, "site", str(folder), "--lite")
    assert done.returncode == 0, done.stderr
    return folder


def test_each_chapter_leads_to_its_notebook_with_the_package_beside_it(site):
    for topic in CATALOGUE.released():
        page = (site / f"{topic}.html").read_text(encoding="utf-8")
        assert f'href="lite/notebooks/index.html?path={topic}.ipynb"' in page
        held = site / "lite" / "files" / f"{topic}.ipynb"
        notebook = json.loads(held.read_text(encoding="utf-8"))
        released = CATALOGUE.record(topic).with_name(f"{topic}.ipynb")
        original = json.loads(released.read_text(encoding="utf-8"))
        assert notebook["cells"][1:] == original["cells"]
        assert notebook["cells"][0]["source"] == "%pip install -q gradus-dl"
        assert notebook["metadata"]["kernelspec"]["name"] == "python"
    (listed,) = json.loads((site / "lite" / "pypi" / "all.json").read_text(encoding="utf-8"))[
        "gradus-dl"
    ]["releases"].values()
    with zipfile.ZipFile(site / "lite" / "pypi" / listed[0]["filename"]) as wheel:
        names = wheel.namelist()
    assert f"autograder/_assignments/{TOPIC}/public_checks.npz" in names
    assert not [name for name in names if name.startswith(("solutions", "reference"))]


def test_what_else_is_installed_here_is_not_on_the_page(site):
    settings = json.loads((site / "lite" / "jupyter-lite.json").read_text(encoding="utf-8"))
    (extension,) = settings["jupyter-config-data"]["federated_extensions"]
    assert extension["name"] == "@jupyterlite/pyodide-kernel-extension"


@needs_chromium
def test_the_notebook_opens_in_a_browser(site, tmp_path):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(site))
    handler.log_message = lambda *args: None  # type: ignore[attr-defined]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        with chromium(tmp_path) as tab:
            tab.open(f"{address}/lite/notebooks/index.html?path={TOPIC}.ipynb")
            tab.until("document.querySelectorAll('.jp-Cell').length > 3")
            assert "%pip install" in tab.js("document.querySelector('.jp-Cell').innerText")
    finally:
        server.shutdown()
        server.server_close()
