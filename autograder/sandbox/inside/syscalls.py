"""Which system calls a worker may make: an allow-list, and its translation to a BPF program.

A worker computes, waits, reads and writes the descriptors it already has, and ends. It opens
nothing, connects to nothing, starts nothing, signals nobody and makes no memory executable. The
same list holds at every level, so a submission behaves the same wherever it is graded.
"""

import errno
import struct
from typing import Final, NamedTuple

PROT_EXEC: Final = 4
MAP_ANONYMOUS: Final = 0x20
WHOLE: Final = 0xFFFFFFFF_FFFFFFFF


class Arg(NamedTuple):
    """A condition: ``argument[position] & mask == value``."""

    position: int
    mask: int
    value: int


class Call(NamedTuple):
    """A system call: its numbers (None where there is none), what its arguments must be."""

    x86_64: int | None
    aarch64: int | None
    args: tuple[Arg, ...] = ()


NOT_EXECUTABLE: Final = Arg(2, PROT_EXEC, 0)

ALLOWED: Final = {  # the most frequent first: the program is read from the top
    "read": Call(0, 63),
    "write": Call(1, 64),
    "futex": Call(202, 98),
    "mmap": Call(9, 222, (NOT_EXECUTABLE, Arg(3, MAP_ANONYMOUS, MAP_ANONYMOUS))),
    "munmap": Call(11, 215),
    "mremap": Call(25, 216),
    "mprotect": Call(10, 226, (NOT_EXECUTABLE,)),
    "madvise": Call(28, 233),
    "brk": Call(12, 214),
    "readv": Call(19, 65),
    "writev": Call(20, 66),
    "close": Call(3, 57),
    "fstat": Call(5, 80),
    "rt_sigaction": Call(13, 134),
    "rt_sigprocmask": Call(14, 135),
    "rt_sigreturn": Call(15, 139),
    "rt_sigpending": Call(127, 136),
    "rt_sigtimedwait": Call(128, 137),
    "sigaltstack": Call(131, 132),
    "restart_syscall": Call(219, 128),
    "clock_gettime": Call(228, 113),
    "clock_getres": Call(229, 114),
    "clock_nanosleep": Call(230, 115),
    "nanosleep": Call(35, 101),
    "gettimeofday": Call(96, 169),
    "time": Call(201, None),
    "times": Call(100, 153),
    "getrusage": Call(98, 165),
    "sched_yield": Call(24, 124),
    "sched_getaffinity": Call(204, 123, (Arg(0, WHOLE, 0),)),  # one's own
    "getcpu": Call(309, 168),
    "getpid": Call(39, 172),
    "gettid": Call(186, 178),
    "getppid": Call(110, 173),
    "getuid": Call(102, 174),
    "geteuid": Call(107, 175),
    "getgid": Call(104, 176),
    "getegid": Call(108, 177),
    "uname": Call(63, 160),
    "getcwd": Call(79, 17),
    "getrandom": Call(318, 278),
    "poll": Call(7, None),
    "ppoll": Call(271, 73),
    "select": Call(23, None),
    "pselect6": Call(270, 72),
    "prlimit64": Call(302, 261, (Arg(0, WHOLE, 0), Arg(2, WHOLE, 0))),  # reading one's own limits
    "exit": Call(60, 93),
    "exit_group": Call(231, 94),
}
ERRORS: Final = {  # what callers expect to hear where the general answer would confuse them
    "clone3": (Call(435, 435), errno.ENOSYS),  # glibc then tries clone, and is refused
    "ioctl": (Call(16, 29), errno.ENOTTY),  # isatty() says no
}
REFUSED: Final = errno.EACCES
PROOF: Final = 3003
"""The answer of a filter on trial: no kernel gives it, so whoever hears it heard the filter."""
MACHINES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT: Final = 0x40000000

_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _MACHINE, _ARGS = 0, 4, 16  # offsets in struct seccomp_data


class Instruction(NamedTuple):
    """One BPF instruction; the two jumps count the instructions skipped."""

    code: int
    jump_true: int
    jump_false: int
    k: int


def program(machine: str, refusal: int = REFUSED) -> list[Instruction]:
    """Translate the list for one machine; what is not on it ends with the error `refusal`.

    Raises
    ------
    ValueError
        The machine's system calls are not known here.
    """
    if machine not in MACHINES:
        raise ValueError(
            f"no system call table for {machine}: it needs one of {', '.join(MACHINES)}"
        )
    code = [
        Instruction(_LOAD, 0, 0, _MACHINE),
        Instruction(_EQUAL, 1, 0, MACHINES[machine]),
        Instruction(_RETURN, 0, 0, _KILL),
        Instruction(_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        code += [Instruction(_AT_LEAST, 0, 1, X32_BIT), Instruction(_RETURN, 0, 0, _KILL)]
    for call in ALLOWED.values():
        code += _rule(getattr(call, machine), call.args, _ALLOW, refusal)
    for call, error in ERRORS.values():
        code += _rule(getattr(call, machine), (), _ERRNO | error, refusal)
    return [*code, Instruction(_RETURN, 0, 0, _ERRNO | refusal)]


def packed(machine: str, refusal: int = REFUSED) -> bytes:
    """Return the program as the kernel reads it."""
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in program(machine, refusal))


def _rule(
    number: int | None, args: tuple[Arg, ...], answer: int, refusal: int
) -> list[Instruction]:
    if number is None:
        return []
    body = [test for arg in args for test in _tests(arg)]
    refused = Instruction(_RETURN, 0, 0, _ERRNO | refusal)
    # every failed test falls onto the refusal that closes the rule
    checks = [
        test._replace(jump_false=len(body) - at) if test.code == _EQUAL else test
        for at, test in enumerate(body)
    ]
    rule = [*checks, Instruction(_RETURN, 0, 0, answer), *([refused] if args else [])]
    return [Instruction(_EQUAL, 0, len(rule), number), *rule]


def _tests(arg: Arg) -> list[Instruction]:
    """Compare both halves of a 64-bit argument (little-endian: the low half first)."""
    tests = []
    for half in (0, 1):
        mask, value = (arg.mask >> 32 * half) & 0xFFFFFFFF, (arg.value >> 32 * half) & 0xFFFFFFFF
        if mask:
            tests += [
                Instruction(_LOAD, 0, 0, _ARGS + 8 * arg.position + 4 * half),
                Instruction(_AND, 0, 0, mask),
                Instruction(_EQUAL, 0, 0, value),
            ]
    return tests
