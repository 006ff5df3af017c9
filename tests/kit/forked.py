"""A Python that has imported what many tests need, once: each runs its code in a fork of it."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.conftest import ROOT

SECONDS = 1500  # after which what runs is ended, if its test has not been

_SERVE = """
import atexit, json, multiprocessing.util, os, signal, sys, tempfile, threading, traceback

def run(code, folder, env, out, err):
    for stream, descriptor in ((out, 1), (err, 2)):
        os.dup2(stream.fileno(), descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    atexit._clear()  # what is to be done at the end of the process that was forked
    multiprocessing.util._finalizer_registry.clear()
    atexit.register(multiprocessing.util._exit_function)
    signal.alarm({seconds})
    status = 0
    try:
        exec(compile(code, "<code>", "exec"), {{"__name__": "__main__"}})
    except SystemExit as ended:
        status = ended.code or 0
    except BaseException:
        traceback.print_exc()
        status = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)

exec({first!r}, {{}})
reply = os.fdopen(os.dup(1), "w")
for line in sys.stdin:
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = os.fork() or run(*json.loads(line), out, err)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        for stream in (out, err):
            stream.seek(0)
        print(json.dumps([status, out.read(), err.read()]), file=reply, flush=True)
"""


class Forked:
    """Runs code in processes that have imported what `first` imports.

    Parameters
    ----------
    first : str
        Code; it must start no threads, which a fork would not have.
    options : tuple of str
        Of the interpreter.
    env : str
        What is set beside this process's environment.
    """

    def __init__(self, first: str, *, options: tuple[str, ...] = (), **env: str) -> None:
        code = _SERVE.format(first=first, seconds=SECONDS)
        self._command = [sys.executable, *options, "-c", code]
        self._env = env
        self._server: subprocess.Popen[str] | None = None

    def __call__(
        self, code: str, cwd: Path = ROOT, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run code as a process's ``__main__``; return how it ended and what it printed.

        `env` is its whole environment; by default it is this process's. What libraries read when
        they are imported is that of the first call.
        """
        if self._server is None:
            self._server = self._start()
        assert self._server.stdin
        assert self._server.stdout
        asked = [code, str(cwd), dict(os.environ if env is None else env) | self._env]
        try:
            self._server.stdin.write(json.dumps(asked) + "\n")
            self._server.stdin.flush()
            answer = self._server.stdout.readline()
        except BaseException:  # the test was ended: a late answer is no one else's
            self._server.kill()
            self._server = None
            raise
        assert answer, "the server of forks has ended"
        return subprocess.CompletedProcess(self._command[:1], *json.loads(answer))

    def _start(self) -> subprocess.Popen[str]:
        server = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=os.environ | self._env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(server.communicate)  # it ends where its input does
        return server


_commands = Forked(
    "import autograder.cli.main, autograder.authoring.battery, autograder.grading.run\n"
    "import autograder.course.grade, autograder.institution.class_report, numba, nbgrader.apps\n"
    "import autograder.nbgrader_plugin, nbconvert.exporters, nbgrader.api\n"
    "import matplotlib.pyplot\n"
    # a new gradebook asks a program, a second each time, for what is the same in all
    "import os, sysconfig\n"
    "kept = os.environ['PATH']\n"
    "os.environ['PATH'] = os.pathsep.join([sysconfig.get_path('scripts'), kept])\n"
    "newest = nbgrader.api.get_alembic_version()\n"
    "os.environ['PATH'] = kept\n"
    "nbgrader.api.get_alembic_version = lambda: newest",
    options=("-W", "ignore"),
    OPENBLAS_NUM_THREADS="1",
)


def autograder(
    *arguments: object, cwd: Path = ROOT, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command of the package as ``python -m autograder`` does, but for its imports."""
    argv = ["autograder", *map(str, arguments)]
    code = f"import sys; sys.argv = {argv!r}; from autograder.cli.fast import main; main()"
    return _commands(code, cwd, env)


def nbgrader(
    *arguments: object, cwd: Path = ROOT, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run an nbgrader command as ``python -m nbgrader`` does, but for its imports."""
    argv = ["nbgrader", *map(str, arguments)]
    code = f"import sys; sys.argv = {argv!r}; from nbgrader.apps.nbgraderapp import main; main()"
    return _commands(code, cwd, env)
