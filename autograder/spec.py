"""The vocabulary of `checks.py`: exercises, their checks, and questions.

momentum = Exercise("momentum_step", points=3)

@momentum.check(weight=2)
def several_steps(rng):
    '''Follows ten steps on a quadratic bowl.'''
    yield param, grad, state

why = Question("why_momentum", points=2, guide="...")

What students believe stands beside it in ``misconceptions.md`` (see `autograder.topic.beliefs`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import numpy as np

from autograder.cases import backwards, by_columns, entries, single, spread
from autograder.values.nested import Value

__all__ = ["Case", "Check", "Exercise", "Misconception", "Question"]


class Case:
    """The arguments of one call of a driver: ``Case(image, kernel, stride=2)``.

    Attributes
    ----------
    args : tuple
    kwargs : dict
    """

    __slots__ = ("args", "kwargs")

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.args = args
        self.kwargs: dict[str, Any] = kwargs

    def __repr__(self) -> str:
        return f"Case({len(self.args)} positional, keywords {sorted(self.kwargs)})"


Generator = Callable[["np.random.Generator"], Iterable[object]]  # quoted: `np.random` loads late


@dataclass(eq=False)
class Check:
    """One fact about an exercise: a sentence, a weight and a generator of cases.

    Attributes
    ----------
    name : str
        Unique within the exercise.
    sentence : str
        What the student reads.
    weight : float
        Its share of the exercise's points.
    hidden : bool
        Hidden checks are drawn only in official grading and are in no release.
    needs : tuple of str
        Checks of the same exercise whose failure explains a failure of this one.
    rtol, atol : float or None
        None: derived from dtype and size (see `autograder.values.compare`).
    observe : str
        The driver in `autograder.observe`.
    exact : bool
        No near-edge test: the cases are equalities, discrete or statistical.
    dtype : bool
        The dtype of the output counts, not only its kind.
    fresh : bool
        What comes back must not share memory with what was given.
    notices : tuple of str
        Wrong variants, by key: the cases are drawn again until they give each of them away.
    """

    name: str
    sentence: str
    generate: Generator | None
    weight: float = 1.0
    hidden: bool = False
    needs: tuple[str, ...] = ()
    rtol: float | None = None
    atol: float | None = None
    observe: str = "call"
    exact: bool = False
    dtype: bool = False
    fresh: bool = False
    notices: tuple[str, ...] = ()

    def cases(self, rng: np.random.Generator) -> list[Case]:
        """Draw the cases of this check."""
        assert self.generate is not None, "a recorded check has no generator"
        return [_as_case(case) for case in self.generate(rng)]


def _as_case(given: object) -> Case:
    if isinstance(given, Case):
        return given
    return Case(*given) if isinstance(given, tuple) else Case(given)


@dataclass(eq=False)
class Misconception:
    """A belief students hold, as a wrong variant of the solution, with a teacher's hint.

    Attributes
    ----------
    name : str
        The belief, such as ``"xy-swapped"``.
    hint : str
        A question that leads on without giving the answer away.
    convention : str or None
        The published convention this variant follows, where it is one.
    replace, by : tuple of str
        Edits of the solution region; each text stands in it exactly once.
    function : callable or None
        A whole wrong function, where an edit does not do.
    forms : list of Misconception
        The same belief worked out in other ways, which give other values.
    key : str
        Tells the forms of one belief apart; of the first it is the name.
    """

    name: str
    hint: str
    convention: str | None = None
    replace: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    function: Callable[..., Value] | None = None
    forms: list[Misconception] = field(default_factory=list)
    key: str = ""

    def __post_init__(self) -> None:
        self.key = self.key or self.name


@dataclass(frozen=True)
class Question:
    """A question that the student answers in words and a person grades.

    Attributes
    ----------
    name : str
        As in the chapter's heading ``### Question `name```.
    points : float
        Given by hand: no automatic score holds them.
    guide : str
        For graders only: what a full answer holds, and what half an answer looks like.
    text : str
        What is asked; the chapter's words, where the question stands in one.
    """

    name: str
    points: float
    guide: str = ""
    text: str = ""


@dataclass(eq=False)
class Exercise:
    """One function the student writes.

    Attributes
    ----------
    name : str
        The function's name in the chapter.
    points : float
    needs : tuple of str
        Exercises whose functions the solution calls.
    forbid : tuple of str
        Names and attribute chains the student may not use, such as ``"np.convolve"``.
    checks : list of Check
    misconceptions : list of Misconception
        From ``misconceptions.md``. Each once; `variants` lists their other forms too.
    """

    name: str
    points: float
    needs: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    checks: list[Check] = field(default_factory=list)
    misconceptions: list[Misconception] = field(default_factory=list)

    def check(
        self,
        *,
        weight: float = 1.0,
        hidden: bool = False,
        needs: Check | Iterable[Check] | None = None,
        rtol: float | None = None,
        atol: float | None = None,
        observe: str = "call",
        exact: bool = False,
        dtype: bool = False,
        fresh: bool = False,
        notices: Iterable[str] = (),
    ) -> Callable[[Generator], Check]:
        """Declare a check; the docstring of the decorated generator is its sentence."""
        wanted = () if needs is None else (needs,) if isinstance(needs, Check) else tuple(needs)

        def register(generate: Generator) -> Check:
            sentence = inspect.cleandoc(generate.__doc__ or "")
            name = getattr(generate, "__name__", "")
            if not sentence:
                raise ValueError(f"{self.name}: the check {name} needs a docstring for the student")
            if any(name == other.name for other in self.checks):
                raise ValueError(f"{self.name}: two checks are called {name}")
            new = Check(
                name=name,
                sentence=" ".join(sentence.split()),
                generate=generate,
                weight=weight,
                hidden=hidden,
                needs=tuple(other.name for other in wanted),
                rtol=rtol,
                atol=atol,
                observe=observe,
                exact=exact,
                dtype=dtype,
                fresh=fresh,
                notices=tuple(notices),
            )
            self.checks.append(new)
            return new

        return register

    def in_other_dress(
        self,
        check: Check,
        *,
        weight: float = 1.0,
        keeps: bool = True,
        rtol: float | None = None,
        atol: float | None = None,
        notices: Iterable[str] | None = None,
    ) -> Check:
        """Declare, as a public check, that `check` holds in float32 and in any memory layout.

        Each of its cases is asked in float32, with gaps in memory, backwards or by columns, and the
        largest also as it came, by columns.

        Parameters
        ----------
        check : Check
            A public check of this exercise; where it fails, this one waits.
        weight : float
        keeps : bool
            Whether what is returned has the dtype of what was given, and is wrong in another.
        rtol, atol : float or None
            None: derived from dtype and size, for each case by itself.
        notices : iterable of str, optional
            None: those of `check`.

        Raises
        ------
        ValueError
            If `check` has a tolerance of its own and none is given here: float32 needs a wider one.
        """
        if check.rtol is not None and rtol is None:
            raise ValueError(f"{self.name}: in_other_dress({check.name}) needs a tolerance, `rtol`")
        assert check.generate is not None, "a recorded check has no generator"
        generate = check.generate

        def in_other_dress(rng: np.random.Generator) -> Iterator[Case]:
            drawn = [(case.args, case.kwargs) for case in map(_as_case, generate(rng))]
            drawn.sort(key=entries, reverse=True)
            layouts = cycle((spread, backwards, by_columns))
            dressed = [layout(single(case)) for layout, case in zip(layouts, drawn)]
            for args, kwargs in (*dressed, by_columns(drawn[0])):
                yield Case(*args, **kwargs)

        takes = "Keeps float32, and takes" if keeps else "Takes float32 and"
        in_other_dress.__doc__ = f"{takes} arrays of any memory layout."
        return self.check(
            weight=weight,
            needs=check,
            rtol=rtol,
            atol=atol,
            observe=check.observe,
            exact=check.exact,
            dtype=keeps,
            notices=check.notices if notices is None else notices,
        )(in_other_dress)

    def in_new_arrays(self, check: Check, *, weight: float = 1.0) -> Check:
        """Declare, as a public check, that what comes back shares no memory with what was given.

        Parameters
        ----------
        check : Check
            A public check of this exercise, whose cases are asked; where it fails, this one waits.
        weight : float
        """
        assert check.generate is not None, "a recorded check has no generator"
        generate = check.generate

        def in_new_arrays(rng: np.random.Generator) -> Iterator[Case]:
            yield from map(_as_case, generate(rng))

        in_new_arrays.__doc__ = "Returns new arrays: none shares its memory with what was given."
        return self.check(
            weight=weight,
            needs=check,
            rtol=check.rtol,
            atol=check.atol,
            observe=check.observe,
            exact=check.exact,
            fresh=True,
        )(in_new_arrays)

    @property
    def variants(self) -> list[Misconception]:
        """The wrong variants: the misconceptions, and their other forms."""
        return [form for wrong in self.misconceptions for form in (wrong, *wrong.forms)]

    def __iter__(self) -> Iterator[Check]:
        return iter(self.checks)
