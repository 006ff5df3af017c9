"""The address that courses' ``nbgrader_config.py`` names; the work is done in `course.plugin`."""

from autograder.course.plugin import CsvExporter, FeedbackExporter, LatePenalties, Repair
from autograder.course.plugin import Verdicts as Judge

__all__ = ["CsvExporter", "FeedbackExporter", "Judge", "LatePenalties", "Repair"]
