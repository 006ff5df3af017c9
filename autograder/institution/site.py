"""The course as pages to read before anything is installed: made of what students get, by MkDocs.

Only the release is read (the notebooks of `assignments`), so no solution can be on a page. What the
pages need lies beside them: formulas are MathML, search and styles are files of the site.
"""

from __future__ import annotations

import base64
import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder.institution.lite import lite_address
from autograder.report.model import points_text
from autograder.topic.catalogue import Catalogue
from autograder.topic.record import RecordedSource
from autograder.topic.units import in_order
from autograder.values.table import Table

__all__ = ["SiteError", "write_site"]

_NEEDED = 'the pages are made by MkDocs: pip install "gradus-dl[site]"'
_CODE = re.compile(r"(^```.*?^```[^\n]*$|`[^`\n]+`)", re.MULTILINE | re.DOTALL)
_MATHS = re.compile(r"\$\$(.+?)\$\$|(?<![\\$\w])\$(?!\s)([^$]+?)(?<!\s)\$(?!\d)", re.DOTALL)
_MARK = re.compile(r"gradusmath(\d+)end")
_TAG = re.compile(r"<title>[^<]*</title>|<[a-z][^<>]*gradusmath[^<>]*>")
_PLACE = re.compile(r'"location":"[^"]*"')
_ITEM = re.compile(r"(?:[-*+]|\d+\.) ")
_SETTINGS: Table = {
    "site_name": "Graded steps in deep learning",
    "use_directory_urls": False,
    "theme": {
        "name": "material",
        "font": False,  # no page asks another server for anything
        "features": ["navigation.sections", "navigation.footer", "toc.follow", "content.code.copy"],
        "palette": [
            {
                "media": "(prefers-color-scheme: light)",
                "scheme": "default",
                "primary": "indigo",
                "toggle": {"icon": "material/weather-night", "name": "Dark"},
            },
            {
                "media": "(prefers-color-scheme: dark)",
                "scheme": "slate",
                "primary": "indigo",
                "toggle": {"icon": "material/weather-sunny", "name": "Light"},
            },
        ],
    },
    "plugins": ["search"],
    "extra_css": ["gradus.css"],
    "markdown_extensions": [
        "tables",
        "attr_list",
        "pymdownx.superfences",
        {"toc": {"toc_depth": 3}},
    ],
}
_STYLE = """\
math[display="block"] { display: block math; margin: 1em 0; overflow-x: auto; }
.md-typeset math { font-size: 1.1em; }
@media print { .md-header, .md-sidebar, .md-footer, .md-clipboard { display: none !important; } }
"""


class SiteError(Exception):
    """The pages cannot be made; the message says what to do."""


def write_site(catalogue: Catalogue, folder: Path, lite: bool = False) -> list[str]:
    """Write the pages of all released topics into a folder; return the topics.

    With `lite` each page leads to the notebook in the browser.

    Raises
    ------
    SiteError
        The generator is not installed, or it fails.
    """
    try:
        import latex2mathml.converter
        import material  # noqa: F401
        import mkdocs  # noqa: F401
    except ImportError:
        raise SiteError(_NEEDED) from None
    maths = _Maths(latex2mathml.converter.convert)
    topics = list(in_order(catalogue))
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        docs = place / "docs"
        docs.mkdir()
        (docs / "gradus.css").write_text(_STYLE, encoding="utf-8")
        (docs / "index.md").write_text(_index(catalogue), encoding="utf-8")
        for topic in topics:
            _write_topic(catalogue, topic, docs, maths, lite)
        settings = {**_SETTINGS, "nav": _navigation(catalogue), "site_dir": str(folder.resolve())}
        (place / "mkdocs.yml").write_text(json.dumps(settings), encoding="utf-8")
        _generate(place)
    maths.put_back(folder)
    return topics


def _generate(place: Path) -> None:
    """Run MkDocs; YAML is a superset of the JSON that its settings are written in."""
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--clean"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SiteError(f"MkDocs failed: {done.stderr.strip()[-800:]}")


def _navigation(catalogue: Catalogue) -> list[Table]:
    units: dict[str, list[dict[str, str]]] = {}
    for topic, place in in_order(catalogue).items():
        title = RecordedSource(catalogue.record(topic)).title
        units.setdefault(place.unit, []).append({title: f"{topic}.md"})
    return [{"The course": "index.md"}, *({unit: pages} for unit, pages in units.items())]


def _index(catalogue: Catalogue) -> str:
    """Return the map of the course."""
    lines = ["# Graded steps in deep learning", "", "The chapters, to read on any device. To work"]
    lines += ["on one, download its module or its notebook from its page."]
    unit = ""
    for topic, place in in_order(catalogue).items():
        if place.unit != unit:
            unit = place.unit
            lines += ["", f"## {unit}", "", "| chapter | exercises | points |", "|---|---|---|"]
        source = RecordedSource(catalogue.record(topic))
        points = points_text(sum(exercise.points for exercise in source.exercises))
        lines.append(f"| [{source.title}]({topic}.md) | {len(source.exercises)} | {points} |")
    return "\n".join(lines) + "\n"


def _write_topic(catalogue: Catalogue, topic: str, docs: Path, maths: _Maths, lite: bool) -> None:
    """Write a chapter's page, its pictures, and the files to download."""
    released = catalogue.record(topic).parent
    downloads = docs / "downloads"
    downloads.mkdir(exist_ok=True)
    for suffix in (".py", ".ipynb"):
        shutil.copyfile(released / f"{topic}{suffix}", downloads / f"{topic}{suffix}")
    notebook = json.loads((released / f"{topic}.ipynb").read_text(encoding="utf-8"))
    parts = [part for cell in notebook["cells"] for part in _told(cell, topic, docs, maths)]
    links = (
        f"Download: [{topic}.py](downloads/{topic}.py) · [{topic}.ipynb](downloads/{topic}.ipynb)\n"
    )
    if lite:
        links = f'<a href="{lite_address(topic)}">Work on it in the browser</a> · {links}'
    parts.insert(1, links)
    (docs / f"{topic}.md").write_text("\n".join(parts), encoding="utf-8")


def _told(cell: Table, topic: str, docs: Path, maths: _Maths) -> Iterator[str]:
    """Yield what a reader sees of a cell: texts and code, but no room to fill in."""
    about = cell["metadata"].get("nbgrader", {})
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    if cell["cell_type"] == "code":
        bare = not re.search(r"^(def|class|import|from|\w+ =)\b", source, re.MULTILINE)
        if not about.get("grade") and not bare and not source.startswith("%"):
            yield f"```python\n{source}\n```\n"
        return
    if about.get("solution"):  # where an answer goes
        return
    for name, kinds in cell.get("attachments", {}).items():
        picture = f"{topic}-{name}"
        (docs / picture).write_bytes(base64.b64decode(kinds["image/png"]))
        source = source.replace(f"attachment:{name}", picture)
    yield f"{maths.taken_out(_spaced(source))}\n"


def _spaced(text: str) -> str:
    """Put the empty line before a list that MkDocs' Markdown wants, outside of code."""
    lines: list[str] = []
    code = False
    for line in text.split("\n"):
        code ^= line.startswith("```")
        before = lines[-1] if lines else ""
        item = _ITEM.match(line) and not code
        if item and before.strip() and not _ITEM.match(before) and not before.startswith(" "):
            lines.append("")
        lines.append(line)
    return "\n".join(lines)


class _Maths:
    """Formulas, taken out of the way of Markdown and put back as MathML."""

    def __init__(self, convert: Callable[..., str]) -> None:
        self.convert = convert
        self.formulas: list[tuple[str, bool]] = []

    def taken_out(self, text: str) -> str:
        """Return the text with a mark for each formula outside of code."""
        parts = _CODE.split(text)
        parts[::2] = [_MATHS.sub(self._mark, part) for part in parts[::2]]
        return "".join(parts)

    def _mark(self, found: re.Match[str]) -> str:
        self.formulas.append((found[1] or found[2], bool(found[1])))
        return f"gradusmath{len(self.formulas) - 1}end"

    def put_back(self, folder: Path) -> None:
        """Replace the marks in the pages, and in the index of the search by the formulas' text."""
        for path in folder.rglob("*.html"):
            self._replace(path, _TAG, self._written)
        for path in folder.rglob("search_index.json"):
            self._replace(path, _PLACE, lambda found: json.dumps(self._plain(found))[1:-1])

    def _replace(self, path: Path, bare: re.Pattern[str], by: Callable[..., str]) -> None:
        """Put formulas back, but into no tag and no address: there the marks go."""
        text = bare.sub(lambda found: _MARK.sub("", found[0]), path.read_text(encoding="utf-8"))
        path.write_text(_MARK.sub(by, text), encoding="utf-8", newline="\n")

    def _plain(self, found: re.Match[str]) -> str:
        return self.formulas[int(found[1])][0]

    def _written(self, found: re.Match[str]) -> str:
        formula, alone = self.formulas[int(found[1])]
        try:
            return self.convert(formula.strip(), display="block" if alone else "inline")
        except Exception:  # a command that the converter lacks is shown as it is written
            return f"<code>{html.escape(formula)}</code>"
