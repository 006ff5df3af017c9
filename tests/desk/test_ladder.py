"""Where and what first, the cause on asking, the hint on asking again, `--explain` last."""

from __future__ import annotations

import pytest

from autograder.desk.kept import Kept
from tests.kit.release import make_release, shell, written

TOPIC = "optimizers"
OUTSIDE = "velocity = beta * velocity + grad\nreturn param - lr * velocity, velocity"
UPHILL = "velocity = beta * velocity - lr * grad\nreturn param - velocity, velocity"


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return make_release(tmp_path_factory.mktemp("release"), [TOPIC])


@pytest.fixture
def student(release, tmp_path):
    def check(*more, **bodies):
        if bodies:
            text = written(TOPIC, **bodies)
            (tmp_path / "optimizers.py").write_text(text, encoding="utf-8")
        return shell(release, "check", "optimizers.py", *more, cwd=tmp_path).stdout

    return check


def told(text):
    """Return what of a mistake is told, and what would tell more."""
    labels = {word for word in ("asked", "came", "cause", "hint") if f"{word}:" in text}
    return labels, text.strip().rsplit(" ", 1)[1]


def test_each_time_one_asks_one_rung_more_is_told(student):
    first = {"asked", "came"}
    assert told(student(momentum_step=OUTSIDE)) == (first, "--hint")
    assert told(student()) == (first, "--hint")
    assert told(student("--hint")) == (first | {"cause"}, "--hint")
    assert told(student()) == (first | {"cause"}, "--hint")
    assert told(student("--hint", "-e", "momentum_step")) == (
        first | {"cause", "hint"},
        "--explain",
    )
    assert told(student()) == (first | {"cause", "hint"}, "--explain")


def test_another_mistake_begins_at_the_lowest_rung(student):
    student("--hint", momentum_step=OUTSIDE)
    assert "cause" not in told(student(momentum_step=UPHILL))[0]
    assert "cause" in told(student(momentum_step=OUTSIDE))[0]


def test_explain_tells_all_at_once(student):
    text = student("--explain", momentum_step=OUTSIDE)
    assert {"cause", "hint"} <= told(text)[0]
    assert "To try it yourself" in text


def test_an_exception_is_told_with_its_remedy_at_once(student):
    assert "Did you mean `param`?" in student(sgd_step="return parm - lr * grad")


def test_the_instructor_may_open_all_rungs(release, student):
    setting = release / "assignments" / "desk.toml"
    setting.write_text('hints = "open"\n', encoding="utf-8")
    try:
        assert told(student(momentum_step=OUTSIDE)) == (
            {"asked", "came", "cause", "hint"},
            "--explain",
        )
        setting.write_text('hints = "ladder"\n', encoding="utf-8")
        assert "hint" not in told(student())[0]
    finally:
        setting.unlink()


def test_what_was_asked_is_kept_with_the_file(student, tmp_path):
    student("--hint", momentum_step=OUTSIDE)
    about = "lr-outside-the-velocity"
    assert Kept(tmp_path / "optimizers.py").asked("momentum_step", about) == 1
