"""``autograder topic``: for those who write topics."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.shared import Root, fail
from autograder.report.console import out, printable
from autograder.report.terminal import quoted
from autograder.topic.catalogue import Catalogue, CatalogueError
from autograder.topic.chapter import ChapterError

topic_app = typer.Typer(help="Write a topic: a skeleton, and the battery that tests it.")


@topic_app.command()
def new(
    name: Annotated[str, typer.Argument(help="The topic's name: small letters, digits and _.")],
    root: Root = None,
) -> None:
    """Write the skeleton of a topic: it builds and passes as it is."""
    from autograder.authoring.skeleton import write_skeleton

    try:
        place = _one(root)
        for path in write_skeleton(place, name):
            out.print(f"new      {printable(path)}", soft_wrap=True)
    except (CatalogueError, OSError) as error:
        raise fail(error) from None
    told = f"Next: write, then run: autograder topic check {name}{_given(root)}"
    out.print(told, soft_wrap=True)


def _given(root: list[Path] | None) -> str:
    """Return the roots that were given, as one types them."""
    return "".join(f" --root {printable(quoted(str(one)))}" for one in root or ())


def _one(root: list[Path] | None) -> Path:
    """Return the root that a new topic is written to; it may be empty."""
    several = root or Catalogue.find().roots
    if len(several) > 1:
        raise CatalogueError("there are several roots: say which gets the topic, --root FOLDER")
    if not root and not Catalogue(several[0]).authored:
        raise CatalogueError("no topics are written here: say where this one goes, --root FOLDER")
    return several[0].expanduser().resolve()


@topic_app.command()
def check(
    name: Annotated[str, typer.Argument(help="The topic's name.")],
    root: Root = None,
    alike: Annotated[
        bool, typer.Option("--alike", help="List the beliefs that a check cannot tell apart.")
    ] = False,
) -> None:
    """Run the battery on one topic; say for each finding what to do (exit code 1)."""
    from autograder.authoring.alike import listed_alike
    from autograder.authoring.battery import findings

    found = 0
    try:
        topic = Catalogue.find(root).topic(name)
        if alike:
            for line in listed_alike(topic):
                out.print(printable(line), soft_wrap=True)
            return
        for title, listed in findings(topic):
            found += len(listed)
            out.print(f"{'✗' if listed else '✓'} {title}")
            for finding in listed:
                out.print(f"  {printable(finding)}", soft_wrap=True)
    except (CatalogueError, ChapterError) as error:
        raise fail(error) from None
    following = f"Nothing found. Next: autograder build {name}{_given(root)}"
    out.print(f"{found} findings" if found else following, soft_wrap=True)
    raise typer.Exit(1 if found else 0)
