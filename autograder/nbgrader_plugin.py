"""The address that courses' ``nbgrader_config.py`` names; the work is done in `course.plugin`."""

from autograder.course.plugin import FeedbackExporter, Judge, Repair

__all__ = ["FeedbackExporter", "Judge", "Repair"]
