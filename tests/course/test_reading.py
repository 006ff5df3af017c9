"""One question across all students as a table, and suggestions of a model that never count."""

from __future__ import annotations

import csv
import http.server
import json
import re
import threading

import pytest

from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.course.language_model import ModelError, model_of, read_reply
from autograder.course.reading import find_question, give_points, suggested, write_table
from tests.course.test_questions import ASKED, graded, hand_in, mark_of
from tests.kit.courses import NARROW, TOPIC, command, fresh, judge_here

pytestmark = [pytest.mark.filterwarnings(text) for text in NARROW]
ANSWERS = {
    "ada": "Because the floor is flat,\nand noise is not.",
    "bo": "=HYPERLINK(1)",
    "cy": "No idea.",
}


@pytest.fixture
def course(tmp_path, monkeypatch):
    judge_here(monkeypatch)
    made = fresh(tmp_path)
    for student, answer in ANSWERS.items():
        hand_in(made, student, {ASKED.name: answer})
    graded(made)
    return made


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def filled(path, **points):
    """Fill a table in as a grader does in a spreadsheet that saves with semicolons."""
    rows = rows_of(path)
    for row in rows:
        row["points"], row["comment"] = points.get(row["student"], ("", ""))
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        table = csv.DictWriter(stream, rows[0].keys(), delimiter=";")
        table.writeheader()
        table.writerows(rows)
    return path


def test_the_table_has_every_answer_and_gives_points_back(course, tmp_path):
    question = find_question(course, TOPIC, ASKED.name)
    assert "Full answer" in question.guide and "Full answer" not in question.text
    path = tmp_path / "answers.csv"
    write_table(question, path)
    rows = rows_of(path)
    assert [row["student"] for row in rows] == list(ANSWERS)
    assert rows[0]["answer"] == ANSWERS["ada"]
    assert not rows[1]["answer"].startswith("=")
    filled(path, ada=("2,5", "Nearly."), bo=("0", ""))
    assert give_points(course, question, path) == (2, [])
    assert mark_of(course, "ada") == (2.5, 2.5, False, "Nearly.")
    assert mark_of(course, "bo")[:3] == (0.0, 0.0, False)
    assert mark_of(course, "cy")[2]  # nothing given: it waits
    again = find_question(course, TOPIC, ASKED.name)
    assert [answer.points for answer in again.answers] == [2.5, 0.0, None]
    assert give_points(course, again, path) == (0, [])


def test_what_cannot_be_taken_is_named_and_the_rest_is_taken(course, tmp_path):
    question = find_question(course, TOPIC, ASKED.name)
    path = tmp_path / "answers.csv"
    write_table(question, path)
    filled(path, ada=("99", ""), bo=("many", ""), cy=("1", ""))
    hand_in(course, "cy", {ASKED.name: "An idea after all."})
    graded(course)
    count, left = give_points(course, find_question(course, TOPIC, ASKED.name), path)
    assert count == 0
    told = " ".join(left)
    for word in ("99 is not from 0 to", "many is no number", "another one now"):
        assert word in told
    with pytest.raises(CourseError, match="its questions are"):
        find_question(course, TOPIC, "whatever")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(CourseError, match="needs a column `student`"):
        give_points(course, question, tmp_path / "other.csv")


@pytest.fixture
def model():
    """A chat interface that keeps what it is asked."""
    asked = []

    class Model(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, self.headers.get("Authorization"), body))
            text = body["messages"][1]["content"]
            said = 'Sure: {"points": 2, "why": "It says the floor."}'
            said = "I cannot." if "No idea" in text else said
            reply = json.dumps({"choices": [{"message": {"content": said}}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def do_GET(self):
            asked.append((self.path, self.headers.get("Authorization"), None))
            self.send_error(404)

        def log_message(self, *args):
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1", asked
    server.shutdown()
    server.server_close()


def test_a_model_suggests_and_a_person_decides(course, model, tmp_path, monkeypatch):
    url, asked = model
    monkeypatch.setenv("MODEL_KEY", "k3y")
    settings = course.folder / "course.toml"
    named = f'[model]\nurl = "{url}"\nname = "small"\nkey = "MODEL_KEY"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + named, encoding="utf-8")
    course = Course.open(course.folder)
    said: list[str] = []
    question = find_question(course, TOPIC, ASKED.name)
    question = suggested(question, model_of(course.settings), said.append)
    assert [answer.suggested for answer in question.answers] == [2.0, 2.0, None]
    assert [line.split(":")[0] for line in said] == ["cy"]
    assert {(path, key) for path, key, _ in asked} == {("/v1/chat/completions", "Bearer k3y")}
    sent = json.dumps([body for _, _, body in asked])
    assert "the floor is flat" in sent and "Full answer" in sent
    for student in ANSWERS:  # who it is, and where it lies, stays here
        assert not re.search(rf"\b{student}\b", sent)
    assert str(course.folder) not in sent
    path = tmp_path / "answers.csv"
    write_table(question, path)
    assert [row["suggested"] for row in rows_of(path)] == ["2", "2", ""]
    assert give_points(course, question, path) == (0, [])  # suggestions are no points
    assert mark_of(course, "ada")[0] is None


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_the_key_follows_no_redirect_to_another_host(model, monkeypatch, code):
    url, asked = model
    sent = []

    class Moved(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            sent.append(self.headers.get("Authorization"))
            self.send_response(code)
            self.send_header("Location", f"{url}/chat/completions")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            """Say nothing."""

    monkeypatch.setenv("MODEL_KEY", "k3y")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Moved) as moved:
        threading.Thread(target=moved.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{moved.server_address[1]}/v1"
        ask = model_of({"model": {"url": address, "name": "small", "key": "MODEL_KEY"}})
        with pytest.raises(ModelError, match=f"it answers {code}"):
            ask("system", "text")
        moved.shutdown()
    assert (sent, asked) == (["Bearer k3y"], [])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no points"),
        ("{}", "no points"),
        ('{"points": "x"}', "no points"),
        ('{"points": 9}', "9 points, of 3"),
        ('{"points": NaN}', "nan points"),
        ('{"points": -1}', "-1 points"),
    ],
)
def test_a_reply_that_cannot_be_used_is_none(text, told):
    with pytest.raises(ModelError, match=told):
        read_reply(text, 3.0)


def test_without_a_model_nothing_is_asked_and_one_line_says_so(course, tmp_path):
    for settings in ({}, {"model": {}}, {"model": {"url": "ftp://x", "name": "a"}}):
        with pytest.raises(CourseError):
            model_of(settings)
    with pytest.raises(CourseError, match="no MISSING"):
        model_of({"model": {"url": "http://x", "name": "a", "key": "MISSING"}})
    done = command("course", "read", course.folder, TOPIC, ASKED.name, "--suggest")
    assert done.returncode == 2 and "names no model" in done.stderr
    assert "Traceback" not in done.stderr
    dead = model_of({"model": {"url": "http://127.0.0.1:9", "name": "a"}})
    with pytest.raises(ModelError, match="cannot be asked"):
        dead("", "")


def test_the_command_writes_and_takes(course, tmp_path):
    path = tmp_path / "answers.csv"
    done = command("course", "read", course.folder, TOPIC, ASKED.name, "--out", path)
    assert done.returncode == 0, done.stderr
    assert "3 answers, 3 to be graded" in " ".join(done.stdout.split())
    filled(path, ada=("3", "Good."), zoe=("1", ""))
    done = command("course", "read", course.folder, TOPIC, ASKED.name, "--take", path)
    assert done.returncode == 0, done.stderr
    assert "1 answers have new points" in done.stdout
    assert mark_of(course, "ada") == (3.0, 3.0, False, "Good.")
