"""``--explain``: the smallest public case that shows the mistake, with its numbers.

Where a belief was recognised it is the smallest case in which that belief and the right one part;
the values of both stand side by side.
"""

from __future__ import annotations

import inspect
import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder import observe
from autograder.desk.selfcheck import Checked
from autograder.judging.observation import Observation
from autograder.report.terminal import Look
from autograder.submission.signature import parameters, value_text
from autograder.topic.trials import Trial
from autograder.values.compare import Noise, Raised, Words, compare, equal
from autograder.values.nested import count_numbers, leaves

__all__ = ["Shown", "explain", "numbers", "smallest", "smallest_case"]

FULL = 24  # numbers up to which an array is shown whole
HANDING_ON = ("again", "at", "collect", "fires", "item", "sample", "sum_of")
"""Drivers that give the function all that is not their own, from its first parameter on."""
AS_CODE = 40  # numbers up to which a case is given as code


@dataclass(frozen=True)
class Shown:
    """The case that is shown, and what came of it."""

    seen: Observation
    number: int
    belief: str | None

    @property
    def trial(self) -> Trial:
        """The case with the truth about it."""
        return self.seen.trials[self.number]

    @property
    def output(self) -> object:
        """What the student's function gave."""
        return self.seen.outputs[self.number] if self.number < len(self.seen.outputs) else None


def size(value: Any) -> int:
    """Count the numbers in a nested value, those in its functions and environments too."""
    held = (leaf for leaf in leaves(value) if isinstance(leaf, observe.Function | observe.Env))
    return count_numbers(value) + sum(size(leaf.arrays) - 1 for leaf in held)


def smallest(seen: list[Observation], beliefs: dict[str, str | None]) -> Shown | None:
    """Return the smallest failed case; with a recognised belief, of those it fails."""
    found: list[tuple[tuple[bool, bool, int, int], Shown]] = []
    for observation in seen:
        if observation.passed or observation.skipped:
            continue
        belief = beliefs.get(observation.check.name)
        for number, trial in enumerate(observation.trials):
            if number < len(observation.outputs) and _shows(observation, number, belief):
                plain = observation.check.observe == "call"
                cost = size((trial.case.args, trial.case.kwargs)) + size(trial.expected)
                key = (belief is None, not plain, cost, len(found))
                found.append((key, Shown(observation, number, belief)))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _shows(seen: Observation, number: int, belief: str | None) -> bool:
    trial, output = seen.trials[number], seen.outputs[number]
    if belief is not None:
        return any(equal(value, output, trial.tol) for value in _forms(trial, belief))
    if isinstance(output, Raised) or seen.mild:
        return True
    return not equal(trial.expected, output, trial.tol)


def _forms(trial: Trial, belief: str) -> list[object]:
    """Return what the forms of a belief give, where it is not the truth."""
    values = trial.variants().items()
    found = [value for key, value in values if key == belief or key.startswith(f"{belief} (")]
    return [value for value in found if not isinstance(value, Noise)]


def explain(checked: Checked, look: Look) -> str:
    """Write the explanation of the first exercise that is wrong (of each that was asked for)."""
    wrong = [e for e in checked.report if e.status == "failed"]
    if not wrong:
        return (
            "\n" + look.wrap("Nothing to explain: no check of a written exercise fails.", 0) + "\n"
        )
    return "".join(_exercise(checked, exercise.name, look) for exercise in wrong[:1])


def _exercise(checked: Checked, name: str, look: Look) -> str:
    found = _found(checked, name)
    if found is None:
        return ""
    shown, signature, names = found
    lines = ["", look.paint(f"The smallest case that shows it: {name}", "bold")]
    lines.append(look.wrap(f"{shown.seen.check.sentence} (case {shown.number + 1})", 0))
    lines += ["", *_inputs(shown, signature), *_outputs(shown, names, look)]
    code = _code(shown, checked.report.topic, name, checked.target.path.stem, signature)
    return "\n".join([*lines, "", look.paint("To try it yourself:", "bold"), *code]) + "\n"


def _found(checked: Checked, name: str) -> tuple[Shown, str, list[str]] | None:
    """Return the smallest case of an exercise, its signature, and the names of what it returns."""
    (result,) = [e for e in checked.report if e.name == name]
    beliefs = {check.name: check.misconception for check in result.checks}
    shown = smallest(checked.observations.get(name, []), beliefs)
    if shown is None:
        return None
    asked = next(e for e in checked.source.exercises if e.name == name)
    names = checked.source.returns(asked) if shown.seen.check.observe == "call" else []
    return shown, checked.source.signature(asked), names


@dataclass(frozen=True)
class SmallestCase:
    """The smallest case that shows a mistake, as data.

    Attributes
    ----------
    sentence : str
        Of the check.
    given, results : list of (str, value)
        The arguments, and what was expected beside what came.
    code : list of str
        Lines that repeat it where the function is defined.
    """

    sentence: str
    given: list[tuple[str, object]]
    results: list[tuple[str, object]]
    code: list[str]


def smallest_case(checked: Checked, name: str) -> SmallestCase | None:
    """Return the smallest case that shows what is wrong with an exercise, if one does."""
    found = _found(checked, name)
    if found is None:
        return None
    shown, signature, names = found
    truth, came = shown.trial.expected, shown.output
    lines = _code(shown, checked.report.topic, name, checked.target.path.stem, signature)
    return SmallestCase(
        shown.seen.check.sentence,
        list(_named(shown, signature)),
        [*_labelled("expected", truth, names), *_labelled("yours", came, names)],
        [line.strip() for line in lines if f"import {name}" not in line],
    )


def _named(shown: Shown, signature: str) -> Iterator[tuple[str, object]]:
    """Yield the arguments with their names."""
    case, plain = shown.trial.case, shown.seen.check.observe == "call"
    names = [p.name for p in parameters(signature)]
    if not plain:
        driver = shown.seen.check.observe
        names = [*_own(driver), *names[_fed(driver, case.args) :]]
    for number, value in enumerate(case.args):
        yield (names[number] if number < len(names) else f"value {number + 1}"), value
    yield from case.kwargs.items()


def _fed(driver: str, args: Sequence[object]) -> int:
    """Return how many of the function's own arguments a driver fills by itself, the first ones."""
    if driver in HANDING_ON or driver == "each":
        return 0  # each: a column for each argument
    state = args[0] if args else None
    filled = len(state) if isinstance(state, tuple) else 1
    return filled + 1 if driver == "scan" else filled


def _own(driver: str) -> list[str]:
    """Name what a driver itself takes first, before what it hands on."""
    given = inspect.signature(observe.DRIVERS[driver]).parameters.values()
    return [p.name for p in given if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD][1:]


def _inputs(shown: Shown, signature: str) -> Iterator[str]:
    named = list(_named(shown, signature))
    wide = max([len(name) for name, _ in named], default=0)
    for name, value in named:
        yield from _block(f"  {name:<{wide}} = ", numbers(value))


def _labelled(label: str, value: object, names: list[str]) -> Iterator[tuple[str, object]]:
    """Yield a value, or each of several values returned with its name."""
    if isinstance(value, tuple | list) and len(value) == len(names) > 1:
        yield from ((f"{label} {name}", item) for name, item in zip(names, value, strict=True))
    else:
        yield label, value


def _outputs(shown: Shown, names: list[str], look: Look) -> Iterator[str]:
    trial, output = shown.trial, shown.output
    yield ""
    rows = [*_labelled("expected", trial.expected, names), *_labelled("yours", output, names)]
    wide = max(len(label) for label, _ in rows)
    beliefs = _forms(trial, shown.belief) if shown.belief else []
    for label, value in rows:
        yield from _block(f"  {label:<{wide}} = ", numbers(value))
    if beliefs:
        alike = any(equal(belief, output, trial.tol) for belief in beliefs)
        same = "the same as" if alike else "not quite"
        yield f"  Yours is {same} what the belief {shown.belief!r} gives."
    if not isinstance(output, Raised):
        found = compare(trial.expected, output, trial.tol, Words(tuple(names)))
        if found:
            yield from (look.wrap(text, 2) for text in (found.text, found.values) if text)
        elif shown.seen.modified:
            yield look.wrap(f"The values are right, but the call changed {shown.seen.modified}.", 2)
        elif shown.seen.shared:
            yield look.wrap("The values are right, but not in arrays of their own.", 2)


def _block(lead: str, text: str) -> Iterator[str]:
    first, *rest = text.split("\n")
    yield f"{lead}{first}"
    yield from (f"{' ' * len(lead)}{line}" for line in rest)


def numbers(value: object) -> str:
    """Write a value with its numbers; of a large array only the corners."""
    if isinstance(value, Raised):
        return f"{value.type_name} (raised)"
    if isinstance(value, np.ndarray):
        text = np.array2string(
            value, precision=6, threshold=FULL * 4, edgeitems=2, max_line_width=72
        )
        note = "" if value.size <= 1 else f"  {value.dtype} {value.shape}"
        return text + note if "\n" not in text else f"{text}\n{note.strip()}"
    if isinstance(value, tuple | list) and size(value) > len(value):
        inner = [numbers(item) for item in value[:4]]
        more = [f"... {len(value) - 4} more"] if len(value) > 4 else []
        return "\n".join([*inner, *more])
    return value_text(value)


def _code(shown: Shown, topic: str, name: str, module: str, signature: str) -> Iterator[str]:
    """Yield lines that repeat the case in a session of one's own."""
    case, check = shown.trial.case, shown.seen.check
    module = module if module.isidentifier() else topic
    if check.observe == "call" and _writable((case.args, case.kwargs)):
        yield "  import numpy as np"
        yield f"  from {module} import {name}"
        names = []
        for label, value in _named(shown, signature):
            if size(value) > 1 and label.isidentifier():
                yield f"  {label} = {literal(value)}"
                names.append(label)
            else:
                names.append(literal(value))
        plain, keys = names[: len(case.args)], zip(case.kwargs, names[len(case.args) :])
        said = [*plain, *(f"{key}={value}" for key, value in keys)]
        yield f"  {name}({', '.join(said)})"
        return
    yield "  from autograder.selfcheck import case"
    yield f"  from {module} import {name}"
    yield f'  args, kwargs = case("{topic}", "{name}", "{check.name}", {shown.number + 1})'
    if check.observe == "call":
        yield f"  {name}(*args, **kwargs)"
    else:
        told = observe.DRIVERS[check.observe].__doc__ or ""
        told = textwrap.shorten(told, 120, placeholder=" ...")
        yield f"  # they go to the driver `{check.observe}`: {told}"


def _writable(value: object) -> bool:
    plain = np.ndarray | np.generic | bool | int | float | str | observe.Seed | None
    return size(value) <= AS_CODE and all(isinstance(leaf, plain) for leaf in leaves(value))


def literal(value: object) -> str:
    """Write a small value as code."""
    if isinstance(value, np.ndarray):
        kind = "" if value.dtype in (np.float64, np.int64, np.bool_) else f", np.{value.dtype}"
        return f"np.array({literal(value.tolist())}{kind})"
    if isinstance(value, np.generic):
        return f"np.{value.dtype}({value.item()!r})"
    if isinstance(value, tuple | list):
        inner = ", ".join(map(literal, value))
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, observe.Seed):
        return f"np.random.default_rng({value.value})"
    if isinstance(value, float):
        return repr(float(f"{value:.6g}")) if math.isfinite(value) else f"np.{value}"
    return repr(value)
