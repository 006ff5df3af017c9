"""What handing in late costs: what the course's plugin says, of the score as it stands now."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.report.model import rounded

__all__ = ["penalise", "penalties", "score_of"]


def penalties(course: Course) -> Any:
    """Return nbgrader's preprocessor with the plugin that the course's configuration names."""
    from nbgrader.preprocessors import AssignLatePenalties
    from traitlets import TraitError

    sys.path.insert(0, str(course.folder))  # where nbgrader's own command finds a plugin
    try:
        found = AssignLatePenalties(config=course.config)
        found.init_plugin()
    except (ImportError, TraitError) as error:
        raise CourseError(f"the plugin for late submissions cannot be imported: {error}") from None
    finally:
        sys.path.remove(str(course.folder))
    return found


def penalise(submission: Any, plugin: Any) -> bool:
    """Set what each notebook of a submission loses for being late; return whether that changed."""
    late, changed = submission.total_seconds_late, False
    for notebook in submission.notebooks:
        before, notebook.late_submission_penalty = notebook.late_submission_penalty, None
        if late > 0:
            score = rounded(sum(score_of(grade) for grade in notebook.grades))
            told = plugin.plugin_inst.late_submission_penalty(submission.student_id, score, late)
            if told is not None:
                seen = SimpleNamespace(score=score)
                notebook.late_submission_penalty = plugin._check_late_penalty(seen, told)
        changed = changed or before != notebook.late_submission_penalty
    return changed


def score_of(grade: Any) -> float:
    """Return a grade's score as the gradebook computes it."""
    base = grade.manual_score if grade.manual_score is not None else grade.auto_score
    return 0.0 if base is None else float(base) + float(grade.extra_credit or 0.0)
