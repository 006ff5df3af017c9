"""What to do about an exception: one hint for each of the usual ones."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable

from autograder.submission.cells import parsed
from autograder.submission.encoding import stray

__all__ = ["nearest", "remedy"]

_STRAY = re.compile(r"invalid (?:non-printable )?character.*\(?U\+([0-9A-Fa-f]{4,6})")
_UNDEFINED = re.compile(r"name '(\w+)' is not defined")
_UNBOUND = re.compile(r"cannot access local variable '(\w+)'")
_ATTRIBUTE = re.compile(r"(?:module '([\w.]+)'|'([\w.]+)' object) has no attribute '(\w+)'")
_ABSENT = re.compile(r"No module named '([\w.]+)'")
_CALL = re.compile(r"\w+\(\) (?:missing|got an unexpected|got multiple|takes)")

_MATMUL = (
    "For A @ B the last axis of A must be as long as the last but one of B. Is one of them to be "
    "transposed? (Entry by entry is *.)"
)
_INDEX = "An index must be an integer: use // instead of /, or int(...)."
_WHOLE = "A whole number is asked there: use // instead of /, or int(...)."
_EMPTY = (
    "One side of that line has length 0, the other has not. Print the bounds of both slices: a "
    "negative one counts from the end."
)
_BY_TEXT: tuple[tuple[str, str], ...] = (
    (
        "broadcast together with shapes (0,",
        _EMPTY,
    ),
    (
        "into shape (0,",
        _EMPTY,
    ),
    (
        "could not be broadcast together",
        "Print the shapes of both sides of that line. Which axis should have length 1 so that the "
        "other is repeated along it?",
    ),
    (
        "matmul: ",
        _MATMUL,
    ),
    (
        "shapes ",
        "Print the shapes of what meets in that line and compare them with the docstring.",
    ),
    (
        "not aligned",
        _MATMUL,
    ),
    (
        "truth value of an array",
        "A whole array stands where one yes or no is asked. Use np.where, a mask or .any()/.all().",
    ),
    (
        "is out of bounds",
        "How long is that axis, and what is the largest index your loop reaches?",
    ),
    (
        "index out of range",
        "How long is the list, and what is the largest index your loop reaches?",
    ),
    (
        "read-only",
        "The array you were given is not to be changed: work on a copy.",
    ),
    (
        "Cannot cast ufunc",
        "The array on the left holds integers (or float32) and cannot take this result in place: "
        "build a new array instead of using += or *=.",
    ),
    (
        "NoneType",
        "A function that was called there gave None: does it end in a `return`?",
    ),
    (
        "unpack",
        "Count the names on the left of = and the values on its right.",
    ),
    (
        "and 'str'",
        "One of the two is text there. Which words does the docstring allow for that argument?",
    ),
    (
        "not callable",
        "Something that is not a function stands before the brackets: is a variable called like "
        "a function?",
    ),
    (
        "indices must be integers",
        _INDEX,
    ),
    (
        "arrays are valid indices",
        _INDEX,
    ),
    (
        "cannot be interpreted as an integer",
        _WHOLE,
    ),
    (
        "expected a sequence of integers",
        _WHOLE,
    ),
    (
        "nobody steps through a debugger",
        "Take breakpoint() and pdb out: a check runs to its end. To step through, call the "
        'function below `if __name__ == "__main__":` (--explain gives the call) and run the file.',
    ),
    (
        "not positive definite",
        "Cholesky's factor needs eigenvalues that are all above 0. May some of them be 0 here?",
    ),
    (
        "Singular matrix",
        "That matrix has no inverse: one of its rows follows from the others. Which arguments make "
        "it so, and what is asked for them?",
    ),
    (
        "maximum recursion depth",
        "The function calls itself without end. Which case stops it?",
    ),
)

_ONE_FILE = "a submission is one file that uses NumPy and the standard library only."
_BY_TYPE = {
    "ZeroDivisionError": "What is the divisor in that line when the input is empty or zero?",
    "ImportError": f"Is the name spelt right? And {_ONE_FILE}",
    "KeyError": "Which keys does the docstring name?",
    "RecursionError": "The function calls itself without end. Which case stops it?",
    "TabError": "Tabs and spaces are mixed: use four spaces everywhere.",
    "IndentationError": "Four spaces for each level; the lines of one block stand in one column.",
    "SyntaxError": "Look for a missing bracket, quote, comma or colon, here or in the line above.",
    "SystemExit": "Remove the call of exit() or quit(): it ends the whole program.",
    "AssertionError": "An assert of your own does not hold there.",
    "FileNotFoundError": "The functions work on their arguments: no file is needed.",
    "PermissionError": "In grading there are no files, no network and no other programs.",
    "EOFError": "The functions work on their arguments: nobody answers input().",
}


LONGEST, MOST = 40, 1000
"""Characters of a name, and names, that are compared: the comparison takes their product."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name most like `name`, or ``""``; of names that nobody writes, none."""
    import difflib

    near = sorted({other for other in known if abs(len(other) - len(name)) <= len(name) // 2})
    if len(name) > LONGEST or len(near) > MOST:
        return ""
    found = difflib.get_close_matches(name, near, n=1, cutoff=0.7)
    return found[0] if found else ""


def remedy(type_name: str, message: str, source: str = "", line: int = 0) -> str:
    """Return one hint for an exception that arose in `line` of the cell with this `source`."""
    unreadable = _STRAY.search(message)
    if unreadable:
        return f"In that line {stray(chr(int(unreadable.group(1), 16)))}."
    undefined = _UNDEFINED.search(message)
    if undefined:
        return _undefined(undefined.group(1), source, line)
    unbound = _UNBOUND.search(message)
    if unbound:
        return _unbound(unbound.group(1), source, line)
    absent = _ATTRIBUTE.search(message)
    if absent:
        return _attribute(absent.group(1) or absent.group(2), absent.group(3))
    module = _ABSENT.search(message)
    if module:
        return f"`{module.group(1)}` is not there: {_ONE_FILE}"
    for part, hint in _BY_TEXT:
        if part in message:
            return hint
    if type_name == "TypeError" and _CALL.search(message):
        return "Compare the call with the `def` line: names, number and order of the arguments."
    return _BY_TYPE.get(type_name, "")


def _undefined(name: str, source: str, line: int) -> str:
    if name in ("np", "numpy"):
        return "Keep the cell with `import numpy as np` at the top, and free of errors."
    like = nearest(name, {*_names(source), *dir(builtins)} - {name})
    foreign = next((sign for sign in f"{name}{like}" if not sign.isascii()), "")
    if foreign:
        return (
            f"`{name if foreign in name else like}` is not what it seems: in it {stray(foreign)}."
        )
    if like:
        return f"Did you mean `{like}`?"
    return f"Where does `{name}` get its value?{_arguments(source, line)}"


def _unbound(name: str, source: str, line: int) -> str:
    told = f"`{name}` is read before it has a value."
    return f"{told}{_arguments(source, line)} Set it before the loop, or in every branch."


def _arguments(source: str, line: int) -> str:
    """Recall the arguments of the function around a line."""
    for node in ast.walk(parsed(source) or ast.Module([], [])):
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or 0):
            names = [arg.arg for arg in (*node.args.args, *node.args.kwonlyargs)]
            return f" The arguments are {', '.join(names)}: is one of them meant?"
    return ""


def _names(source: str) -> set[str]:
    tree = parsed(source)
    if tree is None:
        return set()
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return names | {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def _attribute(owner: str, name: str) -> str:
    if owner == "numpy":
        import numpy as np

        rooms = (room for room in ("linalg", "random") if hasattr(getattr(np, room), name))
        inside = next((f"{room}.{name}" for room in rooms), "")
        like = inside or nearest(name, dir(np))
        return f"NumPy has no `{name}`" + (f": did you mean `np.{like}`?" if like else ".")
    if owner in ("float", "int", "numpy.float64", "tuple", "list"):
        return f"It is a {owner.split('.')[-1]} there, not an array: wrap it in np.asarray(...)."
    if owner == "NoneType":
        return "It is None there: does the function that made it end in a `return`?"
    return ""
