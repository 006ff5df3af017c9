"""``autograder topic``: for those who write topics."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.report.console import shown
from autograder.topic.catalogue import Catalogue, CatalogueError
from autograder.topic.chapter import ChapterError

app = typer.Typer(help="Write a topic: a skeleton, and the battery that tests it.")
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
Root = Annotated[Path | None, typer.Option(help="Where the topics are (else found).")]


def _fail(error: Exception) -> typer.Exit:
    err.print(f"autograder: {shown(error)}", soft_wrap=True)
    return typer.Exit(2)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="The topic's name: small letters, digits and _.")],
    root: Root = None,
) -> None:
    """Write the skeleton of a topic: it builds and passes as it is."""
    from autograder.authoring.skeleton import write_skeleton

    try:
        place = root.expanduser().resolve() if root else Catalogue.find(None).root
        for path in write_skeleton(place, name):
            out.print(f"new      {shown(path)}", soft_wrap=True)
    except (CatalogueError, OSError) as error:
        raise _fail(error) from None
    given = f" --root {shown(root)}" if root else ""
    out.print(f"Next: write, then run: autograder topic check {name}{given}", soft_wrap=True)


@app.command()
def check(
    name: Annotated[str, typer.Argument(help="The topic's name.")], root: Root = None
) -> None:
    """Run the battery on one topic; say for each finding what to do (exit code 1)."""
    from autograder.authoring.battery import findings

    found = 0
    try:
        topic = Catalogue.find(root).topic(name)
        for title, listed in findings(topic):
            found += len(listed)
            out.print(f"{'✗' if listed else '✓'} {title}")
            for finding in listed:
                out.print(f"  {shown(finding)}", soft_wrap=True)
    except (CatalogueError, ChapterError) as error:
        raise _fail(error) from None
    out.print(f"{found} findings" if found else "Nothing found. Next: autograder build " + name)
    raise typer.Exit(1 if found else 0)
