"""Walk from the wheel as a student does, on several Pythons: ``python -m tests.kit.wheels``.

Builds the wheel once, makes an environment for each Python of this machine that the package
supports (pyenv's, else those on the path), installs the wheel and nothing of the checkout, and goes
from `list` to `submit` in an empty folder: every topic as its stub, solved, and as a notebook.
``--ends`` takes the oldest and the newest alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.conftest import CATALOGUE, ROOT

SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
BIN = "Scripts" if os.name == "nt" else "bin"
DEMANDED = ("--quiet", "--disable-pip-version-check", "--no-input")


def pythons() -> dict[str, str]:
    """Return the interpreters that are here, by version, oldest first."""
    found = {}
    for version in SUPPORTED:
        home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
        named = [str(path / "bin" / "python") for path in sorted(home.glob(f"{version}.*"))]
        for candidate in (*named[::-1], shutil.which(f"python{version}") or ""):
            if candidate and _version(candidate) == version:
                found[version] = candidate
                break
    return found


def _version(python: str) -> str:
    told = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", told], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def build(folder: Path) -> Path:
    """Build the wheel into a folder."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def environment(python: str, folder: Path, wheel: Path) -> Path:
    """Make an environment that holds the wheel, what it asks for, and pytest."""
    subprocess.run([python, "-m", "venv", str(folder)], check=True, capture_output=True)
    made = folder / BIN / "python"
    install = [str(made), "-m", "pip", "install", *DEMANDED, str(wheel), "pytest"]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{python}: the wheel cannot be installed\n{done.stderr[-1500:]}")
    return made


def steps(topics: Sequence[str]) -> Iterator[tuple[tuple[str, ...], int, str]]:
    """Yield what a student runs, the exit code it must have, and words that must be told."""
    yield ("-m", "autograder", "--version"), 0, "gradus-dl"
    yield ("-m", "autograder", "list"), 0, "Unit I"
    for topic in topics:
        yield ("-m", "autograder", "start", topic), 0, f"autograder check {topic}"
        yield ("-m", "autograder", "check", f"{topic}.py"), 1, "Next: write"
        yield ("-m", "autograder", "check", f"{topic}.ipynb"), 1, "Next: write"
        yield ("-m", "autograder", "check", f"solved/{topic}.py"), 0, "All public checks pass"
        yield ("-m", "pytest", "-q", f"solved/{topic}.py"), 0, "passed"
    first = topics[0]
    exercise = CATALOGUE.topic(first).exercises[0].name
    yield (f"{first}.py",), 0, "Not yet"
    yield ("-m", "autograder", "submit", f"solved/{first}.py"), 0, "hand in"
    yield ("-m", "autograder", "reset", f"solved/{first}.py", exercise), 0, "the stub again"
    yield ("-m", "autograder", "check", f"solved/{first}.py", "-e", exercise), 1, "to write"
    yield ("-m", "autograder", "progress"), 0, first


def walk(python: Path, folder: Path, topics: Sequence[str]) -> list[str]:
    """Go the whole way in an empty folder and return what went wrong."""
    (folder / "solved").mkdir(parents=True)
    for topic in topics:
        text = CATALOGUE.topic(topic).chapter.text
        (folder / "solved" / f"{topic}.py").write_text(text, encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GRADUS", "PYTHON"))}
    kept |= {"MPLBACKEND": "agg", "GRADUS_CACHE_DIR": str(folder / "cache"), "NO_COLOR": "1"}
    wrong = []
    for words, code, told in steps(topics):
        done = subprocess.run(
            [str(python), *words],
            cwd=folder,
            env=kept,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=300,
            check=False,
        )
        said = done.stdout + done.stderr
        if done.returncode != code or told not in said or "Traceback" in said:
            wrong.append(f"{' '.join(words)}: exit code {done.returncode}\n{said[-1500:]}")
    return wrong


def main(argv: Sequence[str]) -> int:
    """Walk on each Python and say how it went."""
    found = pythons()
    chosen = list(found)
    if "--ends" in argv:
        chosen = sorted({chosen[0], chosen[-1]}, key=SUPPORTED.index) if chosen else []
    print(f"here: {', '.join(found) or 'none'}; not here: {', '.join(set(SUPPORTED) - set(found))}")
    failed = not chosen
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder / "wheel")
        for version in chosen:
            start = time.perf_counter()
            python = environment(found[version], folder / f"venv-{version}", wheel)
            wrong = walk(python, folder / f"student-{version}", CATALOGUE.names())
            for each in wrong:
                print(each)
            failed |= bool(wrong)
            told = f"{len(wrong)} steps went wrong" if wrong else "all right"
            print(f"Python {version}: {told} ({time.perf_counter() - start:.0f} s)", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
