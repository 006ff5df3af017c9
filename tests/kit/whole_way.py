"""The whole way from a folder of submissions to everything that is written about it."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from autograder.grading import pool, run
from autograder.institution.class_report import write_stats
from autograder.institution.exports import export
from autograder.institution.results import load
from autograder.institution.stats import all_stats
from autograder.judging.official import Judge
from autograder.report.model import Report
from autograder.submission.item import Intake
from tests.conftest import CATALOGUE


def walk(judge: Judge, given: Path, out: Path, topic: str) -> tuple[Intake, list[Report]]:
    """Find, grade, write, read back, count and export; return what was found, and the reports."""
    (out / ".gradus").mkdir(parents=True)
    found = run.gather(given, CATALOGUE, unpacked=out / ".gradus" / "unpacked")
    reports = [pool.settled(judge, item) for item in found.items]
    for item, report in zip(found.items, reports, strict=True):
        report.notes = [*item.notes, *report.notes]
    run.keep_places(found.items, out)
    run.write_results(reports, out, left_out=found.left_out)
    results = load(out)
    stub = {exercise.name: "" for exercise in judge.topic(topic).exercises}
    write_stats(all_stats(results, lambda _: stub), out, results.not_graded)
    for kind in ("canvas", "moodle", "junit", "gradescope"):
        export(results, kind, out / f"as-{kind}")
    return found, reports


def wrong_files(out: Path) -> Iterator[str]:
    """Name what should not stand in what was written; what is not well formed raises."""
    for path in (path for path in out.rglob("*") if path.is_file()):
        if ".gradus" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if "\x1b" in text or "\x00" in text:
            yield f"a control character in {path.name}"
        if path.suffix == ".html" and re.search(r"<script>alert|<img src=x|1337</", text):
            yield f"a script in {path.name}"
        if path.suffix == ".xml":
            ElementTree.fromstring(text)
        if path.suffix == ".json":
            json.loads(text)
        if path.suffix == ".csv" or path.name in ("as-canvas", "as-moodle"):
            for row in csv.reader(text.splitlines()):
                if any(cell[:1] in "=@\t\r" for cell in row if cell):
                    yield f"a formula in {path.name}"


def wrong_names(given: Path, out: Path) -> Iterator[str]:
    """Name files that were written elsewhere than below the results, or with odd names."""
    known = {"in", "out", "loot", "loot.zip"}
    yield from (f"written: {p.name}" for p in given.parent.iterdir() if p.name not in known)
    for path in out.rglob("*"):
        if ".gradus" not in path.parts and not re.fullmatch(r"[\w.@ -]+", path.name):
            yield f"a name: {path.name!r}"
