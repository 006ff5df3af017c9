"""When something was handed in: a table of what is written, what is understood, what is told."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from autograder.course.penalty import late_list
from autograder.course.source import source_notebook
from autograder.course.times import read_stamp
from tests.course.test_intake import course

CET = timezone(timedelta(hours=1))
AT = datetime(2026, 10, 25, 2, 29)


@pytest.mark.parametrize(
    ("text", "when", "doubt"),
    [
        ("2026-10-25 02:29:00 UTC", AT, ""),
        ("2026-10-25 02:29:00.123456 UTC", AT.replace(microsecond=123456), ""),
        ("2026-10-25T03:29:00+01:00", AT, ""),
        ("2026-10-25 03:29:00 +0100", AT, ""),
        ("2026-10-25T02:29:00Z", AT, ""),
        ("2026-10-24 22:29:00 EDT", AT, ""),
        ("2026-10-25 04:29:00 CEST", AT, ""),
        ("2026-10-25 03:29:00 MEZ", AT, ""),
        ("2026-10-24 12:29:00 Pacific/Honolulu", datetime(2026, 10, 24, 22, 29), ""),
        ("2026-10-25 03:29:00 Europe/Berlin", AT, ""),
        ("2026-10-25 02:29:00 Europe/Berlin", datetime(2026, 10, 25, 0, 29), "there twice"),
        ("2026-10-24 20:29:00 CST", AT, "CST is taken as UTC-6 h"),
        ("2026-10-25 03:29:00", AT, "names no zone, taken as the due date's"),
        ("2026-10-25 03:29:00 XYZT", AT, "zone XYZT is not known"),
        ("Sunday, 25 October 2026, 3:29 AM", AT, "names no zone"),
        ("25.10.2026 03:29", AT, "names no zone"),
        ("Sonntag, 25. Oktober 2026, 03:29", AT, "'Sonntag, 25. Oktober 2026, 03:29': it names"),
        ("25. Oktober 2026 um 03:29 Uhr", AT, "names no zone"),
        ("Sonntag, 25. Okt. 2026, 03:29 MEZ", AT, ""),
        ("dimanche 25 octobre 2026, 03:29", AT, "names no zone"),
        ("samedi 1 août 2026, 08:05", datetime(2026, 8, 1, 7, 5), "names no zone"),
        ("Samstag, 7. M\u00e4rz 2026, 12:00", datetime(2026, 3, 7, 11), "names no zone"),
        ("Samstag, 7. Ma\u0308rz 2026, 12:00", datetime(2026, 3, 7, 11), "names no zone"),
        ("domingo, 25 de octubre de 2026, 03:29", AT, "names no zone"),
        ("domenica, 25 ottobre 2026, 03:29", AT, "names no zone"),
        ("zondag, 25 oktober 2026, 03:29", AT, "names no zone"),
        ("quarta-feira, 7 de janeiro de 2026, 12:00", datetime(2026, 1, 7, 11), "names no zone"),
        ("Fri, 9 May 2026 12:00:00 GMT", datetime(2026, 5, 9, 12), ""),
        ("10.11.2026 03:29", datetime(2026, 11, 10, 2, 29), "names no zone"),
        ("25/10/2026 03:29", AT, "names no zone"),
        ("10/25/2026 3:29 AM", AT, "names no zone"),
        ("11/10/2026 03:29", None, "two ways"),
        ("10/10/2026 03:29", datetime(2026, 10, 10, 2, 29), "names no zone"),
        ("1792895340", datetime(2026, 10, 25, 2, 29), "seconds since 1970"),
        ("1792895340000", datetime(2026, 10, 25, 2, 29), "seconds since 1970"),
        ("", None, "empty"),
        ("  \n", None, "empty"),
        ("yesterday", None, "cannot be read"),
        ("03:29", None, "no full date"),
        ("October 2026", None, "no full date"),
        ("x" * 5000, None, "is no time"),
        ("99999999999999", None, ""),
    ],
)
def test_a_time_is_understood_or_told(text, when, doubt):
    stamp = read_stamp(text, CET)
    assert stamp.when == when
    assert doubt in stamp.doubt
    assert bool(doubt) <= bool(stamp.doubt)
    if when is None:
        assert "taken as in time" in stamp.doubt


def test_without_a_due_date_a_time_without_zone_is_utc():
    assert read_stamp("2026-10-25 02:29").when == AT


def test_who_is_late_is_listed(tmp_path):
    made = course(tmp_path)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    text = "[assignments.optimizers]\ndue = 2026-10-25T03:30:00+01:00\n"
    (tmp_path / "course.toml").write_text(text, encoding="utf-8")
    stamps = {
        "ann": "2026-10-25 03:29:00",
        "bo": "2026-10-26 04:35:00 +0100",
        "cy": "",
        "di": "2026-10-24 22:31:00 EDT",
    }
    for student, stamp in stamps.items():
        place = tmp_path / "submitted" / student / "optimizers"
        place.mkdir(parents=True)
        (place / "timestamp.txt").write_text(stamp, encoding="utf-8")
    (tmp_path / "submitted" / "em" / "optimizers").mkdir(parents=True)
    late, doubts = late_list(made, "optimizers")
    assert [str(one) for one in late] == [
        "late: bo: 1 d 1 h 5 min (2026-10-26 03:35 UTC)",
        "late: di: 0 h 1 min (2026-10-25 02:31 UTC)",
    ]
    assert [line.split(":")[0] for line in doubts] == ["ann", "cy"]


def test_the_due_date_stands_in_the_notebook(tmp_path):
    made = course(tmp_path)
    text = "[assignments.optimizers]\ndue = 2026-10-25T03:30:00+01:00\n[assignments.lstm]\n"
    (tmp_path / "course.toml").write_text(text, encoding="utf-8")
    topic = made.catalogue.topic("optimizers")
    notebook = source_notebook(topic, made.assignment("optimizers"))
    told = "**Hand in by Sunday, 25 October 2026, 03:30** (UTC+01:00)."
    assert [cell.source for cell in notebook.cells].index(told) == 2
    plain = source_notebook(topic, made.assignment("lstm"))
    assert len(plain.cells) == len(notebook.cells) - 1
