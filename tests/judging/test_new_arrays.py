"""Where new arrays are promised, what hands on the memory it was given loses that check alone."""

import pytest

from autograder.judging.official import Judge
from autograder.submission.cells import Submission, SubmissionCell, code_cells
from tests.conftest import CATALOGUE
from tests.kit.battery import topic
from tests.kit.diagnoses import Mistake, judged

SHARING = {
    ("convolution", "translate"): """
def translate(x, down, right):
    H, W = x.shape[2:]
    if down == right == 0:
        return x[:, :, ::1]
    down, right = min(max(down, -H), H), min(max(right, -W), W)
    padded = np.pad(x, ((0, 0), (0, 0), (H, H), (W, W)))
    return padded[:, :, H - down : 2 * H - down, W - right : 2 * W - right]
""",
    ("lstm", "clip_together"): """
def clip_together(gradients, limit):
    length = float(np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in gradients)))
    if not np.isfinite(length):
        return [np.zeros_like(g) for g in gradients], length
    if length <= limit:
        return gradients, length
    return [g * (limit / length) for g in gradients], length
""",
    ("normalization", "clip_gradients"): """
def clip_gradients(gradients, limit, how):
    if how == "value":
        return [np.nan_to_num(np.clip(g, -limit, limit), nan=0.0) for g in gradients]
    norms = [float(np.sqrt(np.sum(g**2))) for g in gradients]
    if how == "global":
        norms = [float(np.sqrt(np.sum(np.square(norms))))] * len(gradients)
    found = []
    for g, norm in zip(gradients, norms):
        if not np.isfinite(norm):
            g = np.zeros_like(g)
        elif norm > limit:
            g = g * (limit / norm)
        found.append(g)
    return found
""",
    ("regularization", "dropout"): """
def dropout(x, dy, u, p, training=True):
    if not training:
        return x, dy
    mask = (u >= p) * (0.0 if p == 1 else 1 / (1 - p))
    return (x * mask).astype(x.dtype), (dy * mask).astype(dy.dtype)
""",
    ("transfer", "transfer_layers"): """
def transfer_layers(source, target, n):
    for k in range(n):
        if any(old.shape != new.shape for old, new in zip(source[k], target[k])):
            return [(w.copy(), b.copy()) for w, b in target], k
    kept = [tuple(a.astype(b.dtype) for a, b in zip(source[k], target[k])) for k in range(n)]
    return kept + [(w, b) for w, b in target[n:]], None
""",
}


def mistake(name: str, exercise: str) -> Mistake:
    text = "import numpy as np\n\n" + SHARING[name, exercise]
    return Mistake(name, f"{exercise}.py", exercise, "", text)


@pytest.mark.parametrize(("name", "exercise"), SHARING)
def test_shared_memory_fails_one_check_and_is_told(name, exercise):
    result = judged(mistake(name, exercise))
    (failed,) = [check for check in result.checks if not check.passed]
    assert failed.name == "in_new_arrays"
    assert "shares its memory with an array that was given" in failed.message
    assert failed.hint.endswith("?")
    assert failed.earned == 0 < result.earned


def test_official_grading_agrees_behind_walls():
    name, exercise = "transfer", "transfer_layers"
    authored = topic(name)
    original = authored.chapter.parts[exercise].cell
    text = mistake(name, exercise).source
    cells = tuple(
        SubmissionCell(text, "student.py") if cell == original else cell
        for cell in code_cells(authored.chapter.cells)
    )
    with Judge(CATALOGUE, b"of the test, thirty-two bytes...", "best") as judge:
        report = judge.grade(Submission("ann", cells, "student.py"), name, "ann", [exercise])
    (result,) = report.exercises
    assert [check.name for check in result.checks if not check.passed] == ["in_new_arrays"]


def test_what_copies_keeps_full_marks():
    """A copy of each array, and a view of an array of its own, are new arrays."""
    text = """
import numpy as np


def dropout(x, dy, u, p, training=True):
    if not training:
        both = np.stack([x, dy])
        return both[0], both[1]
    mask = (u >= p) * (0.0 if p == 1 else 1 / (1 - p))
    return (x * mask).astype(x.dtype), (dy * mask).astype(dy.dtype)
"""
    result = judged(Mistake("regularization", "own.py", "dropout", "", text))
    assert result.passed
