"""Functions of a library that some exercises are to be written without.

A rule over the text (`submission.rules`) sees ``np.convolve``; it does not see a name put together
at run time. So in a worker each such function is replaced, in every module that holds it, by one
that refuses while an exercise runs that is to do without it, and works as ever at other times.
"""

import functools
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

ALIASES = {"np": "numpy"}


class Withheld:
    """Keeps functions back while certain exercises run.

    Parameters
    ----------
    rules : mapping of str to sequence of str
        For each exercise the names it does without, such as ``"np.convolve"``. What is no function
        of a module that is loaded is left alone.
    """

    def __init__(self, rules: Mapping[str, Sequence[str]]) -> None:
        self._rules = {exercise: frozenset(names) for exercise, names in rules.items()}
        self._exercise = ""
        for name in sorted(frozenset().union(*self._rules.values())):
            self._replace(name)

    def run(self, exercise: str, call: Callable[[], object]) -> Any:
        """Return ``call()``, with what the exercise does without kept back."""
        self._exercise = exercise
        try:
            return call()
        finally:
            self._exercise = ""

    def _replace(self, name: str) -> None:
        head, _, leaf = name.rpartition(".")
        package, _, rest = head.partition(".")
        package = ALIASES.get(package, package)
        home = sys.modules.get(f"{package}.{rest}" if rest else package)
        function = getattr(home, leaf, None)
        if not callable(function):
            return
        guard = self._guard(name, function)
        for module_name, module in list(sys.modules.items()):
            if module_name.partition(".")[0] == package:
                space = vars(module)
                for key in [key for key, item in space.items() if item is function]:
                    space[key] = guard
                for key in (leaf, f"{leaf}2"):
                    if _compiled(space.get(key)):
                        space[key] = self._guard(name, space[key])

    def _guard(self, name: str, function: Callable[..., object]) -> Callable[..., object]:
        @functools.wraps(function)
        def guard(*args: object, **kwargs: object) -> object:
            if name in self._rules.get(self._exercise, ()):
                raise RuntimeError(f"{self._exercise} is to be written without {name}")
            return function(*args, **kwargs)

        del guard.__wrapped__
        return guard


def _compiled(item: object) -> bool:
    """Whether it is what a function of the same name is made of: the compiled one below it."""
    return isinstance(item, types.BuiltinFunctionType)
