"""The address that chapters name: live progress, and what runs at a chapter's end; see `desk`."""

from autograder.desk.rewards import main, track

__all__ = ["main", "track"]
