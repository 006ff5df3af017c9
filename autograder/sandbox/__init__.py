"""Run submissions that may be hostile, and believe nothing they say.

Threat model
------------
A submission is any Python code: it may try to raise its own score, read what it must not
(solutions, expected values, other submissions, the course's secret, the environment), carry data
out, exhaust the machine, escape, or damage the judge and other submissions. It may take over its
own process wholly, native code included, and knows this source. The kernel, NumPy's and Python's
installation, the judge and the people who may write to them are trusted; the kernel's correctness
is the ground all levels stand on.

How it is built
---------------
`host` is the judge's side (with `parent` and `worker`); it owns one `zygote`, a fresh interpreter
that imports what submissions may use and nothing of the judge; `confine` puts the layers around it
and around the worker it forks for each submission; `student` is the loop in that worker (these are
`inside`). Inputs go in and outputs come back over `wire`; expected values, checks and verdicts
never enter a worker. Since whatever runs inside a worker can be forged by the student, only what
the judge computes earns points, and what a worker *says* about itself (arguments modified, results
aliased, printed text) can only cost points.

A program is told neither what its file is called nor where its cells lie in it: what it can read of
itself is what its cases are drawn from (`submission.cells.Submission.digest`).

A worker that crashes, hangs, floods its channel or breaks the protocol is killed; `Failure` says
which. The next call needs a fresh fork, at the price of some milliseconds. A zygote that dies is
replaced.

What is promised
----------------
At every hardened level (A, B, F, S) a worker cannot open, list, look at, change or execute any
file; make a socket or connect; start a process or a thread; signal, trace or read another process;
change its user, limits, namespaces or memory protections. It has no environment, no descriptors
but an empty input, a size-sealed output and its channel, and a bounded address space; it is ended
by the judge's clock within half a second of its limit (of processor time; time slept through counts
a quarter), and dies with the judge.

One submission costs the judge its budgets of time (`judging.clock`), once more where time ran out,
and some seconds; a hundred megabytes of memory; the disk 64 MB out of all its zips. It ends as
itself: no other verdict, page or report is touched, whatever it is called and whatever it holds.
`tests/attacks` holds all of this, on each machine: what is not tried there is not promised.

The first wall is the same everywhere: a seccomp allow-list (`syscalls`) of the few system calls
that a computation needs, so a submission behaves alike at every level. Behind it stand:

===== ================================ ============================================================
level where                            behind the filter
===== ================================ ============================================================
A     Linux as root                    user, mount, network, IPC, UTS and cgroup namespaces; a pid
                                       namespace for each worker; an empty, read-only root without
                                       /proc; Landlock; a user of its own
B     Linux with user namespaces, as   the same; seen from outside, the user is the judge's
      an ordinary user
F     containers: no namespaces        Landlock; as root, a user of its own
S     no Landlock                      as root, a user of its own (and the namespaces, if there are)
===== ================================ ============================================================

At all of them: no_new_privs, no capabilities, resource limits, a parent-death signal, a pidfd.
``"process"`` is none of these: a separate process with resource limits and a clock. It protects
from accidents, not from intent; it is for self-check, or for an instructor who insists.

Which level there is, is found by live trials (`confine.prove`): a zygote and a worker are built,
and do what must be refused. A layer that a level demands and that cannot be installed, or does not
hold, is an error (`SandboxUnavailable`), never a warning: in every worker anew.

What is not promised
--------------------
- Secrecy of a check's inputs from the submission that is called with them: it sees them, and may
  print them or put them into an exception's text. What is shown of that is the report's decision;
  cases chosen anew for each submission, among 32 draws of a check, leave what leaks little worth.
- Isolation between functions of one submission: they share a process, and one that breaks NumPy or
  the builtins breaks the others' answers (never another submission's).
- That a worker tells the truth about arguments that were changed in place or returned: code that
  takes the watch apart hides it. It can only spare itself a remark; the judge compares values.
- That a function an exercise is to do without (`withheld`) stays out of reach of code that takes
  its own process apart: it is kept back under every name, not out of memory.
- Side channels: timing, caches, the load it causes; who uses the machine's cores meanwhile.
- Defence against a flaw in the kernel itself; A, B and F leave a second wall where S has one.
- Determinism of code that asks for entropy or the time.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.sandbox.host import Sandbox
    from autograder.sandbox.imports import DEFAULT_IMPORTS
    from autograder.sandbox.probing import Probe, probe
    from autograder.sandbox.types import Cell, Failure, Limits, Outcome, SandboxUnavailable
    from autograder.sandbox.worker import Worker

__all__ = [
    "DEFAULT_IMPORTS",
    "Cell",
    "Failure",
    "Limits",
    "Outcome",
    "Probe",
    "Sandbox",
    "SandboxUnavailable",
    "Worker",
    "probe",
]

_HOMES = {
    **dict.fromkeys(("Cell", "Failure", "Limits", "Outcome", "SandboxUnavailable"), "types"),
    "DEFAULT_IMPORTS": "imports",
    "Sandbox": "host",
    "Worker": "worker",
    **dict.fromkeys(("Probe", "probe"), "probing"),
}


def __getattr__(name: str) -> object:
    """Import a public name from its module when first asked for: self-check needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
