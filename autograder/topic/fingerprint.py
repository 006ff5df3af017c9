"""What the verdict on each exercise depends on besides the submission, as one hash an exercise.

Of the engine and the reference whole rooms are hashed, never a list of files: what a list leaves
out could change and old verdicts would stay.

A change of one exercise's checks or beliefs changes the hash of that exercise and of those that
need it; a change of a helper, those that use it. The chapter, the reference and the engine change
them all. ``checks.py`` is read, not run: a class is looked through before anything heavy is
imported.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from symtable import SymbolTable, symtable

from autograder.topic import beliefs
from autograder.topic.catalogue import AuthoredTopic

__all__ = ["exercise_prints", "fingerprint", "fingerprints"]

ENGINE = Path(__file__).resolve().parent.parent
ROOMS = (".", "values", "submission", "report", "sandbox", "sandbox/inside", "topic", "judging")
"""The rooms of the engine that a verdict comes from; ``.`` is what lies on top of its folder."""
_BESIDE_THE_TRUTH = "bench"


def fingerprints(topic: AuthoredTopic) -> dict[str, str]:
    """Hash what the verdict on each exercise depends on besides the submission, by its name."""
    digest = hashlib.sha256()
    cores = dict.fromkeys([topic.root / "reference", ENGINE.parent / "reference"])
    core = (found for folder in cores for found in _reference(folder))
    for path, name in (*_engine(), *core, *_chapter(topic.folder)):
        digest.update(f"{name}\0".encode() + path.read_bytes() + b"\0")
    return exercise_prints(topic, digest.hexdigest())


def fingerprint(topic: AuthoredTopic) -> str:
    """Hash what a verdict depends on besides the submission: checks, chapter, reference, engine."""
    return hashlib.sha256(repr(sorted(fingerprints(topic).items())).encode()).hexdigest()


def _engine() -> Iterator[tuple[Path, str]]:
    for room in ROOMS:
        for path in sorted((ENGINE / room).glob("*.py")):
            yield path, f"{room}/{path.name}"


def _reference(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*.py")):
        place = path.relative_to(folder)
        if place.parts[0] != _BESIDE_THE_TRUTH:
            yield path, place.as_posix()


def _chapter(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.glob("*.py")):
        if path.name != "checks.py":
            yield path, path.name


@dataclass(frozen=True)
class _Statement:
    """A statement of ``checks.py``, or an exercise's beliefs, which use functions of it.

    Attributes
    ----------
    text : str
        Without comments and layout.
    defines, uses : frozenset of str
        Names of the module.
    defining : bool
        Whether it does nothing but define names.
    owners : frozenset of str
        The exercises it is about.
    """

    text: str
    defines: frozenset[str]
    uses: frozenset[str]
    defining: bool
    owners: frozenset[str]


def exercise_prints(topic: AuthoredTopic, shared: str) -> dict[str, str]:
    """Return the hash of each exercise; `shared` stands for all that is written elsewhere."""
    names = tuple(topic.chapter.parts)
    declared, needs = _declarations((topic.folder / "checks.py").read_text(encoding="utf-8"), names)
    statements = [*declared, *_beliefs(topic, names)]
    if needs.keys() != set(names):  # declared in a way that is not read here: all depend on all
        return dict.fromkeys(names, _hash([shared, *(statement.text for statement in statements)]))
    defined: dict[str, set[int]] = {}
    for number, statement in enumerate(statements):
        for symbol in statement.defines:
            defined.setdefault(symbol, set()).add(number)
    own = {name: _own(name, statements, defined) for name in names}
    return {
        name: _hash([shared, *(t for need in _all(name, needs) for t in own.get(need, ()))])
        for name in names
    }


@lru_cache(maxsize=32)
def _declarations(
    checks: str, names: tuple[str, ...]
) -> tuple[tuple[_Statement, ...], dict[str, list[str]]]:
    """Return the statements of ``checks.py`` and what each exercise needs, read once a text."""
    needs: dict[str, list[str]] = {}
    return tuple(_statements(ast.parse(checks).body, names, needs)), needs


def _statements(
    nodes: Iterable[ast.stmt], names: Collection[str], needs: dict[str, list[str]]
) -> Iterator[_Statement]:
    """Yield what is known of each statement; note in `needs` the exercises declared.

    A statement is about an exercise if it names its variable, or what such a statement defined last
    (a check).
    """
    about: dict[str, frozenset[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a text
        declared = _declared(node, names)
        if declared:
            variable, name, needs[name] = declared
            about[variable] = frozenset([name])
        text = ast.unparse(node)
        top, *inner = _scopes(symtable(text, "checks.py", "exec"))
        found = top.get_symbols()
        defines = frozenset(s.get_name() for s in found if s.is_assigned() or s.is_imported())
        uses = {symbol.get_name() for symbol in found if symbol.is_referenced()}
        known = uses if declared is None else defines
        if isinstance(node, ast.For):
            known = known - defines  # its variable
        owners = frozenset[str]().union(*(about.get(name, ()) for name in known))
        about |= dict.fromkeys(defines, owners)
        uses |= {s.get_name() for table in inner for s in table.get_symbols() if s.is_global()}
        yield _Statement(text, defines, frozenset(uses), isinstance(node, _DEFINITIONS), owners)


def _beliefs(topic: AuthoredTopic, names: Collection[str]) -> Iterator[_Statement]:
    """Yield the beliefs of each exercise as a statement that uses the wrong functions they name."""
    every = beliefs.read(topic.folder / beliefs.MISCONCEPTIONS, topic.whole.parts)
    for name, held in ((name, every[name]) for name in names):
        uses = frozenset(way.function for belief in held for way in belief.ways if way.function)
        yield _Statement(repr(held), frozenset(), uses, False, frozenset([name]))


_DEFINITIONS = (
    *(ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom),
    *(ast.Assign, ast.AnnAssign),
)


def _scopes(table: SymbolTable) -> Iterator[SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _scopes(child)


def _declared(node: ast.stmt, names: Collection[str]) -> tuple[str, str, list[str]] | None:
    """Return variable, exercise and its needs of ``x = Exercise("name", needs=...)``.

    What makes the exercise may be a function of the module that takes the name first.
    """
    match node:
        case ast.Assign(
            targets=[ast.Name(id=variable)],
            value=ast.Call(args=[ast.Constant(value=str(name)), *_], keywords=keywords),
        ) if name in names:
            given = next((keyword.value for keyword in keywords if keyword.arg == "needs"), None)
            with suppress(ValueError, TypeError):  # written in a way that is not read here
                return variable, name, list(ast.literal_eval(given)) if given else []
    return None


def _own(name: str, statements: Sequence[_Statement], defined: Mapping[str, set[int]]) -> list[str]:
    """Return the statements an exercise depends on: its own, and what they use, however far."""
    taken = {
        number
        for number, statement in enumerate(statements)
        if name in statement.owners or not (statement.owners or statement.defining)
    }
    left = list(taken)
    while left:
        for use in statements[left.pop()].uses:
            new = _near(name, statements, defined.get(use, set())) - taken
            taken |= new
            left += new
    return [statements[number].text for number in sorted(taken)]


def _near(name: str, statements: Sequence[_Statement], found: set[int]) -> set[int]:
    """Return those that are no other exercise's; where there are none, all."""
    near = {n for n in found if not statements[n].owners or name in statements[n].owners}
    return near or found


def _all(name: str, needs: Mapping[str, Iterable[str]]) -> list[str]:
    """Return `name` and, in order, all it needs."""
    found, left = [name], list(needs[name])
    while left:
        need = left.pop()
        if need not in found:
            found.append(need)
            left += needs.get(need, ())
    return sorted(found)


def _hash(texts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()
