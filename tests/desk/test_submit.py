"""Before handing in: what will be graded is told, and exactly that is written."""

from __future__ import annotations

import hashlib
import json

import pytest

from autograder.desk.submit import main
from tests.conftest import CATALOGUE
from tests.submission.table import STUB, WORK, notebook

TOPIC = "optimizers"
RECORDS = CATALOGUE.root


def run(capsys, *args: object) -> tuple[int, str]:
    code = main([str(arg) for arg in (*args, "--root", RECORDS)])
    told = capsys.readouterr()
    return code, told.out + told.err


def test_what_is_written_is_what_was_checked(tmp_path, capsys):
    mine = tmp_path / "my optimizers.ipynb"
    mine.write_text(notebook("import numpy as np\n# %%\n" + WORK), encoding="utf-8")
    code, told = run(capsys, mine, "--out", tmp_path / "out")
    assert code == 0, told
    written = tmp_path / "out" / "optimizers.ipynb"
    assert written.read_bytes() == mine.read_bytes()
    receipt = json.loads((tmp_path / "out" / "optimizers.receipt.json").read_text())
    assert receipt["sha256"] == hashlib.sha256(mine.read_bytes()).hexdigest()
    assert receipt["file"] == "optimizers.ipynb" and 0 < receipt["points"] < receipt["of"]
    assert "momentum_step: " in told and "sgd_step" not in told
    assert "questions turned_ravine" in told and "not answered" in told
    assert "level" in told and "Python 3" in told and "NumPy" in told


def test_the_worked_file_of_a_folder_is_taken(tmp_path, capsys):
    (tmp_path / "optimizers.py").write_text(WORK, encoding="utf-8")
    (tmp_path / "optimizers.ipynb").write_text(notebook(STUB), encoding="utf-8")
    code, told = run(capsys, tmp_path, "--out", tmp_path / "out")
    assert code == 0, told
    assert (tmp_path / "out" / "optimizers.py").read_text(encoding="utf-8") == WORK
    assert not (tmp_path / "out" / "optimizers.ipynb").exists()
    assert "answered in the notebook" in told


@pytest.mark.parametrize(
    ("content", "said"),
    [("def cook(x): return x\n", "defines no exercise"), ("", "defines no exercise")],
)
def test_nothing_is_written_where_nothing_can_be_graded(tmp_path, capsys, content, said):
    (tmp_path / "optimizers.py").write_text(content, encoding="utf-8")
    code, told = run(capsys, tmp_path / "optimizers.py", "--out", tmp_path / "out")
    assert code == 2 and said in told and len(told.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_the_file_itself_is_never_written_over(tmp_path, capsys):
    (tmp_path / "optimizers.py").write_text(WORK, encoding="utf-8")
    code, told = run(capsys, tmp_path / "optimizers.py", "--out", tmp_path)
    assert code == 2 and "the file itself" in told
    assert (tmp_path / "optimizers.py").read_text(encoding="utf-8") == WORK


def test_what_is_to_be_done_without_is_kept_back_as_in_grading(tmp_path, capsys):
    """Under a name put together at run time no rule over the text sees it."""
    text = (
        "import numpy as np\n\n\n"
        "def conv1d(signal, kernel, stride=1, padding=0, dilation=1):\n"
        '    whole = getattr(np, "con" + "volve")(np.pad(signal, padding), kernel[::-1], "valid")\n'
        "    return whole[::stride].astype(signal.dtype)\n"
    )
    (tmp_path / "convolution.py").write_text(text, encoding="utf-8")
    code, told = run(capsys, tmp_path / "convolution.py", "--out", tmp_path / "out")
    assert code == 0, told
    assert "conv1d is to be written without np.convolve" in told
    receipt = json.loads((tmp_path / "out" / "convolution.receipt.json").read_text())
    assert receipt["points"] == 0


def test_a_file_that_a_browser_renamed_is_written_under_its_name(tmp_path, capsys):
    (tmp_path / "optimizers.py.txt").write_text(WORK, encoding="utf-8")
    code, told = run(capsys, tmp_path / "optimizers.py.txt", "--out", tmp_path / "out")
    assert code == 0, told
    assert (tmp_path / "out" / "optimizers.py").read_text(encoding="utf-8") == WORK


def test_a_home_that_is_not_there_costs_nothing(monkeypatch):
    from autograder.desk import progress

    def nowhere():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(progress.Path, "home", nowhere)
    for name in ("GRADUS_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert progress.cache_folder().name == "progress"
