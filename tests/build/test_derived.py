"""What is derived is committed as it is derived: the same as ``autograder build --check``."""

from autograder.build.derive import differences
from tests.conftest import CATALOGUE


def test_derived_files_are_up_to_date():
    """All topics at once: nbgrader, which makes their notebooks, then starts once."""
    found = differences(CATALOGUE)
    assert not found, "\n".join(found)
