"""The judges' warming up: from both ends at once, and nothing is left of it."""

from __future__ import annotations

import os
import sys
import time
from functools import partial

import pytest

from autograder.grading.pool import _draw, _from_the_other_end

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or (os.cpu_count() or 1) < 2, reason="needs a second processor"
)


def test_a_second_process_begins_with_what_comes_last(tmp_path):
    def made(number: int) -> None:
        if number == 1:
            raise ValueError("whoever grades the exercise will tell")
        (tmp_path / f"{number}-{os.getpid()}").touch()

    drawn = [partial(made, number) for number in range(4)]
    with _from_the_other_end(drawn):
        deadline = time.monotonic() + 60
        while len(list(tmp_path.iterdir())) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        beside = {path.name.split("-")[1] for path in tmp_path.iterdir()}
        _draw(drawn)
    assert beside != {str(os.getpid())} and len(beside) == 1
    assert len(list(tmp_path.iterdir())) == 6  # each by both but the one that raises


def test_what_is_still_under_way_is_ended(tmp_path):
    def stay() -> None:
        (tmp_path / str(os.getpid())).touch()
        time.sleep(600)

    with _from_the_other_end([stay]):
        deadline = time.monotonic() + 60
        while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.01)
    (child,) = (int(path.name) for path in tmp_path.iterdir())
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
