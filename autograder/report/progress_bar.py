"""A progress bar with an estimate of the time left, for long work in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autograder.report.console import err, printable
from autograder.report.model import Report, points_text

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(label: str, total: int) -> Iterator[Callable[[int, int, Report | str], None]]:
    """Yield ``step(done, total, report)``, which moves the bar and names whose turn it was."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[last]}"),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(label, total=total or None, last="")  # None: not known yet

        def step(done: int, total: int, report: Report | str) -> None:
            last = (
                report[:24]
                if isinstance(report, str)
                else f"{report.student[:24]}: {points_text(report.earned)}"
            )
            bar.update(task, completed=done, total=total, last=printable(last))

        yield step
