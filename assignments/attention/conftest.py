"""Lets `pytest` run this topic's public checks."""

from autograder.pytest_plugin import pytest_collect_file  # noqa: F401
