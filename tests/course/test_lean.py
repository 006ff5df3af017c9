"""What is left out when nbgrader is imported is there for whoever asks for it."""

import subprocess
import sys

ASKED = """
import sys
from autograder.course.lean import import_nbgrader
import_nbgrader()
left = [name for name in sys.modules if name.startswith("nbgrader.server_extensions.")]
assert not left, left
assert "rfc3987_syntax" not in sys.modules
import_nbgrader()
import nbgrader
from nbgrader.api import Gradebook
from nbgrader.server_extensions.formgrader import load_jupyter_server_extension
class App:
    def __getattr__(self, name): raise RuntimeError(name)
for load in (nbgrader.load_formgrader, load_jupyter_server_extension):
    try: load(App())
    except RuntimeError as error: print(error)
from jsonschema import FormatChecker
for address in ("http://x.y/\\u00fc", "not one"):
    print(FormatChecker().conforms(address, "iri"))
"""


def test_what_was_put_off_comes_when_it_is_called():
    command = [sys.executable, "-W", "ignore", "-c", ASKED]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.split("\n")
    assert done.returncode == 0, done.stderr
    assert lines[0] == lines[1] != ""
    assert lines[2:4] == ["True", "False"]
