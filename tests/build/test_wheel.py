"""What a wheel holds: the package, the released topics, and nothing that somebody's desk keeps."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile

from tests.conftest import ROOT

TOPIC = "lstm"


def test_what_a_desk_remembers_is_in_no_wheel(tmp_path):
    """Somebody worked in the checkout's own folder of a topic: its copies are solved files."""
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "autograder", tmp_path / "autograder", ignore=leave)
    topic = tmp_path / "assignments" / TOPIC
    shutil.copytree(ROOT / "assignments" / TOPIC, topic, ignore=leave)
    released = {f"autograder/_assignments/{TOPIC}/{path.name}" for path in topic.iterdir()}
    kept = topic / ".gradus" / "desk" / f"{TOPIC}.py" / "01_lstm_step.py"
    kept.parent.mkdir(parents=True)
    kept.write_text("an answer\n", encoding="utf-8")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if "_assignments" in name}
    assert names == released
