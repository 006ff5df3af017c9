"""The command ``autograder``."""

from autograder.cli.fast import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
