"""The address that a topic's built ``conftest.py`` names; the work is done in `desk`."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.desk.pytest_plugin import collected

__all__ = ["pytest_collect_file"]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a topic's file, where the plugin itself is not installed."""
    return collected(file_path, parent)
