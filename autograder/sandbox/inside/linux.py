"""The Linux system calls that confine, through ctypes: each raises OSError when it fails."""

import ctypes
import errno
import os
import platform
import signal
import struct
from typing import Final

from autograder.sandbox.inside import syscalls

CLONE_NEWNS: Final = 0x00020000
CLONE_NEWCGROUP: Final = 0x02000000
CLONE_NEWUTS: Final = 0x04000000
CLONE_NEWIPC: Final = 0x08000000
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWPID: Final = 0x20000000
CLONE_NEWNET: Final = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH: Final = 2

CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SYS_ADMIN = 5, 6, 7, 21
LAST_CAPABILITY: Final = 63

_NUMBERS: Final = {  # x86_64, aarch64
    "pivot_root": (155, 41),
    "setns": (308, 268),
    "seccomp": (317, 277),
    "capget": (125, 90),
    "capset": (126, 91),
    "pidfd_open": (434, 434),
    "landlock_create_ruleset": (444, 444),
    "landlock_restrict_self": (446, 446),
}
_PR_SET_PDEATHSIG, _PR_GET_PDEATHSIG, _PR_CAPBSET_DROP = 1, 2, 24
_PR_SET_NO_NEW_PRIVS, _PR_GET_NO_NEW_PRIVS = 38, 39
_CAPABILITY_VERSION: Final = 0x20080522
_LANDLOCK_VERSION_FLAG: Final = 1

MACHINE: Final = platform.machine()
_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result


def _syscall(name: str, *args: int | bytes | None) -> int:
    values = [ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args]
    return _check(_libc.syscall(ctypes.c_long(_number(name)), *values), name)


def _number(name: str) -> int:
    if MACHINE not in syscalls.MACHINES:
        raise OSError(errno.ENOSYS, f"{name}: no system call table for {MACHINE}")
    return _NUMBERS[name][0 if MACHINE == "x86_64" else 1]


def _prctl(what: str, option: int, value: int = 0) -> int:
    zero = ctypes.c_ulong(0)
    return _check(_libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero), what)


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags`."""
    _check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def setns(descriptor: int, flags: int) -> None:
    """Enter the namespaces of the process behind a pidfd."""
    _syscall("setns", descriptor, flags)


def pidfd_open(pid: int) -> int:
    """Open a descriptor that names one process for good."""
    return _syscall("pidfd_open", pid, 0)


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None) -> None:
    """Mount a file system, or change how one is mounted."""
    raw = [None if text is None else text.encode() for text in (source, target, kind, data)]
    result = _libc.mount(raw[0], raw[1], raw[2], ctypes.c_ulong(flags), raw[3])
    _check(result, f"mount {target}")


def change_root_to_nothing(place: str) -> None:
    """Make an empty, read-only file system the root; it is first mounted on `place`."""
    quiet = MS_NOSUID | MS_NODEV | MS_NOEXEC
    mount(None, "/", None, MS_REC | MS_PRIVATE, None)
    mount("none", place, "tmpfs", quiet, "size=4k,nr_inodes=2,mode=0555")
    os.chdir(place)
    _syscall("pivot_root", b".", b".")
    _check(_libc.umount2(b".", MNT_DETACH), "umount")
    os.chdir("/")
    mount(None, "/", None, MS_REMOUNT | MS_BIND | MS_RDONLY | quiet, None)


def set_capabilities(kept: tuple[int, ...]) -> None:
    """Hold exactly the capabilities `kept`, none of them inheritable, and look that it is so."""
    bits = sum(1 << capability for capability in kept)
    low, high = bits & 0xFFFFFFFF, bits >> 32
    header = struct.pack("=Ii", _CAPABILITY_VERSION, 0)
    wanted = struct.pack("=6I", low, low, 0, high, high, 0)
    _syscall("capset", header, wanted)
    held = ctypes.create_string_buffer(len(wanted))
    _check(_libc.syscall(ctypes.c_long(_number("capget")), header, held), "capget")
    if held.raw[: len(wanted)] != wanted:
        raise OSError(errno.EPERM, "the capabilities did not change")


def empty_bounding_set() -> None:
    """Make it impossible to gain a capability by executing a file."""
    for capability in range(LAST_CAPABILITY + 1):
        if _libc.prctl(_PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0):
            if ctypes.get_errno() == errno.EINVAL:  # past the kernel's last one
                return
            if (
                ctypes.get_errno() == errno.EPERM
            ):  # without CAP_SETPCAP: nothing to gain, see no_new_privs
                return
            raise OSError(ctypes.get_errno(), "capability bounding set")


def die_with_parent() -> None:
    """Be killed when the parent dies; to be repeated after every change of credentials."""
    _prctl("PDEATHSIG", _PR_SET_PDEATHSIG, signal.SIGKILL)
    held = ctypes.c_int(0)
    _check(_libc.prctl(_PR_GET_PDEATHSIG, ctypes.byref(held)), "PDEATHSIG")
    if held.value != signal.SIGKILL:
        raise OSError(errno.EPERM, "PDEATHSIG did not hold")


def no_new_privileges() -> None:
    """Give up gaining privileges for good."""
    _prctl("no_new_privs", _PR_SET_NO_NEW_PRIVS, 1)
    if _prctl("no_new_privs", _PR_GET_NO_NEW_PRIVS) != 1:
        raise OSError(errno.EPERM, "no_new_privs did not hold")


def landlock_ruleset() -> int:
    """Open a ruleset that handles everything this kernel knows and allows none of it."""
    version = _syscall("landlock_create_ruleset", None, 0, _LANDLOCK_VERSION_FLAG)
    files = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)) - 1
    network = 0b11 if version >= 4 else 0
    scopes = 0b11 if version >= 6 else 0
    fields = (files, network, scopes)[: 1 if version < 4 else 2 if version < 6 else 3]
    rules = struct.pack(f"={len(fields)}Q", *fields)
    return _syscall("landlock_create_ruleset", rules, len(rules), 0)


def landlock_restrict(ruleset: int) -> None:
    """Hold this thread to the ruleset."""
    _syscall("landlock_restrict_self", ruleset, 0)


class Filter:
    """A seccomp program, laid out once and installed in any number of processes."""

    def __init__(self, refusal: int = syscalls.REFUSED) -> None:
        self._code = ctypes.create_string_buffer(syscalls.packed(MACHINE, refusal))
        count = (len(self._code) - 1) // 8
        self._program = struct.pack("=H6xQ", count, ctypes.addressof(self._code))

    def install(self) -> None:
        """Hold this thread to the list of system calls, for good."""
        _syscall("seccomp", 1, 0, self._program)
