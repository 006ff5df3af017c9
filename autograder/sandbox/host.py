"""The judge's side of the sandbox: one zygote, workers on request, readers for costly files."""

from collections.abc import Sequence
from types import TracebackType
from typing import Final

from autograder.sandbox.imports import DEFAULT_IMPORTS
from autograder.sandbox.line import Line
from autograder.sandbox.parent import Zygote, ZygoteDied
from autograder.sandbox.types import Cell, Failure, Limits, SandboxUnavailable
from autograder.sandbox.worker import Worker
from autograder.submission.cells import CHEAP_CODE, SubmissionCell

LEVELS: Final = ("strict", "best", "process", "A", "B", "F", "S")
DEFAULT_LIMITS: Final = Limits()
READER: Final = Limits(seconds=2.0, load_seconds=2.0, memory=80 << 20)
NOTEBOOK_READER: Final = Limits(seconds=5.0, memory=400 << 20)


class Sandbox:
    """A place to run submissions in: one zygote, any number of workers.

    It belongs to the thread that makes it: where there are namespaces, the zygote ends with it.

    Parameters
    ----------
    level : str
        ``"strict"`` (A or B, else refuse), ``"best"`` (the best hardened level there is, else
        refuse), ``"process"`` (not hardened), or one level by name.
    imports : tuple of str
        Packages that submissions may import, beside the standard library.
    limits : Limits
        What each worker may use.

    Raises
    ------
    SandboxUnavailable
        This machine does not have the level, or a layer failed when it was needed.
    """

    def __init__(
        self,
        level: str = "best",
        *,
        imports: tuple[str, ...] = DEFAULT_IMPORTS,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        if level not in LEVELS:
            raise ValueError(f"expected a level among {', '.join(LEVELS)}, got {level!r}")
        self.asked = level
        self.imports = imports
        self.limits = limits
        self._zygote = self._start()
        self.level: str = self._zygote.hello["level"]
        self.layers: tuple[str, ...] = tuple(self._zygote.hello["layers"])
        self.reasons: dict[str, str] = self._zygote.hello["reasons"]
        with self.worker():  # a whole life of a worker, before anything depends on it
            pass

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the zygote, and every worker with it."""
        self._zygote.close()

    def worker(self, limits: Limits | None = None) -> Worker:
        """Fork a fresh, confined worker; a dead zygote is replaced first."""
        limits = limits or self.limits
        try:
            return Worker(Line(self._zygote, limits))
        except ZygoteDied:
            self._zygote.close()
        self._zygote = self._start()
        if self._zygote.hello["level"] != self.level:
            raise SandboxUnavailable(f"level {self.level} was lost while grading")
        try:
            return Worker(Line(self._zygote, limits))
        except ZygoteDied as error:
            raise SandboxUnavailable(f"no worker can be started: {error}") from None

    def vet(self, cells: Sequence[Cell]) -> list[Failure | None]:
        """Say which cells the judge must not parse: a confined reader has tried and failed.

        A hostile source of a few hundred kilobytes can cost its parser hundreds of megabytes; a
        short submission cannot, and is let through untried.
        """
        if sum(len(cell.source) for cell in cells) <= CHEAP_CODE:
            return [None] * len(cells)
        found: list[Failure | None] = []
        while len(found) < len(cells):
            with self.worker(READER) as reader:
                tried = reader.parse(cells[len(found) :])
                found += [outcome.failure for outcome in tried]
        return found

    def parse_notebook(self, text: str, name: str = "notebook") -> list[SubmissionCell]:
        """Parse a notebook like `notebooks.parse_notebook`, in a confined reader.

        Twenty megabytes of JSON can decode to half a gigabyte, and a cell be written against the
        one who looks for magics in it. The text of cells that are not code is left out.

        Raises
        ------
        SubmissionError
            The text is not a notebook, or reading it takes too much.
        """
        with self.worker(NOTEBOOK_READER) as reader:
            return reader.parse_notebook(text, name)

    def _start(self) -> Zygote:
        return Zygote(self.asked, self.imports)


def survey() -> dict[str, str]:
    """Try each optional layer alone; return why it does not work here, or an empty text."""
    zygote = Zygote("survey", DEFAULT_IMPORTS)
    zygote.close()
    return {str(name): str(reason) for name, reason in zygote.hello.items()}
