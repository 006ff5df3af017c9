"""LTI 1.3 against a simulated platform: real keys, signed assertions, scoped tokens, AGS and NRPS.

The platform below holds what the specifications ask of a tool (1EdTech Security Framework 1.0, AGS
2.0, NRPS 2.0) and refuses all else.
"""

from __future__ import annotations

import json
import threading
import urllib.parse
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.course.scores import Marks
from autograder.course.start import init
from tests.conftest import CATALOGUE
from tests.kit.courses import command

jwt = pytest.importorskip("jwt")
pytest.importorskip("cryptography")

from autograder.institution.lti import public_keys, push  # noqa: E402

TOPIC = "optimizers"
SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
MEMBERS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
CLIENT = "10000000000001"


class Platform:
    """A learning platform: it knows the tool's public key, its members and a line item."""

    def __init__(self):
        self.keys, self.used, self.tokens = {"keys": []}, set(), {}
        self.scores, self.broken, self.maximum = {}, {}, 100.0
        self.members = [
            {"user_id": "u-1", "email": "ADA@uni.example", "roles": ["Learner"]},
            {"user_id": "u-2", "lis_person_sourcedid": "bo", "roles": ["Learner"]},
            {"user_id": "u-3", "email": "two@uni.example"},
            {"user_id": "u-4", "email": "two@uni.example"},
        ]
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self, b"")

            def do_POST(self):
                outer.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request, body):
        parts = urllib.parse.urlsplit(request.path)
        code, content, headers = self.broken.get(parts.path) or self.ways()[parts.path](
            request, body, parts.query
        )
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        request.send_response(code)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(data)

    def ways(self):
        return {"/token": self.token, "/members": self.list, "/items/7/scores": self.score}

    def token(self, request, body, query):
        form = {k: v[0] for k, v in urllib.parse.parse_qs(body.decode()).items()}
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert form["grant_type"] == "client_credentials"
        assert form["client_assertion_type"].endswith("client-assertion-type:jwt-bearer")
        try:
            head = jwt.get_unverified_header(form["client_assertion"])
            (key,) = [k for k in self.keys["keys"] if k["kid"] == head["kid"]]
            claims = jwt.decode(
                form["client_assertion"],
                jwt.PyJWK(key).key,
                algorithms=["RS256"],
                audience=f"{self.base}/token",
                issuer=CLIENT,
                options={"require": ["exp", "iat", "iss", "sub", "aud", "jti"]},
            )
        except (jwt.PyJWTError, ValueError) as error:
            return 400, {"error": "invalid_client", "error_description": str(error)}, {}
        if claims["sub"] != CLIENT or claims["jti"] in self.used:
            return 400, {"error": "invalid_client"}, {}
        assert claims["exp"] - claims["iat"] <= 3600
        self.used.add(claims["jti"])
        token = f"token-{len(self.tokens)}"
        self.tokens[token] = set(form["scope"].split())
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}, {}

    def allowed(self, request, scope):
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return kind == "Bearer" and scope in self.tokens.get(token, ())

    def list(self, request, body, query):
        if not self.allowed(request, MEMBERS):
            return 401, {"error": "unauthorized"}, {}
        assert "membershipcontainer+json" in request.headers["Accept"]
        page = int(dict(urllib.parse.parse_qsl(query)).get("page", 0))
        more = {"Link": f'<{self.base}/members?page={page + 1}>; rel="next"'}
        last = page + 1 == len(self.members)
        return 200, {"id": "x", "members": [self.members[page]]}, {} if last else more

    def score(self, request, body, query):
        if not self.allowed(request, SCORE):
            return 401, {"error": "unauthorized"}, {}
        assert request.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
        assert query == "type_id=2"
        given = json.loads(body)
        if given["userId"] not in {member["user_id"] for member in self.members}:
            return 404, {"error": "no such user"}, {}
        assert given["activityProgress"] == "Completed"
        assert given["gradingProgress"] in ("FullyGraded", "PendingManual")
        assert given["scoreGiven"] >= 0 and given["scoreMaximum"] > 0
        assert datetime.fromisoformat(given["timestamp"]).tzinfo is not None
        share = given["scoreGiven"] / given["scoreMaximum"]
        self.scores[given["userId"]] = (share * self.maximum, given["gradingProgress"])
        return 204, b"", {}


@pytest.fixture
def platform():
    made = Platform()
    yield made
    made.server.shutdown()
    made.server.server_close()


def settings(course, platform, **changes):
    given = {
        "client_id": CLIENT,
        "token_url": f"{platform.base}/token",
        "members_url": f"{platform.base}/members?page=0",
    } | changes
    lines = ["[lti]", *(f'{name} = "{value}"' for name, value in given.items())]
    lines += [f"[assignments.{TOPIC}]", f'line_item = "{platform.base}/items/7?type_id=2"']
    (course.folder / "course.toml").write_text("\n".join(lines) + "\n")
    return Course.open(course.folder)


@pytest.fixture
def course(tmp_path, platform):
    made, _ = init(tmp_path / "course", CATALOGUE, [TOPIC])
    made = settings(made, platform)
    platform.keys = public_keys(made)
    return made


def marks(student, score, email="", waiting=0):
    return Marks(student, TOPIC, score, 40.0, waiting=waiting, email=email)


CLASS = [marks("ada", 30.0, "ada@uni.example"), marks("bo", 20.0, waiting=1)]


def test_scores_reach_the_platform_which_converts_them(course, platform):
    done = push(course, TOPIC, CLASS)
    assert (done.sent, done.same, done.unknown, done.failed) == (["ada", "bo"], [], [], [])
    assert platform.scores == {"u-1": (75.0, "FullyGraded"), "u-2": (50.0, "PendingManual")}
    done = push(course, TOPIC, [marks("ada", 30.0, "ada@uni.example"), marks("bo", 24.0)])
    assert (done.sent, done.same) == (["bo"], ["ada"])
    assert platform.scores["u-2"] == (60.0, "FullyGraded")
    assert push(course, TOPIC, CLASS[:1], every=True).sent == ["ada"]
    assert len(platform.used) == 3  # each assertion is used once


def test_whom_the_platform_does_not_know_or_cannot_tell_apart_is_named(course, platform):
    done = push(course, TOPIC, [marks("zoe", 1.0), marks("cy", 1.0, "two@uni.example")])
    assert (done.sent, done.unknown) == ([], ["zoe", "cy"])
    assert platform.scores == {}


def test_one_refusal_costs_nobody_else_and_is_tried_again(course, platform):
    platform.broken["/items/7/scores"] = (403, {"error": "the course\nis over"}, {})
    done = push(course, TOPIC, CLASS)
    assert done.sent == [] and done.failed == [
        f'{who}: the platform says 403 {{"error": "the course\\nis over"}}' for who in ("ada", "bo")
    ]
    platform.broken.clear()
    assert push(course, TOPIC, CLASS).sent == ["ada", "bo"]


def test_a_key_that_is_not_registered_gets_no_token(course, platform):
    (course.private / "lti.pem").unlink()
    with pytest.raises(CourseError, match=r"the token: the platform says 400 .*invalid_client"):
        push(course, TOPIC, CLASS)
    other = settings(course, platform, client_id="somebody")
    platform.keys = public_keys(other)
    with pytest.raises(CourseError, match="invalid_client"):
        push(other, TOPIC, CLASS)
    assert platform.tokens == {}


def test_the_key_stays_here_and_its_public_half_is_stable(course):
    first = public_keys(course)
    assert public_keys(course) == first
    (key,) = first["keys"]
    assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(key)
    assert oct((course.private / "lti.pem").stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize(
    ("path", "answer", "told"),
    [
        ("/token", (200, b"<html>", {}), "the token: the platform answers with something else"),
        ("/token", (200, {"token_type": "Bearer"}, {}), "the platform gives none"),
        ("/token", (302, b"", {"Location": "http://127.0.0.1:1/"}), "says 302"),
        ("/members", (500, b"oops", {}), "the members: the platform says 500 oops"),
        ("/members", (200, {"members": []}, {"Link": '<http://x.example/>; rel="next"'}), "https"),
    ],
)
def test_what_a_platform_should_not_say_is_one_line(course, platform, path, answer, told):
    platform.broken[path] = answer
    with pytest.raises(CourseError, match=told) as raised:
        push(course, TOPIC, CLASS)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "needs client_id, token_url, members_url"),
        ('[lti]\nclient_id = "1"\n', "needs client_id, token_url, members_url"),
        (
            '[lti]\nclient_id = "1"\ntoken_url = "http://uni.example/t"\nmembers_url = "x"\n',
            "is no https:// address",
        ),
        (
            '[lti]\nclient_id = "1"\ntoken_url = "file:///etc/passwd"\nmembers_url = "x"\n',
            "is no https:// address",
        ),
        (
            '[lti]\nclient_id = "1"\ntoken_url = "https://a"\nmembers_url = "https://a"\n',
            "line_item: write the line item's address",
        ),
    ],
)
def test_settings_that_do_not_do_are_one_line(course, text, told):
    (course.folder / "course.toml").write_text(f"{text}[assignments.{TOPIC}]\n")
    with pytest.raises(CourseError, match=told):
        push(Course.open(course.folder), TOPIC, CLASS)


def test_nobody_there_is_one_line(course, platform):
    away = settings(course, platform, token_url="http://127.0.0.1:9/token")
    with pytest.raises(CourseError, match="the token: the platform cannot be reached"):
        push(away, TOPIC, CLASS)


def test_the_command(course, platform):
    done = command("course", "lti", course.folder, "--key")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == public_keys(course)
    done = command("course", "lti", course.folder, TOPIC)
    assert (done.returncode, done.stdout) == (0, f"{TOPIC}: 0 sent, 0 as before\n"), done.stderr
    (course.folder / "course.toml").write_text(f"[assignments.{TOPIC}]\n")
    done = command("course", "lti", course.folder, TOPIC)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
