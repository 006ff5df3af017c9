"""`check`, `show` and `grade` in a running notebook."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest

from autograder.desk import selfcheck
from autograder.desk.target import find_target
from autograder.report.pictures import difference_svg, png
from tests.conftest import CATALOGUE
from tests.kit.battery import topic
from tests.kit.release import make_release, written

TOPIC = "optimizers"
WRONG = """\
def momentum_step(param, grad, velocity, lr=0.01, beta=0.9):
    velocity = beta * velocity + grad
    print("<b>v</b>", velocity)
    return param - lr * velocity, velocity
"""
RIGHT = "def sgd_step(param, grad, lr=0.01):\n    return param - lr * grad\n"


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return make_release(tmp_path_factory.mktemp("release"), [TOPIC])


@pytest.fixture
def notebook(release, monkeypatch):
    """Return a function that runs cells in a shell of a notebook beside its record."""
    shells = pytest.importorskip("IPython.core.interactiveshell")
    from traitlets.config import Config

    monkeypatch.chdir(release / "assignments" / TOPIC)
    shell = shells.InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")

        def run(source: str):
            found = shell.run_cell(source, store_history=True)
            assert found.error_before_exec is None
            if found.error_in_exec is not None:
                raise found.error_in_exec
            return found.result

        run(f"%load_ext autograder\n%topic {TOPIC}")
        run("import numpy as np")
        yield run


def test_the_number_is_plain_and_the_verdict_is_html(notebook):
    notebook(RIGHT)
    result = notebook('check("sgd_step")')
    assert isinstance(result, float)
    assert repr(result) == "1.0"
    assert "sgd_step" in result._repr_html_()
    assert repr(notebook("check(sgd_step)")) == "1.0"


def test_the_verdict_is_that_of_the_shell(notebook, release, tmp_path):
    notebook(WRONG)
    result = notebook('check("momentum_step")')
    path = tmp_path / "optimizers.py"
    body = "\n".join(line[4:] for line in WRONG.split("\n")[1:])
    path.write_text(written(TOPIC, momentum_step=body), encoding="utf-8")
    target = find_target(str(path), root=release)
    (exercise,) = selfcheck.run(target, ["momentum_step"]).report.exercises
    assert float(result) == exercise.earned
    html = result._repr_html_()
    failed = [check for check in exercise.checks if not check.passed]
    assert "PyTorch" in html
    for check in failed:
        assert check.message.split(":")[0] in html
    assert failed[0].hint[:40] in html
    assert "<table>" in html


def test_cause_hint_and_smallest_case_open_one_after_the_other(notebook):
    notebook(WRONG)
    html = notebook('check("momentum_step")')._repr_html_()
    labels = ["<summary>Ask for the cause<", "<b>Cause:", "<summary>Ask for the hint<", "<b>Hint:"]
    places = [html.index(label) for label in labels]
    assert places == sorted(places)
    assert html.index("</details></details>") > places[-1], "the hint's rung is inside the cause's"
    assert "<details open>" not in html
    assert "<script" not in html


def test_explain_shows_the_inputs_as_tables_and_the_call_to_copy(notebook):
    notebook(WRONG)
    html = notebook('check("momentum_step", explain=True)')._repr_html_()
    assert "Ask for" not in html
    assert "<b>Hint:" in html
    shown = html[html.index("<details open>") :]
    assert "<code>param</code></b></div><table><tr><td>" in shown
    code = re.search(r"<pre>(import numpy as np\n.*?)</pre>", shown, re.DOTALL)
    assert code is not None
    assert len(notebook(code[1])) == 2


def test_the_instructor_may_open_all_rungs(notebook, release):
    setting = release / "assignments" / "desk.toml"
    setting.write_text('hints = "open"\n', encoding="utf-8")
    try:
        notebook(WRONG)
        assert "Ask for" not in notebook('check("momentum_step")')._repr_html_()
    finally:
        setting.unlink()


def test_what_a_student_wrote_is_escaped(notebook):
    notebook(WRONG)
    html = notebook('check("momentum_step")')._repr_html_()
    assert "<b>v</b>" not in html
    assert "&lt;b&gt;v&lt;/b&gt;" in html


def test_an_unwritten_exercise_is_calm(notebook):
    assert repr(notebook('check("adam_step")')) == "0.0"
    notebook("def adam_step(*a, **k):\n    raise NotImplementedError")
    result = notebook('check("adam_step")')
    assert "still to write" in result._repr_html_()
    assert "not defined" in notebook('check("svrg_epoch")')._repr_html_()


def test_an_unknown_name_is_told(notebook):
    result = notebook('check("adam_stp")')
    assert float(result) == 0.0
    assert "did you mean adam_step?" in result._repr_html_()


def test_an_exception_names_the_cell_and_line(notebook):
    notebook("def sgd_step(param, grad, lr=0.01):\n    x = 1\n    return param - lrr * grad")
    html = notebook('check("sgd_step")')._repr_html_()
    assert re.search(r"NameError in line 3 of In\[\d+\]", html)
    assert "return param - lrr * grad" in html
    assert "Did you mean `lr`?" in html


def test_the_whole_topic_is_a_table(notebook):
    notebook(RIGHT)
    result = notebook("check()")
    assert float(result) == 1.0
    assert result._repr_html_().count("<tr>") == len(topic(TOPIC).exercises)
    assert "Next: " in result._repr_html_()


def test_show_draws_and_says_what_is_missing(notebook, capsys):
    notebook("def figure():\n    raise NotImplementedError('adam_step')")
    assert notebook("show(figure)") is None
    assert "adam_step is still to write" in capsys.readouterr().out
    notebook("def figure():\n    return np.ones(3) + np.ones(4)")
    notebook("show(figure)")
    assert "ValueError in line 2 of In[" in capsys.readouterr().out
    notebook("def capstone():\n    return {'loss': 0.25, 'target_reached': True}")
    notebook("show(capstone)")
    said = capsys.readouterr().out
    assert "loss" in said
    assert "Target reached" in said


def test_a_figure_is_shown_once(notebook, monkeypatch):
    figures = pytest.importorskip("matplotlib.figure")
    from IPython import display

    shown = []
    monkeypatch.setattr(display, "display", shown.append)
    figure = figures.Figure(figsize=(1, 1))
    notebook("def figure():\n    return drawn")
    notebook("get_ipython().user_ns").__setitem__("drawn", figure)
    notebook("show(figure)")
    assert len(shown) == 1
    assert shown[0].data.startswith(b"\x89PNG")


def test_grade_is_a_plain_clamped_float_and_never_raises(notebook):
    notebook(RIGHT)
    for call, points in (
        ('grade("sgd_step")', 1.0),
        ('grade("adam_step")', 0.0),
        ('grade("nothing")', 0.0),
    ):
        result = notebook(call)
        assert type(result) is float
        assert result == points


# --- pictures ------------------------------------------------------------------------------------


def test_pictures_suit_the_shape():
    rng = np.random.default_rng(0)
    line, plane = rng.normal(size=40), rng.normal(size=(20, 30))
    assert "polyline" in difference_svg(line, line + 1)
    assert "stroke-dasharray" in difference_svg(line, line + 1)
    assert difference_svg(plane, plane.T.reshape(20, 30)).count("data:image/png") == 3
    assert "[" in difference_svg(np.arange(6.0), np.arange(6.0) + 1)
    assert "cross" in difference_svg(rng.normal(size=(9, 2)), rng.normal(size=(9, 2)), kind="path")
    cube = rng.normal(size=(2, 3, 12, 11))
    worse = cube.copy()
    worse[1, 2, 3, 4] += 9
    assert "[1, 2, :, :]" in difference_svg(cube, worse)
    grid = rng.uniform(-1, 1, (2, 4, 5, 2))
    assert "circle" in difference_svg(grid, grid[..., ::-1])


@pytest.mark.parametrize(
    "pair",
    [
        (np.array(1.0), np.array(2.0)),
        (np.ones(3), np.ones(4)),
        (np.array(["a"]), np.array(["b"])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
    ],
)
def test_no_picture_where_none_helps(pair):
    assert difference_svg(*pair) == ""


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("shape", [(5,), (40,), (3, 4), (30, 20), (40, 2), (2, 9, 9)])
def test_pictures_survive_what_is_not_finite(bad, shape):
    expected = np.linspace(0, 1, int(np.prod(shape))).reshape(shape)
    actual = expected.copy()
    actual.flat[1] = bad
    assert difference_svg(expected, actual)
    assert difference_svg(expected, np.full(shape, bad))
    assert difference_svg(np.zeros(shape), np.zeros(shape) + 1)


def test_png_is_readable():
    image = pytest.importorskip("matplotlib.image")
    import io

    levels = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
    read = image.imread(io.BytesIO(png(levels)), format="png")
    assert np.allclose(read, levels / 255, atol=1e-3)


@pytest.mark.parametrize(
    "topic",
    [
        pytest.param(name, marks=[] if name == TOPIC else pytest.mark.slow)
        for name in CATALOGUE.released()
    ],
)
def test_an_untouched_release_runs_to_its_end(topic, tmp_path):
    """Restart & Run All: nothing raises, and it says what is left to do."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    folder = CATALOGUE.record(topic).parent
    node = nbformat.read(folder / f"{topic}.ipynb", as_version=4)
    client = nbclient.NotebookClient(node, timeout=120, kernel_name="python3")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client.execute(cwd=str(folder))
    outputs = [out for cell in node.cells for out in cell.get("outputs", ())]
    assert not [out for out in outputs if out.output_type == "error"]
    assert not [out for out in outputs if out.get("name") == "stderr"]
    text = "".join(str(out.get("data", out.get("text", ""))) for out in outputs)
    assert "still to write" in text
