"""The address that the scripts in Gradescope's zip name; the work is done in `institution`."""

import sys

from autograder.institution.gradescope import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
