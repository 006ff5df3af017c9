"""Put the layers around a zygote and its workers; whatever cannot be installed raises."""

import contextlib
import errno
import fcntl
import math
import mmap
import os
import resource
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NoReturn

from autograder.sandbox.inside import syscalls
from autograder.sandbox.types import Limits

if sys.platform == "linux":
    from autograder.sandbox.inside import linux

NAMESPACES: Final = "namespaces"
LANDLOCK: Final = "landlock"
SECCOMP: Final = "seccomp"
UID: Final = "uid"
ALWAYS: Final = ("rlimits", "wall clock", "empty environment", "closed descriptors")

FIRST_CLOSED: Final = 4  # a worker keeps empty input, output, errors and its channel
_DESCRIPTORS: Final = 1 << 16
_FIRST_UID: Final = 1_800_000_000  # far above accounts; two for every zygote
_LOW_UID: Final = 64_000  # where a container has only the low ones
_PIDS: Final = 1 << 22  # the most Linux has
_MOUNT_PLACES: Final = ("/tmp", "/var", "/usr", "/etc")  # any folder serves, for a moment
_PROVEN: Final = "proven"


@dataclass(frozen=True)
class Plan:
    """Which optional layers are in force."""

    namespaces: bool
    landlock: bool
    seccomp: bool

    def level(self, *, root: bool) -> str:
        """Name the level these layers make."""
        if not self.seccomp:
            return "process"
        if not self.landlock:
            return "S"
        if not self.namespaces:
            return "F"
        return "A" if root else "B"

    def layers(self, *, root: bool) -> tuple[str, ...]:
        """List the layers by name."""
        optional = {NAMESPACES: self.namespaces, LANDLOCK: self.landlock, SECCOMP: self.seccomp}
        named = [name for name, used in optional.items() if used]
        if self.seccomp:
            named += ["capabilities", "no_new_privs", "pidfd", "pdeathsig", "sealed stdout"]
            named += [UID] if root else []
        return (*named, *ALWAYS)


HARDENED: Final = (
    Plan(namespaces=True, landlock=True, seccomp=True),
    Plan(namespaces=False, landlock=True, seccomp=True),
    Plan(namespaces=True, landlock=False, seccomp=True),
    Plan(namespaces=False, landlock=False, seccomp=True),
)
BARE: Final = Plan(namespaces=False, landlock=False, seccomp=False)
ALONE: Final = {
    NAMESPACES: Plan(namespaces=True, landlock=False, seccomp=False),
    LANDLOCK: Plan(namespaces=False, landlock=True, seccomp=False),
    SECCOMP: Plan(namespaces=False, landlock=False, seccomp=True),
}
CANDIDATES: Final = {
    "strict": HARDENED[:1],
    "best": HARDENED,
    "process": (BARE,),
    "A": HARDENED[:1],
    "B": HARDENED[:1],
    "F": HARDENED[1:2],
    "S": HARDENED[3:],
}


class Confinement:
    """What a zygote prepares once so that each worker is confined in a few calls."""

    def __init__(self, plan: Plan, refusal: int = syscalls.REFUSED) -> None:
        self.plan = plan
        self._refusal = refusal
        self.root = os.geteuid() == 0
        self.uid: int | None = None
        self.address_space = _address_space()
        self._ruleset = out_of_the_way(linux.landlock_ruleset()) if plan.landlock else -1
        if plan.seccomp:
            self._filter = linux.Filter(refusal)
        if plan != BARE:
            os.close(linux.pidfd_open(os.getpid()))  # what the judge will kill by
        self._pid_namespace = -1

    def enter(self) -> int:
        """Confine the zygote; return 0 in it, or its pid in a keeper that only waits."""
        if self.plan.namespaces:
            keeper = self._enter_namespaces()
            if keeper:
                return keeper
        elif self.root and self.plan != BARE:
            self.uid = free_uid(os.getpid())
        if self.plan != BARE:
            linux.empty_bounding_set()
            # what forking and confining workers takes, and nothing else
            wanted = [linux.CAP_SYS_ADMIN] if self.plan.namespaces else []
            if self.root:  # without CAP_KILL the death signal would not reach another user
                wanted += [linux.CAP_SETUID, linux.CAP_SETGID, linux.CAP_KILL]
            linux.set_capabilities(tuple(wanted))
            linux.no_new_privileges()
        return 0

    def _enter_namespaces(self) -> int:
        with _writer_of_maps(self.root):
            linux.unshare(
                linux.CLONE_NEWUSER
                | linux.CLONE_NEWNS
                | linux.CLONE_NEWNET
                | linux.CLONE_NEWIPC
                | linux.CLONE_NEWUTS
                | linux.CLONE_NEWCGROUP
                | linux.CLONE_NEWPID
            )
        if self.root:
            os.setgroups([])
            self.uid = 1
        os.setresgid(0, 0, 0)
        os.setresuid(0, 0, 0)
        linux.die_with_parent()
        linux.change_root_to_nothing(next(filter(os.path.isdir, _MOUNT_PLACES)))
        if os.listdir("/"):
            raise OSError("the new root is not empty")
        socket.sethostname("sandbox")
        zygote = os.fork()
        if zygote:
            return zygote
        linux.die_with_parent()
        self._pid_namespace = out_of_the_way(linux.pidfd_open(os.getpid()))
        return 0

    def fork(self) -> int:
        """Fork a worker, into its own pid namespace where there are namespaces."""
        if not self.plan.namespaces:
            return os.fork()
        linux.unshare(linux.CLONE_NEWPID)
        pid = os.fork()
        if pid:
            linux.setns(self._pid_namespace, linux.CLONE_NEWPID)
        return pid

    def worker(self, limits: Limits, zygote: int) -> None:
        """Confine the calling process, a fresh fork of the process `zygote`, for good."""
        for kind, value in _rlimits(limits, self.address_space):
            _limit(kind, value, strict=self.plan != BARE)
        if self.plan != BARE:
            self._drop_privileges()
        if sys.platform == "linux":
            linux.die_with_parent()  # after the change of user, which would undo it
            linux.no_new_privileges()
            if os.getppid() != (0 if self.plan.namespaces else zygote):
                raise OSError("the zygote is gone")
        if self.plan.landlock:
            linux.landlock_restrict(self._ruleset)
        os.closerange(FIRST_CLOSED, _DESCRIPTORS)
        _expect_closed(range(FIRST_CLOSED, 4 * FIRST_CLOSED))
        if self.plan.landlock:
            _expect_refusals(_CHEAP[:1], errno.EACCES)  # by Landlock alone
        if self.plan.seccomp:
            self._filter.install()
            _expect_refusals(_CHEAP, self._refusal)

    def _drop_privileges(self) -> None:
        if self.uid is not None:
            os.setgroups([])
            os.setresgid(self.uid, self.uid, self.uid)
            os.setresuid(self.uid, self.uid, self.uid)
            if {*os.getresuid(), *os.getresgid()} != {self.uid}:
                raise OSError("the user did not change")
        linux.set_capabilities(())


def out_of_the_way(descriptor: int) -> int:
    """Move a descriptor above those a worker keeps."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 2 * FIRST_CLOSED)
    os.close(descriptor)
    return moved


def prove(plan: Plan) -> str:
    """Try a plan down to a confined worker; return why it fails, or an empty text."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        os.dup2(writer, FIRST_CLOSED - 1)
        writer = FIRST_CLOSED - 1
        _told(writer, lambda: _zygote_on_trial(plan, writer))
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        verdict = stream.read().decode("utf-8", "replace")
    os.waitpid(child, 0)
    return "" if verdict == _PROVEN else verdict or "the trial process died without a word"


def _zygote_on_trial(plan: Plan, writer: int) -> str:
    confinement = Confinement(plan, syscalls.PROOF)
    keeper = confinement.enter()
    if keeper:
        os.waitpid(keeper, 0)
        return ""
    zygote = os.getpid()
    pid = confinement.fork()
    if not pid:
        _told(writer, lambda: _worker_on_trial(confinement, zygote))
    os.waitpid(pid, 0)
    return ""


def _worker_on_trial(confinement: Confinement, zygote: int) -> str:
    confinement.worker(Limits(), zygote)
    if confinement.plan.seccomp:
        _expect_refusals(_TRIALS, syscalls.PROOF)
    if confinement.plan.namespaces and os.getpid() != 1:
        raise OSError("the worker is not alone in its pid namespace")
    return _PROVEN


def _told(writer: int, trial: Callable[[], str]) -> NoReturn:
    """Write how a trial ended, and end the process."""
    try:
        verdict = trial()
    except BaseException as error:
        verdict = str(error) or type(error).__name__
    with contextlib.suppress(OSError):
        os.write(writer, verdict.encode("utf-8", "replace")[:500])
    os._exit(0)


def _expect_refusals(trials: tuple[tuple[str, Callable[[], object]], ...], refusal: int) -> None:
    """Do what must not be possible.

    Raises
    ------
    OSError
        One of it was possible, or failed for another reason than the filter.
    """
    for what, attempt in trials:
        try:
            attempt()
        except OSError as error:
            if error.errno == refusal:
                continue
        raise OSError(f"not confined: {what} was not refused")


def _expect_closed(descriptors: range) -> None:
    for descriptor in descriptors:
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        raise OSError(f"descriptor {descriptor} was not closed")


def _fork_and_end() -> None:
    if os.fork() == 0:
        os._exit(0)


_CHEAP: Final = (
    ("opening a file", lambda: os.open("/", os.O_RDONLY)),
    ("making a socket", socket.socket),
)
_TRIALS: Final = (
    *_CHEAP,
    ("looking at a file", lambda: os.stat("/")),
    ("removing a file", lambda: os.unlink("/nonexistent")),
    ("executing a file", lambda: os.execv("/nonexistent", ["nonexistent"])),
    ("starting a process", _fork_and_end),
    ("signalling a process", lambda: os.kill(os.getpid(), 0)),
    ("changing the user", lambda: os.setuid(os.getuid())),
    ("raising a limit", lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0))),
    ("making memory executable", lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)),
)


@contextlib.contextmanager
def _writer_of_maps(root: bool) -> Iterator[None]:
    """Have a helper that stays outside name the users of the namespace entered inside."""
    target = os.getpid()
    go_reader, go_writer = os.pipe()
    helper = os.fork()
    if not helper:
        os.close(go_writer)
        status = 1
        try:
            if os.read(go_reader, 1):
                _write_maps(target, root)
                status = 0
        finally:
            os._exit(status)
    os.close(go_reader)
    try:
        yield
        os.write(go_writer, b"!")
    finally:
        os.close(go_writer)
        _, status = os.waitpid(helper, 0)
    if status:
        raise OSError("the users of the namespace could not be set")


def _write_maps(pid: int, root: bool) -> None:
    """Map user 0 inside to an unused user outside (for root), else to the user itself."""
    if root:
        first = free_uid(pid)
        users = groups = f"0 {first} 1\n1 {first + 1} 1\n"
    else:
        users, groups = f"0 {os.geteuid()} 1\n", f"0 {os.getegid()} 1\n"
        _write(f"/proc/{pid}/setgroups", "deny")
    _write(f"/proc/{pid}/gid_map", groups)
    _write(f"/proc/{pid}/uid_map", users)


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def free_uid(pid: int) -> int:
    """Choose two neighbouring users nobody has, the same for one process, others for another."""
    candidates = (_FIRST_UID + 2 * (pid % _PIDS), _LOW_UID + 2 * (pid % 500), 65_532)
    with open("/proc/self/uid_map") as stream:
        ranges = [[int(word) for word in line.split()] for line in stream]
    for uid in candidates:
        if any(start <= uid and uid + 1 < start + length for start, _, length in ranges):
            return uid
    raise OSError("no unused user to change to: run as an ordinary user instead")


def _address_space() -> int:
    if sys.platform != "linux":
        return 0
    with open("/proc/self/statm") as stream:
        return int(stream.read().split()[0]) * resource.getpagesize()


def _rlimits(limits: Limits, address_space: int) -> list[tuple[int, int]]:
    # a backstop should the judge die: the wall clock is what ends a worker
    seconds = math.ceil(20 * (limits.seconds + limits.load_seconds))
    values = {
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": seconds,
        "RLIMIT_FSIZE": limits.stdout,
        "RLIMIT_NOFILE": 8,
        "RLIMIT_NPROC": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_SIGPENDING": 16,
        "RLIMIT_NICE": 0,
        "RLIMIT_RTPRIO": 0,
        "RLIMIT_AS": address_space + limits.memory,
    }
    return [
        (getattr(resource, name), value)
        for name, value in values.items()
        if hasattr(resource, name) and (address_space or name != "RLIMIT_AS")
    ]


def _limit(kind: int, value: int, *, strict: bool) -> None:
    """Lower a limit, soft and hard; elsewhere than on Linux some are refused."""
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    try:
        resource.setrlimit(kind, (value, value))
    except (OSError, ValueError):
        if strict:
            raise
    if strict and resource.getrlimit(kind) != (value, value):
        raise OSError(f"resource limit {kind} did not hold")
