"""The ladder of hints in a real JupyterLab: rungs that a click opens, one inside the other."""

from __future__ import annotations

import json

import pytest

from tests.kit.browser import chromium, jupyter, needs_chromium

pytestmark = needs_chromium
CELLS = [
    "%load_ext autograder\n%topic optimizers\nimport numpy as np",
    "def momentum_step(param, grad, velocity, lr=0.01, beta=0.9):\n"
    "    velocity = beta * velocity + grad\n"
    "    return param - lr * velocity, velocity",
    'check("momentum_step")',
]
PANEL = "[...jupyterapp.shell.widgets('main')].find(w => w.context)"
CARD = "document.querySelector('.jp-OutputArea .gradus')"
SUMMARY = "[...document.querySelectorAll('.gradus summary')].find(s => s.innerText === {!r})"
SEEN = (
    "[...document.querySelectorAll('.gradus b')]"
    ".some(b => b.innerText === {!r} && b.checkVisibility())"
)


def test_a_click_opens_the_cause_and_in_it_the_hint(tmp_path):
    pytest.importorskip("jupyterlab")
    desk, server = tmp_path / "desk", tmp_path / "server"
    desk.mkdir()
    server.mkdir()
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"c{number}",
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for number, source in enumerate(CELLS)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (desk / "optimizers.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with jupyter(desk, server) as address, chromium(tmp_path) as page:
        page.open(f"{address}lab/tree/optimizers.ipynb")
        page.until("!!window.jupyterapp && !!jupyterapp.shell")
        page.until(f"{PANEL}?.context?.isReady && {PANEL}.content.widgets.length > 0")
        page.until(f"!!{PANEL}.sessionContext.session?.kernel")
        page.js(f"jupyterapp.shell.activateById({PANEL}.id)")
        page.js("jupyterapp.commands.execute('notebook:run-all-cells')")
        page.until(f"!!{CARD}")
        for label, told in (("Ask for the cause", "Cause:"), ("Ask for the hint", "Hint:")):
            assert not page.js(SEEN.format(told))
            page.js(SUMMARY.format(label) + ".click()")
            page.until(SEEN.format(told))
        smallest = "The smallest case that shows it, with its numbers"
        page.js(SUMMARY.format(smallest) + ".click()")
        page.until(SEEN.format("To try it yourself:"))
        assert page.js(f"{CARD}.querySelectorAll('table td').length") > 10
