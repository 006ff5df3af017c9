"""In a notebook: ``check("lstm_step")`` shows the verdict, ``show(figure)`` the reward.

What is judged is the function as it stands in the running notebook; the verdict is the one that
`autograder check` gives the same code. Nothing here raises on unfinished work: *Restart & Run All*
reaches the end.
"""

from __future__ import annotations

import inspect
import io
import linecache
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from types import FunctionType
from typing import Any

from autograder.desk.afresh import warnings_of
from autograder.desk.cards import card, html, warned_card
from autograder.desk.ladder import NO_CHECKS
from autograder.desk.rewards import beside_core, capstone_summary, few_threads
from autograder.desk.selfcheck import Checked, DeskWorker, judge
from autograder.desk.target import Target
from autograder.desk.trouble import trouble
from autograder.judging.remedies import nearest
from autograder.report import terminal
from autograder.sandbox.types import Cell, Outcome
from autograder.submission.cells import Submission, SubmissionCell
from autograder.topic.catalogue import RECORD, Catalogue, CatalogueError
from autograder.topic.known import known
from autograder.topic.live import LiveSource
from autograder.topic.record import RecordedSource, RecordError
from autograder.topic.seeds import seeder
from autograder.topic.trials import Source

__all__ = ["Notebook", "Points", "attach"]


class Points(float):
    """Points earned: a plain number in text, the verdict in HTML."""

    html: str

    def __new__(cls, value: float, html: str) -> Points:
        """Make points that carry their verdict."""
        made = super().__new__(cls, value)
        made.html = html
        return made

    def __repr__(self) -> str:
        """Return the number as it is."""
        return float.__repr__(self)

    def _repr_html_(self) -> str:
        return self.html


class LiveWorker(DeskWorker):
    """Calls the functions of the running notebook.

    Parameters
    ----------
    space : dict
        The notebook's namespace.
    names : dict
        What to call the cell behind each file name that Python knows.
    """

    def __init__(self, space: dict[str, object], names: Mapping[str, str]) -> None:
        super().__init__()
        self._submission.space = space
        self._submission.files = set(names)
        self._names = names

    def load(self, cells: Sequence[Cell], seconds: float | None = None) -> list[Outcome]:
        """Run nothing: the notebook's cells ran when the student ran them."""
        return []

    def call(self, *args: Any, **options: Any) -> Outcome:
        """Call a function; a failure names the cell as the notebook does."""
        outcome = super().call(*args, **options)
        failure = outcome.failure
        if failure is None or failure.cell is None:
            return outcome
        cell = self._names.get(failure.cell, failure.cell)
        return replace(outcome, failure=replace(failure, cell=cell))


Official = Callable[[str], float | None]


def _nobody(name: str) -> None:
    """Give no official verdict."""


def attach(shell: Any, official: Official = _nobody) -> Notebook:
    """Put `check`, `show` and `grade` into a shell's namespace, and the magic ``%topic``."""
    made = Notebook(shell.user_ns, shell, official)
    shell.push({"check": made.check, "show": made.show, "grade": made.grade}, interactive=False)
    shell.register_magic_function(made.set_topic, "line", "topic")
    return made


class Notebook:
    """The running notebook: its namespace, its topic, and what a student asks of it.

    Parameters
    ----------
    space : dict
        The namespace the student's functions are in.
    shell : object, optional
        IPython's shell.
    official : callable, optional
        Returns the official verdict on an exercise where there is one, else None.
    """

    def __init__(
        self, space: dict[str, object], shell: object = None, official: Official = _nobody
    ) -> None:
        self.space = space
        self.shell = shell
        self.official = official
        self.topic = ""

    # --- what the student calls -----------------------------------------------------------------

    def check(
        self, exercise: str | Callable[..., object] | None = None, *, explain: bool = False
    ) -> Points | None:
        """Judge one exercise by the public checks; without a name, the whole topic.

        Parameters
        ----------
        exercise : str or function
            Its name, or the function itself.
        explain : bool
            Whether cause, hint and the smallest case are shown at once.

        Returns
        -------
        float
            The points the public checks give; shown as the verdict.
        """
        name = None if exercise is None else _name(exercise)
        try:
            source, path = self._source(name)
            if source.exam == NO_CHECKS:
                raise RecordError(f"{source.topic} is an exam: nothing is checked here")
        except (CatalogueError, RecordError) as problem:
            return self._say(0.0, str(problem))
        known = [asked.name for asked in source.exercises]
        if name is not None and name not in known:
            like = nearest(name, known)
            meant = f"did you mean {like}? " if like else ""
            told = f"{source.topic} has no exercise {name}: {meant}there are {', '.join(known)}"
            return self._say(0.0, told)
        checked = self._judge(source, path, name)
        points = min(max(checked.report.earned, 0.0), checked.report.points)
        self._in_terminal(checked, name)
        afresh = self._afresh(checked)
        for told in afresh:
            self._print_in_terminal(told)
        shown = html(checked, focus=name is not None, explain=explain)
        return Points(points, shown + "".join(map(warned_card, afresh)))

    def show(self, reward: Callable[[], Any]) -> None:
        """Run a figure or a capstone and show what it gives; say calmly what it still needs."""
        try:
            with few_threads():
                start = time.perf_counter()
                result = reward()
                seconds = time.perf_counter() - start
        except NotImplementedError as missing:
            what = str(missing) or self._unwritten(missing)
            self._display_text(f"Not yet: {what or 'an exercise'} is still to write.")
            return
        except Exception as error:
            self._display_text(self._trouble(error))
            return
        capstone = isinstance(result, Mapping)
        if isinstance(result, Mapping):
            self._display_text(capstone_summary(dict(result)))
            result = result.get("figure")
        if result is not None:
            self._display_figure(result)
        told = beside_core(reward, self.topic, seconds) if capstone and self.topic else ""
        if told:
            self._display_text(told)

    def grade(self, exercise: str | Callable[..., object]) -> float:
        """Judge one exercise with hidden checks on fresh cases, where the checks are; never raise.

        In a course's folder it is the official verdict on the file handed in. In a release, where
        the hidden checks are not, the public ones decide.
        """
        name = _name(exercise)
        try:
            given = self.official(name)
            if given is not None:
                return given
            source, path = self._source(name)
            if name not in [asked.name for asked in source.exercises]:
                return 0.0
            checked = self._judge(self._hidden(source.topic) or source, path, name)
        except Exception:
            return 0.0
        return float(min(max(checked.report.earned, 0.0), checked.report.points))

    def set_topic(self, line: str) -> None:
        """Say which topic this notebook is about: ``%topic lstm``."""
        self.topic = line.strip()

    # --- which topic ------------------------------------------------------------------------------

    def _source(self, name: str | None) -> tuple[RecordedSource, Path]:
        catalogue = Catalogue.find()
        topic = self.topic or self._guess(catalogue, name)
        beside = Path.cwd() / RECORD
        if beside.is_file():
            found = RecordedSource(beside)
            if not topic or found.topic == topic:
                return found, beside
        if not topic:
            raise CatalogueError("say which topic this notebook is about: %topic NAME")
        path = catalogue.record(topic)
        return RecordedSource(path), path

    def _guess(self, catalogue: Catalogue, name: str | None) -> str:
        """Return the topic whose exercises this notebook defines."""
        if (Path.cwd() / RECORD).is_file():
            return ""
        topics = known(catalogue, released=True)
        defined = frozenset(key for key, value in list(self.space.items()) if callable(value))
        among = [t for t in topics.names if name is None or name in topics.exercises(t)]
        first = among[0] if name and among else ""
        return (topics.by_content(defined, among) if among else "") or first

    def _hidden(self, topic: str) -> Source | None:
        """Return fresh cases with hidden checks, where the topic's checks are installed."""
        catalogue = Catalogue.find()
        if not catalogue.authored or topic not in catalogue.names():
            return None
        return LiveSource(catalogue.topic(topic), seeder(os.urandom(16), "notebook"))

    # --- judging ----------------------------------------------------------------------------------

    def _judge(self, source: Source, path: Path, name: str | None) -> Checked:
        submission, names = self._submission()
        only = None if name is None else [name]
        target = Target(source.topic, Path(f"{source.topic}.ipynb"), path)

        def fork() -> LiveWorker:
            return LiveWorker(self.space, names)

        checked = judge(target, submission, source, fork, only, names=names)
        for exercise in checked.report:
            if exercise.status == "missing" and "meant" not in exercise.message:
                exercise.message = (
                    f"{exercise.name} is not defined: run its cell first (did it end in an error?)"
                )
        return checked

    def _afresh(self, checked: Checked) -> list[str]:
        """Say where grading the file, run afresh, would give fewer points than the kernel does."""
        try:
            told = warnings_of(
                checked.report, checked.source, checked.target, checked.submission, self.space
            )
        except Exception:  # the file is being written, or is none: the verdict itself stands
            return []
        return [f"{name}: {text}" for name, text in told.items()]

    def _submission(self) -> tuple[Submission, dict[str, str]]:
        """Return the cells that define functions as they stand now, and their names by file."""
        cells: dict[str, SubmissionCell] = {}
        for value in list(self.space.values()):
            if not isinstance(value, FunctionType) or value.__module__ != "__main__":
                continue
            file = inspect.unwrap(value).__code__.co_filename
            lines = linecache.getlines(file)
            if lines and file not in cells:
                source = "".join(lines).rstrip("\n")
                cells[file] = SubmissionCell(source, self._cell_name(file))
        names = {file: cell.name for file, cell in cells.items()}
        return Submission("notebook", tuple(cells.values()), "this notebook"), names

    def _cell_name(self, file: str) -> str:
        """Return ``In[3]`` for the file IPython made of a cell."""
        numbers = getattr(getattr(self.shell, "compile", None), "_filename_map", {})
        return f"In[{numbers[file]}]" if file in numbers else "its cell"

    # --- showing ----------------------------------------------------------------------------------

    def _say(self, points: float, message: str) -> Points:
        self._print_in_terminal(message)
        return Points(points, card(f"<p>{escape(terminal.clean(message))}</p>"))

    def _in_terminal(self, checked: Checked, name: str | None) -> None:
        self._print_in_terminal(
            terminal.verdict(checked.report, terminal.Look(), focus=name is not None)
        )

    def _print_in_terminal(self, text: str) -> None:
        """Print the verdict where no HTML is shown."""
        if type(self.shell).__name__ == "TerminalInteractiveShell":
            print(text)

    def _unwritten(self, missing: BaseException) -> str:
        """Name the student's function that is still to write."""
        trace, name = missing.__traceback__, ""
        while trace is not None:
            name, trace = trace.tb_frame.f_code.co_name, trace.tb_next
        return name

    def _trouble(self, error: BaseException) -> str:
        """Say what went wrong in a reward, in which line of the notebook, and what to do."""
        return trouble(error, *self._submission())

    def _display_text(self, text: str) -> None:
        print(terminal.clean(text))

    def _display_figure(self, figure: object) -> None:
        """Show a figure once, as a picture of its own."""
        if not hasattr(figure, "savefig"):
            print(figure)
            return
        from IPython.display import Image, display

        stream = io.BytesIO()
        figure.savefig(stream, format="png", dpi=110, bbox_inches="tight")
        display(Image(data=stream.getvalue()))
        import matplotlib.pyplot as plt

        plt.close(figure)


def _name(exercise: str | Callable[..., object]) -> str:
    return exercise if isinstance(exercise, str) else getattr(exercise, "__name__", "")
