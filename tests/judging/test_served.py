"""What is served for a failed exercise helps those that lean on it, and gives nothing away."""

from types import SimpleNamespace

import numpy as np
import pytest

from autograder.judging.clock import Purse
from autograder.judging.prerequisites import WorkedSolution
from autograder.judging.workers import Workers
from autograder.sandbox.inside.rehearsal import Rehearsal, distance
from tests.kit.battery import live, replaced, topic

COMPLEX_STEP = '''
def lstm_step_backward(dh, dc, x, h, c, w, b):
    """Derivatives along the imaginary axis of whatever stands under the name of the step."""
    def along(array):
        out = np.zeros(array.shape, array.dtype)
        for i in np.ndindex(array.shape):
            moved = array.astype(complex)
            moved[i] += 1e-30j
            given = [moved if a is array else a for a in (x, h, c, w, b)]
            new_h, new_c = lstm_step(*given)
            out[i] = np.sum(dh * new_h.imag + dc * new_c.imag) / 1e-30
        return out
    return tuple(along(a) for a in (x, h, c, w, b))
'''
DIFFERENCES = COMPLEX_STEP.replace("array.astype(complex)", "array.astype(float)").replace(
    "moved[i] += 1e-30j", "moved[i] += 1e-4"
)
ORACLE = """
def affine_grid_backward(dgrid):
    n, r, s, _ = dgrid.shape
    t = affine_grid(np.eye(2, 3, dtype=dgrid.dtype)[None], (r, s))[0]
    t = np.concatenate([t, np.ones((r, s, 1), dgrid.dtype)], -1)
    return np.einsum("nrsk,rsj->nkj", dgrid, t)
"""
KEEPS = """
KEPT = []
def projective_grid(matrix, out_shape):
    KEPT.append((affine_grid, {s: affine_grid(np.eye(2, 3)[None], s) for s in SHAPES}))
    plane = affine_grid(matrix[:, :2], out_shape)
    return plane / affine_grid(matrix[:, 1:], out_shape)[..., 1:]
SHAPES = [(r, s) for r in range(1, 9) for s in range(1, 9)]
def affine_grid_backward(dgrid):
    n, r, s, _ = dgrid.shape
    t = KEPT[0][1][r, s][0].astype(dgrid.dtype)
    t = np.concatenate([t, np.ones((r, s, 1), dgrid.dtype)], -1)
    return np.einsum("nrsk,rsj->nkj", dgrid, t)
"""


def broken(name: str, exercise: str, body: str) -> str:
    """Return the chapter with one exercise's body replaced."""
    source = topic(name).chapter.parts[exercise].cell.source
    head = source[: source.index(":\n", source.index("def ")) + 2]
    return replaced(name, exercise, f"{head}    {body}\n")


def earned(report) -> dict[str, tuple[float, float]]:
    return {exercise.name: (exercise.earned, exercise.points) for exercise in report}


@pytest.mark.parametrize("body", [COMPLEX_STEP, DIFFERENCES], ids=["complex step", "differences"])
def test_a_backward_pass_cannot_be_read_off_a_served_forward(body):
    text = broken("lstm", "lstm_step", "return None")
    text = text.replace(topic("lstm").chapter.parts["lstm_step_backward"].cell.source, body)
    text = text.replace(topic("lstm").chapter.parts["lstm_backward"].cell.source, "")
    points = earned(live("lstm", text, ["lstm_step", "lstm_step_backward"]))
    assert points["lstm_step"][0] == 0
    assert points["lstm_step_backward"][0] == 0


@pytest.mark.parametrize("body", [ORACLE, KEEPS], ids=["asked at other points", "kept for later"])
def test_a_served_function_is_no_oracle_for_others(body):
    text = "import numpy as np\ndef affine_grid(theta, out_shape):\n    return None\n" + body
    points = earned(live("spatial_transformer", text))
    assert points["affine_grid"][0] == 0
    assert points["affine_grid_backward"][0] == 0


def test_a_right_backward_keeps_its_points_when_its_forward_is_wrong():
    report = live("lstm", broken("lstm", "lstm_step", "return h, c"))
    points = earned(report)
    assert points.pop("lstm_step")[0] == 0
    assert all(had == most for had, most in points.values()), points
    told = "lstm_backward was tried with the worked solution's lstm_step: yours fails."
    assert told in report.notes


def test_what_the_student_s_own_code_leans_on_is_served_too():
    """`nesterov_step` need not call `momentum_step`; one that does is not to fall with it."""
    text = broken("optimizers", "momentum_step", "return param - lr * grad, velocity")
    nesterov = topic("optimizers").chapter.parts["nesterov_step"]
    own = (
        "def nesterov_step(param, gradient, velocity, lr=0.01, beta=0.9):\n"
        "    ahead = param - beta * velocity\n"
        "    _, new = momentum_step(ahead, gradient(ahead), velocity, lr, beta)\n"
        "    return param - new, new\n"
    )
    right = replaced("optimizers", "nesterov_step", own)
    had, most = earned(live("optimizers", right, ["nesterov_step"]))["nesterov_step"]
    assert had == most  # the helper itself is right
    text = text.replace(nesterov.cell.source, own)
    had, most = earned(live("optimizers", text, ["nesterov_step"]))["nesterov_step"]
    assert had == most


@pytest.mark.parametrize("order", [1, -1])
def test_of_calls_that_lie_close_together_the_nearest_is_answered(order):
    """A descent that has nearly come to rest makes calls closer than rounding may set them."""
    space = {"f": lambda x, k=2: (float(x[0]), k)}
    rehearsal = Rehearsal(space, ["f"])
    points = [np.array([1.0 + step]) for step in (0.0, 2e-7, 4e-7)][::order]
    rehearsal.run(lambda: [space["f"](point) for point in points])
    for point in points:
        assert rehearsal.answer("f", (point + 1e-8,), {}) == (float(point[0]), 2)
    assert rehearsal.answer("f", (np.array([1.0 - 1e-9]),), {"k": 2})[0] == 1.0
    for far in (np.array([1.1]), np.array([1.0, 1.0]), np.array([1.0 + 0j])):
        with pytest.raises(ValueError, match="only calls on this case's own values"):
            rehearsal.answer("f", (far,), {})


def test_how_far_two_calls_lie_apart_is_said_of_any_values():
    one = ({"a": [1.0, None, "x"]}, np.array([np.nan, 1, np.inf]), True)
    other = ({"a": [1.5, None, "x"]}, np.array([np.nan, 3, np.inf]), True)
    assert distance(one, one) == 0
    assert distance(one, other) == 2


def test_the_worked_solution_is_asked_the_same_once_but_anew_for_each_rehearsal():
    asked = []

    def apply(name, question, rehearsed):
        asked.append((name, question.tobytes(), rehearsed))
        return np.frombuffer(b"answer", np.uint8)

    worker = SimpleNamespace(alive=True, load=len, apply=apply, close=asked.clear)
    one, other = (np.frombuffer(text, np.uint8) for text in (b"one", b"other"))
    with WorkedSolution(topic("optimizers"), lambda: worker) as stand:
        for name, question in (("f", one), ("f", one), ("f", other), ("g", one), ("f", other)):
            assert stand.answer(name, question, False).tobytes() == b"answer"
        assert asked == [("f", b"one", False), ("f", b"other", False), ("g", b"one", False)]
        for _ in range(2):
            stand.answer("f", one, True)
        assert asked[3:] == [("f", b"one", True)] * 2


class Process(SimpleNamespace):
    """Stands for a worker that holds a submission without a cell."""

    alive = True

    def load(self, cells, seconds):
        return []

    def close(self):
        self.alive = False


def test_a_process_lives_on_until_something_was_called_in_it():
    workers = Workers(SimpleNamespace(cells=()), Process, Purse(None))
    loaded = workers.get()
    workers.afresh()
    assert workers.get() is loaded
    assert workers.to_call(False) is loaded
    other = workers.to_call(True)
    workers.afresh()
    assert not loaded.alive and not other.alive
    assert workers.get() is not loaded
