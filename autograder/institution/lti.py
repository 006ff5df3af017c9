"""LTI 1.3: grades pushed to a platform by its Assignment and Grade Services (AGS 2.0).

Only services are used, no launch: an administrator registers a tool with the public key that
``course lti --key`` prints, and gives its client id and two addresses. A token is asked for with a
signed assertion (OAuth 2.0 client credentials, RS256); who a student is there is told by the
platform's list of members (NRPS 2.0), by e-mail address or by number; each score is posted to the
assignment's line item, with the course's maximum, from which the platform converts.

Keys and tokens are PyJWT's work, which is small, kept and typed. pylti1p3 has had no release since
2022, and Authlib brings clients and servers that nothing here needs; the rest of both services is
a few requests, made with the standard library. It is tested against a platform simulated with real
keys, not against a running Canvas or Moodle.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.course.asking import opener
from autograder.course.assignment import SETTINGS, CourseError
from autograder.course.course import Course
from autograder.course.scores import Marks
from autograder.grading.files import write_whole
from autograder.values.table import Table

__all__ = ["Platform13", "Pushed", "public_keys", "push"]

_SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
_MEMBERS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
_MEMBERS_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
_KEY = "lti.pem"
_SECONDS = 30.0
_PAGES = 200  # of members; no course has so many


@dataclass(frozen=True)
class Platform13:
    """What a platform's administrator told: ``[lti]`` in ``course.toml``."""

    client_id: str
    token_url: str
    members_url: str
    audience: str = ""

    @classmethod
    def of(cls, course: Course) -> Platform13:
        """Read the settings of a course.

        Raises
        ------
        CourseError
            If something is missing, or an address is not safe.
        """
        given = course.settings.get("lti")
        names = ("client_id", "token_url", "members_url")
        if not isinstance(given, dict) or not all(
            isinstance(given.get(name), str) and given[name] for name in names
        ):
            raise CourseError(
                f"{SETTINGS}: [lti] needs {', '.join(names)}: ask the platform's side"
            )
        for name in names[1:]:
            _safe(given[name], f"lti.{name}")
        audience = str(given.get("audience", "")) or given["token_url"]
        return cls(given["client_id"], given["token_url"], given["members_url"], audience)


def _safe(address: str, what: str) -> str:
    """Refuse an address over which a token would travel in the open."""
    parts = urllib.parse.urlsplit(address)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise CourseError(f"{SETTINGS}: {what}: {address!r} is no https:// address")
    return address


def line_item(course: Course, assignment: str) -> str:
    """Return the address of an assignment's line item."""
    entry = course.settings.get("assignments", {}).get(assignment, {})
    address = entry.get("line_item") if isinstance(entry, dict) else None
    if not isinstance(address, str) or not address:
        raise CourseError(f"{SETTINGS}: {assignment}: line_item: write the line item's address")
    return _safe(address, f"{assignment}: line_item")


# --- keys -----------------------------------------------------------------------------------------


def _private_key(course: Course) -> Any:
    """Return the course's key, made with mode 0600 if there is none."""
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa
    except ImportError:
        raise CourseError("LTI needs PyJWT: pip install 'PyJWT[crypto]'") from None
    path = course.private / _KEY
    if not path.exists():
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        text = made.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(text)
    try:
        return serialization.load_pem_private_key(path.read_bytes(), None)
    except ValueError as error:
        raise CourseError(f".gradus/{_KEY} is no key: remove it to have one made") from error


def public_keys(course: Course) -> Table:
    """Return the set of public keys (JWKS) to register with the platform."""
    from jwt.algorithms import RSAAlgorithm

    key = RSAAlgorithm.to_jwk(_private_key(course).public_key(), as_dict=True)
    return {"keys": [{**key, "alg": "RS256", "use": "sig", "kid": _kid(key)}]}


def _kid(key: Table) -> str:
    text = json.dumps({name: key[name] for name in ("e", "kty", "n")}, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _assertion(course: Course, platform: Platform13) -> str:
    import jwt

    now = int(time.time())
    claims = {
        "iss": platform.client_id,
        "sub": platform.client_id,
        "aud": platform.audience,
        "iat": now,
        "exp": now + 300,
        "jti": uuid.uuid4().hex,
    }
    kid = public_keys(course)["keys"][0]["kid"]
    key = _private_key(course)
    signed: str = jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})
    return signed


# --- requests -------------------------------------------------------------------------------------


def _asked(request: urllib.request.Request, what: str) -> tuple[bytes, Mapping[str, str]]:
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            return answer.read(16 << 20), dict(answer.headers.items())
    except urllib.error.HTTPError as error:
        said = " ".join(error.read(300).decode("utf-8", "replace").split())
        raise CourseError(f"{what}: the platform says {error.code} {said}".strip()) from None
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise CourseError(f"{what}: the platform cannot be reached ({reason})") from None


def _json(content: bytes, what: str) -> Table:
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise CourseError(f"{what}: the platform answers with something else than it should")
    return found


def _token(course: Course, platform: Platform13) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": _ASSERTION,
        "client_assertion": _assertion(course, platform),
        "scope": f"{_SCORE} {_MEMBERS}",
    }
    request = urllib.request.Request(
        platform.token_url,
        urllib.parse.urlencode(form).encode(),
        {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
    )
    content, _ = _asked(request, "the token")
    token = _json(content, "the token").get("access_token")
    if not isinstance(token, str) or not token:
        raise CourseError("the token: the platform gives none")
    return token


def _members(platform: Platform13, token: str) -> Iterator[Table]:
    address, seen = platform.members_url, 0
    headers = {"Authorization": f"Bearer {token}", "Accept": _MEMBERS_TYPE}
    while address and seen < _PAGES:
        seen += 1
        content, told = _asked(urllib.request.Request(address, headers=headers), "the members")
        members = _json(content, "the members").get("members")
        yield from (one for one in members or () if isinstance(one, dict))
        links = next((value for name, value in told.items() if name.lower() == "link"), "")
        following = re.search(r'<([^>]+)>\s*;\s*rel="?next"?', links)
        address = _safe(following[1], "the members' next page") if following else ""


def _by_name(members: Iterator[Table]) -> dict[str, str]:
    """Return the platform's user id by all that may name a student; what names two names none."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for member in members:
        user = str(member.get("user_id", ""))
        names = ("email", "lis_person_sourcedid", "ext_user_username", "user_id")
        for name in {str(member.get(key) or "").strip().casefold() for key in names} - {""}:
            twice |= {name} if found.setdefault(name, user) != user else set()
    return {name: user for name, user in found.items() if name not in twice}


def _scores_of(item: str) -> str:
    """Return where scores of a line item are posted: before what may follow a question mark."""
    parts = urllib.parse.urlsplit(item)
    return urllib.parse.urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/scores"))


# --- pushing --------------------------------------------------------------------------------------


@dataclass
class Pushed:
    """What was sent.

    Attributes
    ----------
    sent, same : list of str
        Whose score was posted, and whose stands there since the last time.
    unknown : list of str
        Whom the platform does not know.
    failed : list of str
        Whose score the platform refused, with what it says.
    """

    sent: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def push(course: Course, assignment: str, marks: Sequence[Marks], *, every: bool = False) -> Pushed:
    """Post the scores that changed since the last time, or every one.

    Raises
    ------
    CourseError
        If the settings do not do, or the platform gives no token or no members.
    """
    platform, item = Platform13.of(course), line_item(course, assignment)
    token = _token(course, platform)
    users = _by_name(_members(platform, token))
    kept = _kept(course)
    before = kept.setdefault(item, {})
    done = Pushed()
    try:
        for one in marks:
            user = next((users[n] for n in _names(one) if n in users), "")
            score = [one.score, one.points, bool(one.waiting)]
            if one.points <= 0:
                done.failed.append(f"{one.student}: there are no points to have")
            elif not user:
                done.unknown.append(one.student)
            elif before.get(user) == score and not every:
                done.same.append(one.student)
            else:
                try:
                    _post(item, token, user, one)
                except CourseError as error:
                    done.failed.append(str(error))
                    continue
                before[user] = score
                done.sent.append(one.student)
    finally:
        write_whole(_log(course), json.dumps(kept, indent=1, sort_keys=True))
    return done


def _names(marks: Marks) -> list[str]:
    return [name.strip().casefold() for name in (marks.email, marks.student) if name.strip()]


def _post(item: str, token: str, user: str, marks: Marks) -> None:
    content = {
        "userId": user,
        "scoreGiven": marks.score,
        "scoreMaximum": marks.points,
        "activityProgress": "Completed",
        "gradingProgress": "PendingManual" if marks.waiting else "FullyGraded",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }
    request = urllib.request.Request(
        _scores_of(item),
        json.dumps(content).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": _SCORE_TYPE},
    )
    _asked(request, marks.student)


def _log(course: Course) -> Path:
    return course.private / "lti.json"


def _kept(course: Course) -> dict[str, Table]:
    try:
        found: dict[str, Table] = json.loads(_log(course).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found
