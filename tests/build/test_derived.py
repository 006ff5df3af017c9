"""What is derived is committed as it is derived: the same as ``autograder build --check``."""

import pytest

from autograder.build.derive import differences
from tests.conftest import CATALOGUE


@pytest.mark.parametrize("names", [["perceptron"], pytest.param([], marks=pytest.mark.slow)])
def test_derived_files_are_up_to_date(names):
    """One topic; of all, CI asks `autograder build --check`."""
    found = differences(CATALOGUE, names)
    assert not found, "\n".join(found)
