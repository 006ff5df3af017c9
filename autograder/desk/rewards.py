"""What a chapter ends with: its figure and its capstone, run with the student's own functions."""

from __future__ import annotations

import importlib
import runpy
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any

from threadpoolctl import threadpool_limits

from autograder.desk.trouble import trouble
from autograder.report import terminal
from autograder.submission.cells import Submission, SubmissionError
from autograder.submission.reading import MAX_NOTEBOOK, read_text
from autograder.submission.script import split_script

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "beside_core",
    "capstone_summary",
    "draw_beside",
    "few_threads",
    "main",
    "on_core",
    "rebound",
    "track",
]

Say = Callable[..., None]


def track(items: Iterable[object], label: str = "") -> Iterator[tuple[object, Say]]:
    """Yield each item with a `say(loss=..., accuracy=...)` that shows live values beside a bar.

    Examples
    --------
    >>> for epoch, say in track(range(3), "training"):
    ...     say(loss=1 / (epoch + 1))
    training: loss 0.3333 after 3
    """
    entries = list(items)
    shown: dict[str, object] = {}
    start = time.perf_counter()
    live = sys.stderr.isatty() or "ipykernel" in sys.modules
    out = sys.stdout if "ipykernel" in sys.modules else sys.stderr

    def draw(done: int) -> None:
        if not live:
            return
        elapsed = time.perf_counter() - start
        left = elapsed / done * (len(entries) - done) if done else 0.0
        filled = round(24 * done / max(1, len(entries)))
        bar = "█" * filled + "·" * (24 - filled)
        out.write(f"\r{label} {bar} {done}/{len(entries)} {_values(shown)} {left:4.0f} s left ")
        out.flush()

    def say(**values: object) -> None:
        shown.update(values)

    for done, item in enumerate(entries):
        yield item, say
        draw(done + 1)
    if live and entries:
        out.write("\n")
    elif entries and shown:
        print(f"{label}: {_values(shown)} after {len(entries)}", flush=True)


def _values(values: dict[str, object]) -> str:
    return "  ".join(
        f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in values.items()
    )


def capstone_summary(result: dict[str, object]) -> str:
    """Return the lines that tell what a capstone reached."""
    plain = {key: value for key, value in result.items() if key not in ("target_reached", "figure")}
    lines = [_values({key: value}) for key, value in plain.items()]
    reached = result.get("target_reached")
    verdict = {True: "Target reached.", False: "Target not reached yet."}.get(bool(reached), "")
    return "\n".join([*lines, verdict] if reached is not None else lines)


def main(figure: Callable[[], object], capstone: Callable[[], dict[str, object]]) -> None:
    """Draw the chapter's figure into a PNG beside the file and run its capstone.

    A mistake in the student's functions ends it with exit code 1 and a few lines that say where.
    """
    try:
        _run(figure, capstone)
    except NotImplementedError as missing:
        print(f"Not yet: {missing}. Write it, check it, and run this again.")
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        sys.stdout.flush()
        terminal.write(sys.stderr, terminal.clean(_trouble(error)) + "\n")
        sys.exit(1)


def _trouble(error: Exception) -> str:
    """Say what went wrong in which line of the file that is run."""
    path = Path(sys.argv[0])
    try:
        cells = split_script(read_text(path, MAX_NOTEBOOK), path.name)
    except (OSError, SubmissionError):
        cells = []
    names = dict.fromkeys((sys.argv[0], str(path), str(path.resolve())), path.name)
    told = trouble(error, Submission("module", tuple(cells), path.name), names)
    if isinstance(error, ImportError):
        return told
    return f"{told}\nWhich function is not right yet? autograder check {path.name}"


def _run(figure: Callable[[], object], capstone: Callable[[], dict[str, object]]) -> None:
    import matplotlib

    interactive = matplotlib.get_backend().lower() not in ("agg", "pdf", "svg", "ps")
    topic = Path(sys.argv[0] or "figure").stem
    with few_threads():
        _keep(figure(), Path(f"{topic}.png"))
        start = time.perf_counter()
        result = capstone()
        seconds = time.perf_counter() - start
    print(capstone_summary(result))
    if result.get("figure") is not None:
        _keep(result["figure"], Path(f"{topic}_capstone.png"))
    print(beside_core(capstone, topic, seconds), end="")
    if interactive:
        import matplotlib.pyplot as plt

        plt.show()


def beside_core(capstone: Callable[[], dict[str, object]], topic: str, seconds: float) -> str:
    """Run the same capstone on the fast core, where it is installed, and compare.

    Parameters
    ----------
    capstone : callable
        The chapter's, which took `seconds` with the student's functions.
    topic : str
        Whose functions to exchange.
    seconds : float

    Returns
    -------
    str
        A line, or "" where the package ``reference`` is not here.
    """
    same = on_core(capstone, topic)
    if same is None:
        return ""
    with few_threads():
        if seconds < 10:
            same()  # the first run compiles
        start = time.perf_counter()
        result = same()
        core = time.perf_counter() - start
    ratio = seconds / max(core, 1e-9)
    told = "as fast" if 0.9 < ratio < 1.1 else f"{max(ratio, 1 / ratio):.1f} times as fast"
    who = "the core" if ratio >= 1 else "yours"
    reached = {key: value for key, value in result.items() if key != "target_reached"}
    values = capstone_summary(reached)
    return (
        f"The same on the fast core: {core:.1f} s, yours took {seconds:.1f} s "
        f"({told if told == 'as fast' else f'{who} is {told}'}). "
        f"There it gives {values.replace(chr(10), ', ')}.\n"
    )


def on_core(function: Callable[..., object], topic: str) -> Callable[..., Any] | None:
    """Return `function` with the chapter's exercises replaced by the core's, or None without it."""
    try:
        core = importlib.import_module(f"reference.{topic}")
    except ImportError:
        return None
    same = [name for name, _ in _own(function) if hasattr(core, name)]
    return rebound(function, {name: getattr(core, name) for name in same})


def rebound(function: Callable[..., object], others: Mapping[str, object]) -> Callable[..., object]:
    """Return `function` as it would be if its module defined `others` in place of its own."""
    space = dict(getattr(function, "__globals__", {}))
    for name, value in _own(function):
        space[name] = FunctionType(
            value.__code__, space, name, value.__defaults__, value.__closure__
        )
        space[name].__kwdefaults__ = value.__kwdefaults__
    space.update(others)
    made: Callable[..., object] = space[function.__name__]
    return made


def _own(function: Callable[..., object]) -> Iterator[tuple[str, FunctionType]]:
    """Yield the functions of a function's module, by name."""
    ours = getattr(function, "__globals__", {})
    for name, value in ours.items():
        if isinstance(value, FunctionType) and value.__globals__ is ours:
            yield name, value


@contextmanager
def few_threads() -> Iterator[None]:
    """Keep NumPy's BLAS to one thread: waking more for small products costs more than it saves."""
    with threadpool_limits(1):
        yield


def draw_beside(path: str) -> None:
    """Draw the figure of the module at `path` into a PNG beside it."""
    figure: Callable[[], Figure] = runpy.run_path(path, run_name="student")["figure"]
    with few_threads():
        figure().savefig(Path(path).with_suffix(".png"), dpi=150, bbox_inches="tight")


def _keep(drawn: Any, path: Path) -> None:
    drawn.savefig(path, dpi=150, bbox_inches="tight")
    print(f"Figure: {path}")
