"""What went wrong outside of a check: the student's line and one hint, no way through our code."""

from __future__ import annotations

from collections.abc import Mapping

from autograder.data import CAPSTONES
from autograder.judging.remedies import remedy
from autograder.submission.cells import Submission
from autograder.submission.locate import cell_at, excerpt

__all__ = ["not_installed", "trouble"]

_EXTRA = {"gymnasium": "Gymnasium", "sklearn": "scikit-learn"}


def not_installed(error: BaseException) -> str:
    """Say in one line what to install, where one of the capstones' packages is missing."""
    name = (getattr(error, "name", None) or "").partition(".")[0]
    if not isinstance(error, ImportError) or name not in _EXTRA:
        return ""
    return f"This needs {_EXTRA[name]}, which is not installed here: {CAPSTONES}"


def trouble(error: BaseException, submission: Submission, names: Mapping[str, str]) -> str:
    """Say what went wrong, in which line of the student's, and what to do.

    Parameters
    ----------
    error : BaseException
    submission : Submission
        The cells.
    names : dict
        The cell behind each file name that Python knows.
    """
    missing = not_installed(error)
    if missing:
        return missing
    trace, cell, line = error.__traceback__, "", 0
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file in names:
            cell, line = names[file], trace.tb_lineno
        trace = trace.tb_next
    found = cell_at(submission, cell, line)
    where = f" in line {line} of {cell}" if found else ""
    hint = remedy(type(error).__name__, str(error), found.source if found else "", line)
    told = f"{type(error).__name__}{where}: {error}"
    return "\n".join(part for part in (told, excerpt(submission, cell, line), hint) if part)
