"""The address that a topic's built ``conftest.py`` names; the work is done in `desk`."""

from autograder.desk.pytest_plugin import pytest_collect_file

__all__ = ["pytest_collect_file"]
