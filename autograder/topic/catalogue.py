"""Where the topics are, and what each holds: authored (with solutions) or released (without)."""

from __future__ import annotations

import importlib
import importlib.util
import linecache
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.spec import Exercise, Misconception, Question
from autograder.topic import beliefs
from autograder.topic.chapter import Chapter, ChapterError
from autograder.topic.roots import (
    RECORD,
    CatalogueError,
    Roots,
    assignments_of,
    authored_in,
    find_roots,
)
from autograder.topic.widened import Functions, widened
from autograder.values.nested import Value

__all__ = ["RECORD", "AuthoredTopic", "Catalogue", "CatalogueError"]


@dataclass(frozen=True)
class Catalogue:
    """The topics below a root, and those of further roots beside it.

    Parameters
    ----------
    root : Path
    beside : tuple of Path
        An instructor's own topics, say; no topic may be in two roots.
    parts : tuple
        Of topics that are used in part: the name, and the exercises.
    """

    root: Path
    beside: tuple[Path, ...] = ()
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def find(cls, given: Roots = None) -> Catalogue:
        """Return the catalogue at the roots that `find_roots` finds.

        Raises
        ------
        CatalogueError
            A root is none, or a topic is in two of them.
        """
        root, *beside = find_roots(given)
        found = cls(root, tuple(beside))
        if beside:
            found._places(authored_in)
            found._places(_released_in)
        return found

    @property
    def roots(self) -> tuple[Path, ...]:
        """All roots, in the order they were given."""
        return self.root, *self.beside

    def apart(self) -> list[Catalogue]:
        """Return a catalogue for each root."""
        return [Catalogue(root) for root in self.roots]

    @property
    def authored(self) -> bool:
        """Whether the solutions are here (an instructor's checkout)."""
        return any((root / "solutions").is_dir() for root in self.roots)

    def names(self) -> list[str]:
        """Return the topics, sorted."""
        return sorted(self._places(authored_in)) if self.authored else self.released()

    def released(self) -> list[str]:
        """Return the topics with recorded public checks, sorted."""
        return sorted(self._places(_released_in))

    def record(self, name: str) -> Path:
        """Return the path of the recorded public checks of a topic."""
        places = self._places(_released_in)
        if name not in places:
            raise CatalogueError(self._unknown(name, sorted(places)))
        return assignments_of(places[name]) / name / RECORD

    def topic(self, name: str) -> AuthoredTopic:
        """Return the authored topic `name`."""
        if not self.authored:
            listed = ", ".join(map(str, self.roots))
            raise CatalogueError(
                f"{listed} holds no solutions: this needs an instructor's checkout (--root)"
            )
        places = self._places(authored_in)
        if name not in places:
            raise CatalogueError(self._unknown(name, sorted(places)))
        return AuthoredTopic(name, places[name], dict(self.parts).get(name))

    def _places(self, listed: Callable[[Path], list[str]]) -> dict[str, Path]:
        """Return the root of each topic; raise CatalogueError if one is in two."""
        places: dict[str, Path] = {}
        for root in self.roots:
            for name in listed(root):
                if name in places:
                    raise CatalogueError(
                        f"the topic {name} is in two roots, {places[name]} and {root}: "
                        "rename one or leave a root out"
                    )
                places[name] = root
        return places

    @staticmethod
    def _unknown(name: str, known: list[str]) -> str:
        listed = ", ".join(known) if known else "none found (check --root)"
        return f"there is no topic {name!r}; the topics are: {listed}"


def _released_in(root: Path) -> list[str]:
    return [path.parent.name for path in assignments_of(root).glob(f"*/{RECORD}")]


@dataclass(frozen=True)
class AuthoredTopic:
    """A topic in an instructor's checkout: chapter, checks and reference.

    With `chosen` it is used in part: chapter and exercises are those named alone, and the worked
    solution is there for all.
    """

    name: str
    root: Path
    chosen: tuple[str, ...] | None = None

    @property
    def folder(self) -> Path:
        """The folder of `chapter.py` and `checks.py`."""
        return self.root / "solutions" / self.name

    @cached_property
    def chapter(self) -> Chapter:
        """The chapter, read; of a topic that is used in part, that part."""
        return self.whole if self.chosen is None else self.whole.only(self.chosen)

    @cached_property
    def whole(self) -> Chapter:
        """The chapter with all of its exercises."""
        return Chapter.read(self.folder / "chapter.py")

    @property
    def draws(self) -> bool:
        """Whether there is a figure, which a part may not have."""
        return any("figure" in cell.defines() for cell in self.chapter.cells if cell.kind == "code")

    @property
    def title(self) -> str:
        """The chapter's first heading."""
        return self.chapter.title

    @cached_property
    def exercises(self) -> list[Exercise]:
        """The exercises of `checks.py` with their beliefs, in the chapter's order."""
        found = self._declared(Exercise)
        parts = self.whole.parts
        for name in found:
            if name not in parts:
                raise ChapterError(f"{self.name}/checks.py: no exercise {name} in the chapter")
        missing = [name for name in parts if name not in found]
        if missing:
            raise ChapterError(f"{self.name}/checks.py: nothing judges {', '.join(missing)}")
        path = self.folder / beliefs.MISCONCEPTIONS
        held = beliefs.read(path, parts)
        functions = vars(self._module("solutions", f"{self.name}.checks"))
        return [
            beliefs.declare(found[name], held[name], path, self.whole, functions)
            for name in self.chapter.parts
        ]

    @cached_property
    def questions(self) -> list[Question]:
        """The questions that `checks.py` declares, with the chapter's words, in its order."""
        found, texts = self._declared(Question), self.chapter.questions
        for name in found:
            if name not in texts:
                raise ChapterError(
                    f"{self.name}/checks.py: no text cell of the chapter begins with "
                    f"### Question `{name}`"
                )
        missing = [name for name in texts if name not in found]
        if missing:
            raise ChapterError(
                f"{self.name}/checks.py: no Question says what {', '.join(missing)} is worth"
            )
        return [replace(found[name], text=text) for name, text in texts.items()]

    def _declared(self, kind: type[Any]) -> dict[str, Any]:
        """Return what `checks.py` declares of one kind, by name."""
        module = self._module("solutions", f"{self.name}.checks")
        return {value.name: value for value in vars(module).values() if isinstance(value, kind)}

    def exercise(self, name: str) -> Exercise:
        """Return one exercise."""
        return next(exercise for exercise in self.exercises if exercise.name == name)

    @cached_property
    def solution(self) -> ModuleType:
        """The chapter as a module: the worked solution."""
        return self._module("solutions", f"{self.name}.chapter")

    @cached_property
    def reference(self) -> ModuleType:
        """The fast reference implementation."""
        return self._module("reference", self.name)

    def _module(self, package: str, name: str) -> ModuleType:
        """Import a module of this root's `package` (an instructor's code, trusted)."""
        if str(self.root) not in sys.path:
            sys.path.insert(0, str(self.root))
        home, place = importlib.import_module(package), str(self.root / package)
        if place not in home.__path__:  # a root of one's own beside the checkout's
            home.__path__.append(place)
        module = importlib.import_module(f"{package}.{name}")
        file = Path(module.__file__ or "").resolve()
        if self.root.resolve() not in file.parents:
            raise CatalogueError(
                f"{package}.{name} comes from {file.parent}, not from the root {self.root}: "
                "run one root per process"
            )
        return module

    def truth(self, exercise: str) -> Functions:
        """Return the reference functions by name, for a driver's `f` and its peers."""
        return {name: getattr(self.reference, name) for name in self.whole.parts}

    def _widened(self, exercise: str) -> Functions:
        """Return the truth as wrong variants call it: no kernel is compiled for float32."""
        return widened(self.truth(exercise), vars(self.solution))

    def variant(self, exercise: str, misconception: Misconception) -> Functions:
        """Return the functions with `exercise` replaced by a wrong variant, the rest right."""
        functions = dict(self._widened(exercise))
        if misconception.function is not None:
            functions[exercise] = misconception.function
            return functions
        text = self.whole.variant(exercise, misconception.replace, misconception.by)
        return {**functions, exercise: self.compile(exercise, text, misconception.key)}

    def compile(self, exercise: str, text: str, label: str) -> Callable[..., Value]:
        """Compile an edited cell of the chapter among the reference's functions.

        Some wrong variants call others thousands of times, which in plain Python takes long.
        """
        file = f"<{self.name}: {exercise}: {label}>"
        namespace = {**vars(self.solution), **self._widened(exercise)}
        with warnings.catch_warnings():  # two beliefs at once may read oddly: `1[0]`
            warnings.simplefilter("ignore", SyntaxWarning)
            exec(compile(text, file, "exec"), namespace)
        linecache.cache[file] = (len(text), None, text.splitlines(True), file)
        made: Callable[..., Value] = namespace[exercise]
        return made
