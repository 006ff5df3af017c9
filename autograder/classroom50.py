"""The address that Classroom 50's ``autograder.py`` names; the work is done in `institution`."""

import sys

from autograder.institution.classroom import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
