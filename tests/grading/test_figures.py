"""The chapter's figure from a student's functions: drawn, or a sentence; never a failure."""

from __future__ import annotations

import base64
import faulthandler
import io
import json
import re
from dataclasses import asdict
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from autograder.course.feedback import draw_figures, write_feedback
from autograder.course.grade import grade_assignments
from autograder.grading import figures
from autograder.grading.figures import NO_FIGURE, Drawn, draw_all, figure_key
from autograder.report.model import Report
from autograder.report.pages import report_page
from autograder.sandbox import Limits, Sandbox
from autograder.submission.item import Item
from autograder.topic.catalogue import Catalogue
from autograder.topic.chapter import Chapter
from tests.build.test_build import CHAPTER, CHECKS, REFERENCE
from tests.conftest import CATALOGUE
from tests.kit.courses import NARROW, TOPIC, fresh, judge_here, quietly, released, submit
from tests.kit.forked import Forked

pytestmark = [pytest.mark.filterwarnings(text) for text in NARROW]

HEAD = '''# %% [markdown]
# # A chapter

# %%
import numpy as np


# %%
def f(x):
    """Square."""
    ### BEGIN SOLUTION
    return x**2
    ### END SOLUTION


# %%
def g(h, x):
    """Apply."""
    ### BEGIN SOLUTION
    return h(x)
    ### END SOLUTION


# %%
def figure():
    """Draw."""
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots()
    ax.set_title("A parabola")
'''
PLOT = "    ax.plot(np.arange(5.0), given(np.arange(5.0)))\n    return fig\n\n\n"
GIVEN = '''# %%
def given(x):
    """Call what the student wrote, from a function of the chapter's own."""
    return f(x)
'''


_apart = Forked(
    "import matplotlib.pyplot, tests.grading.test_figures",
    options=("-W", "ignore"),
    OPENBLAS_NUM_THREADS="1",
)


@pytest.fixture(autouse=True)
def nothing_is_drawn_here(monkeypatch):
    """Drawing limits the memory of its process and ends it when time is up: not this one."""

    def refuse(*args, **kwargs):
        raise AssertionError("a figure is drawn in the process of the tests")

    monkeypatch.setattr(faulthandler, "dump_traceback_later", refuse)


def draw(*paths: Path, **asked: Any) -> list[Drawn]:
    """Draw the figure of each submission, in a process of its own; `asked` is for `draw_here`."""
    code = "from tests.grading.test_figures import draw_here; "
    done = _apart(f"{code}draw_here({[*map(str, paths)]!r}, **{asked!r})")
    assert done.returncode == 0, done.stderr[-2000:]
    return [Drawn(**content) for content in json.loads(done.stdout)]


def draw_here(
    paths: list[str], body: str = "", topic: str = "", draws: bool = True, **limits: float
) -> None:
    """Print the figures of submissions: of a topic, or of one whose figure ends with `body`."""
    about = CATALOGUE.topic(topic) if topic else chapter(body or PLOT)
    about = about if draws else SimpleNamespace(**{**vars(about), "draws": False})
    figures.SECONDS = limits.get("seconds", figures.SECONDS)
    if "call" in limits:
        figures.CALL_LIMITS = Limits(seconds=limits["call"], output=16 << 20)
    with Sandbox("best") as sandbox:
        drawn = [asdict(figures.draw(sandbox, about, Path(path))) for path in paths]
    print(json.dumps(drawn))


def chapter(body: str = PLOT) -> SimpleNamespace:
    """Return a topic whose figure ends with these lines."""
    text = HEAD + body + GIVEN
    module = ModuleType("chapter")
    exec(text, vars(module))
    return SimpleNamespace(draws=True, solution=module, chapter=Chapter("squares", text))


def handed_in(tmp_path, f: str, name: str = "student") -> Path:
    path = tmp_path / f"{name}.py"
    start = "import numpy as np\n\n\n"
    end = "def g(h, x):\n    return h(x)\n"
    path.write_text(f"{start}def f(x):\n{f}\n\n\n{end}", encoding="utf-8")
    return path


def pixels(drawn: Drawn):
    from PIL import Image

    kind, data = drawn.picture.split(",")
    assert kind == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(data)))


def test_the_figure_is_drawn_from_the_students_function(tmp_path):
    values = {"ada": "x**2", "bo": "x * x", "cy": "-x"}
    paths = [handed_in(tmp_path, f"    return {f}", name) for name, f in values.items()]
    right, again, other = draw(*paths)
    assert right.alt == "A parabola" and right.why == ""
    assert right == again  # the same values give the same picture, byte for byte
    assert right.picture != other.picture
    assert pixels(right).size == (576, 432)
    assert not pixels(right).info.keys() & {"Software", "Title", "Author"}


def test_a_real_chapter_is_drawn(tmp_path):
    path = tmp_path / "ada.py"
    path.write_text(CATALOGUE.topic("lstm").chapter.text, encoding="utf-8")
    (drawn,) = draw(path, topic="lstm")
    assert "How far the error reaches back" in drawn.alt
    assert pixels(drawn).width > 1000


PANELS = """    try:
        ax.plot(given(np.arange(5.0)))
    except NotImplementedError:
        ax.set_title("What is there already")
    return fig


"""


def test_panels_that_wait_for_a_function_leave_room_for_the_others(tmp_path):
    unwritten = handed_in(tmp_path, "    raise NotImplementedError")
    (drawn,) = draw(unwritten, body=PANELS)
    assert (drawn.alt, drawn.why) == ("What is there already", "")
    (drawn,) = draw(unwritten)
    assert drawn.why.startswith("It is not there yet: f")


SHAPE = "what f returned cannot be drawn (ValueError)"
HOSTILE = {
    "not written": ("    raise NotImplementedError", "f: still to write in line 5 of student.py"),
    "an error": ("    raise KeyError('the <secret>')", "f: KeyError in line 5 of student.py"),
    "the end": ("    import os; os._exit(3)", "f: "),
    "no end": ("    while True: pass", "f: it takes too long"),
    "too large": ("    return np.zeros(5_000_000)", "f: the result is far too large"),
    "a wrong shape": (
        "    return np.zeros((3, 2))",
        "what f returned cannot be drawn (ValueError)",
    ),
    "an object": ("    return object()", "f: the result is not plain data"),
    "nothing": ("    return None", "what f returned cannot be drawn"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_cannot_be_drawn_is_told_in_a_sentence(tmp_path, kind):
    body, told = HOSTILE[kind]
    right = handed_in(tmp_path, "    return x", "right")
    drawn, after = draw(handed_in(tmp_path, body), right, call=1.0)
    assert drawn.picture == "" and drawn.why.startswith("It is not there yet: ")
    assert told in drawn.why
    assert "secret" not in drawn.why and str(tmp_path) not in drawn.why
    assert after.picture


@pytest.mark.parametrize("value", ["np.full(5, np.nan)", "x * np.inf", "x + 1e300"])
def test_odd_numbers_are_drawn_as_well_as_can_be(tmp_path, value):
    (drawn,) = draw(handed_in(tmp_path, f"    return {value}"))
    assert pixels(drawn).width


@pytest.mark.parametrize(
    "body",
    [
        "    for _ in range(int(f(7))):\n        ax.get_title()\n    return fig\n\n\n",
        "    ax.plot(np.zeros(int(f(7))))\n    return fig\n\n\n",
        "    try:\n        while f(7): pass\n    except Exception:\n        pass\n\n\n",
    ],
    ids=["steps", "bytes", "heedless"],
)
def test_time_and_memory_are_bounded(tmp_path, body):
    asked = handed_in(tmp_path, "    return 10**13")
    assert draw(asked, body=body, seconds=2.0) == [Drawn(why=figures._TOO_MUCH)]


def test_functions_worlds_and_generators_reach_the_student(tmp_path):
    """Also a function that calls the student's own, while theirs is waiting for it."""
    body = """    class World:
        action_space = observation_space = type("Space", (), {"n": 4})

        def reset(self, seed=None):
            return 2, {}

        def step(self, action):
            return action, 1.5, True, False, {}

    world = World()
    assert g(given, 3.0) == 9.0
    assert g(lambda x: g(given, x), 2.0) == 4.0
    assert f(world) == (2, 3, 1.5, True, 4)
    ax.plot(f(np.random.default_rng(1)))
    return fig


"""
    given = """    if isinstance(x, np.random.Generator):
        return x.normal(size=5)
    if isinstance(x, float):
        return x**2
    state, _ = x.reset(seed=1)
    after, reward, terminated, truncated, _ = x.step(3)
    return int(state), int(after), float(reward), terminated, x.action_space.n"""
    (drawn,) = draw(handed_in(tmp_path, given), body=body)
    assert drawn.picture, drawn.why


def test_calls_without_end_end(tmp_path):
    body = "    def down(x):\n        return g(down, x)\n\n    down(1.0)\n    return fig\n\n\n"
    (drawn,) = draw(handed_in(tmp_path, "    return x"), body=body)
    assert drawn.picture == "" and "g: " in drawn.why


def test_what_cannot_be_read_and_chapters_without_a_figure_have_none(tmp_path):
    there, link = handed_in(tmp_path, "    return x"), tmp_path / "link.py"
    link.symlink_to(there)
    assert draw(there, draws=False) == [NO_FIGURE]
    assert draw(link) == [NO_FIGURE]


# --- for a class ----------------------------------------------------------------------------------


@pytest.fixture
def catalogue(tmp_path):
    """A topic whose figure ends its process where the student says 13."""
    deadly = "def figure():\n    import os\n    import matplotlib.pyplot as plt\n\n"
    deadly += "    found = double(np.eye(2))\n    if found[0, 0] == 13:\n        os._exit(1)\n"
    deadly += "    fig, ax = plt.subplots()\n    ax.imshow(found, vmin=0, vmax=9)\n    return fig\n"
    text = CHAPTER.replace("def figure():\n    return double(np.eye(2))\n", deadly)
    assert "os._exit" in text
    root = tmp_path / "root"
    for place, content in (
        ("solutions/doubling/chapter.py", text),
        ("solutions/doubling/checks.py", CHECKS),
        ("reference/__init__.py", ""),
        ("reference/doubling.py", REFERENCE),
    ):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(content, encoding="utf-8")
    return Catalogue(root)


def item(tmp_path, student: str, factor: int, problem: str = "") -> Item:
    path = tmp_path / f"{student}.py"
    path.write_text(f"def double(x, factor=2.0):\n    return {factor} * x\n", encoding="utf-8")
    return Item(student, "doubling", path, problem)


def test_a_class_is_drawn_in_parallel_once_and_a_death_costs_one(catalogue, tmp_path, monkeypatch):
    items = [
        item(tmp_path, "ada", 2),
        item(tmp_path, "twin", 2),
        item(tmp_path, "killer", 13),
        item(tmp_path, "bo", 3),
        item(tmp_path, "linked", 2, "student is a link"),
    ]
    store, seen = tmp_path / "figures", []
    drawn = draw_all(
        items, catalogue, store, jobs=2, progress=lambda done, total, name: seen.append(name)
    )
    ada, twin, killer, bo, linked = drawn
    assert ada.picture and ada == twin and bo.picture not in ("", ada.picture)
    assert killer == Drawn(why=figures._TOO_MUCH)
    assert linked == NO_FIGURE
    assert sorted(seen) in (["ada", "bo", "killer"], ["bo", "killer", "twin"])
    assert len(list(store.iterdir())) == 3
    assert not [path for path in store.iterdir() if str(tmp_path) in path.read_text()]
    monkeypatch.setattr(figures, "_draw", None)
    assert draw_all(items, catalogue, store) == drawn  # kept: nothing is drawn again


def test_a_change_of_chapter_or_submission_asks_for_another_figure(catalogue, tmp_path):
    topic, path = catalogue.topic("doubling"), item(tmp_path, "ada", 2).path
    key = figure_key(topic, path)
    assert key == figure_key(topic, path)
    other = item(tmp_path, "bo", 3).path
    chapter_file = topic.folder / "chapter.py"
    chapter_file.write_text(chapter_file.read_text() + "\n# changed\n")
    assert len({key, figure_key(topic, path), figure_key(topic, other)}) == 3


def test_report_pages_show_the_figure_or_say_why_not():
    report = Report("lstm", "ada")
    with_one = report_page(report, Drawn("data:image/png;base64,AAAA", 'A "<b>" title'))
    assert '<img src="data:image/png;base64,AAAA" alt="The figure of the chapter' in with_one
    assert "&lt;b&gt;" in with_one and "<b>" not in with_one
    without = report_page(report, Drawn(why="It is not there yet: f: <still> to write."))
    assert "&lt;still&gt; to write." in without and "<img" not in without
    assert "Your figure" not in report_page(report) + report_page(report, NO_FIGURE)


def test_feedback_pages_show_the_figure(tmp_path, monkeypatch):
    """Drawn by `course feedback`; nbgrader's own command shows what was drawn."""
    judge_here(monkeypatch)
    course = fresh(tmp_path)
    for student, kind in (
        ("ada", "right"),
        ("bad", re.sub(r"raise NotImplementedError[^)]*\)", "return 5", released(course)).encode()),
        ("cut", "truncated"),
    ):
        submit(course, student, kind)
    quietly(lambda: grade_assignments(course, [TOPIC], jobs=1))
    page = lambda student: (course.place("feedback", student, TOPIC) / f"{TOPIC}.html").read_text(
        encoding="utf-8"
    )
    quietly(write_feedback, course, TOPIC)
    assert "Your figure" not in page("ada")
    drawn = draw_figures(course, TOPIC, jobs=1)
    assert [bool(figure.picture) for figure in drawn] == [True, False, False]
    quietly(write_feedback, course, TOPIC)
    assert re.search(r'<img src="data:image/png;base64,[A-Za-z0-9+/=]{9999}', page("ada"))
    assert "Three brackets of successive halving" in page("ada")
    assert "It is not there yet: what grid returned cannot be drawn (TypeError)" in page("bad")
    assert "Your figure" not in page("cut")
    for student in ("ada", "bad"):
        assert str(course.folder) not in page(student)
        assert json.dumps(str(CATALOGUE.root))[1:-1] not in page(student)
