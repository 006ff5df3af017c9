"""The skeleton of a new topic: four small files that build, pass the battery and can be read."""

from __future__ import annotations

import keyword
import sys
from pathlib import Path
from string import Template

from autograder.topic.catalogue import CatalogueError
from autograder.topic.chapter import BEGIN, END
from autograder.topic.roots import PACKAGE

__all__ = ["write_skeleton"]

_TEMPLATES = Path(__file__).parent / "templates"
_PLACES = {
    "chapter.py.txt": "solutions/{name}/chapter.py",
    "checks.py.txt": "solutions/{name}/checks.py",
    "misconceptions.md.txt": "solutions/{name}/misconceptions.md",
    "reference.py.txt": "reference/{name}.py",
}

_TAKEN = (
    *("solutions/{name}", "reference/{name}", "reference/{name}.py", "assignments/{name}"),
    "autograder/_assignments/{name}",
)
"""Where, beside or in the package, a topic or something else may have a name already."""
_MODULES = sys.stdlib_module_names | {
    *("numpy", "matplotlib", "scipy", "numba", "pytest", "conftest"),
    *("autograder", "reference", "solutions"),
}


def write_skeleton(root: Path, name: str) -> list[Path]:
    """Write the files of a topic called `name` below `root`; return where they are.

    Raises
    ------
    CatalogueError
        The name cannot be a module's, hides another module, or is there already.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or name != name.lower():
        raise CatalogueError(f"{name!r} cannot be a topic's name: small letters, digits and _")
    places = {root / place.format(name=name): _TEMPLATES / file for file, place in _PLACES.items()}
    there = [place for place in places if place.exists()]
    if there:
        raise CatalogueError(f"{there[0]} is there already: nothing was written")
    if name in _MODULES:
        what = f"a student's {name}.py would hide the module {name}"
        raise CatalogueError(f"{name!r} cannot be a topic's name: {what}")
    if any((PACKAGE.parent / place.format(name=name)).exists() for place in _TAKEN):
        raise CatalogueError(
            f"{name!r} cannot be a topic's name: a topic or a room of `reference` is called so"
        )
    words = {"name": name, "title": name.replace("_", " ").capitalize()}
    words |= {"begin": BEGIN, "end": END}  # no such line is in a wheel
    for place, template in places.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        text = Template(template.read_text(encoding="utf-8")).substitute(words)
        place.write_text(text, encoding="utf-8", newline="\n")
    return list(places)
