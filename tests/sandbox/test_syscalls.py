"""The list of system calls: simulated against a list written independently, and tried live."""

from __future__ import annotations

import ctypes
import errno
import itertools
import json
import os
import platform
import struct

import pytest

from autograder.sandbox.inside import syscalls
from tests.sandbox.test_machines import LINUX

ALLOW, KILL = 0x7FFF0000, 0x80000000
REFUSE = 0x00050000 | errno.EACCES
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# from the kernel's tables, by what a computation needs; not copied from the policy
X86_64 = {
    "descriptors it has": {0, 1, 3, 5, 19, 20},
    "memory": {11, 12, 25, 28},
    "signals to itself": {13, 14, 15, 127, 128, 131, 219},
    "clocks and waiting": {7, 23, 35, 96, 100, 201, 228, 229, 230, 270, 271},
    "its own state": {24, 39, 63, 79, 98, 102, 104, 107, 108, 110, 186, 204, 309, 318},
    "locks and the end": {60, 202, 231},
}
AARCH64 = {
    "descriptors it has": {57, 63, 64, 65, 66, 80},
    "memory": {214, 215, 216, 233},
    "signals to itself": {128, 132, 134, 135, 136, 137, 139},
    "clocks and waiting": {72, 73, 101, 113, 114, 115, 153, 169},
    "its own state": {17, 123, 124, 160, 165, 168, 172, 173, 174, 175, 176, 177, 178, 278},
    "locks and the end": {93, 94, 98},
}
FREE = {"x86_64": set().union(*X86_64.values()), "aarch64": set().union(*AARCH64.values())}
MMAP, MPROTECT, PRLIMIT = "mmap", "mprotect", "prlimit64"
GUARDED = {
    "x86_64": {MMAP: 9, MPROTECT: 10, PRLIMIT: 302},
    "aarch64": {MMAP: 222, MPROTECT: 226, PRLIMIT: 261},
}
SPECIAL = {
    "x86_64": {16: errno.ENOTTY, 435: errno.ENOSYS},
    "aarch64": {29: errno.ENOTTY, 435: errno.ENOSYS},
}
ANONYMOUS_PRIVATE, SHARED_FILE, EXECUTE = 0x22, 0x01, 4


def simulate(code, number, machine, args=(0,) * 6):
    """Run a BPF program as the kernel would: struct seccomp_data in, verdict out."""
    data = struct.pack("<iIQ6Q", number - (number >> 31 << 32), machine, 0, *args)
    accumulator, at = 0, 0
    while True:
        code_at, jump_true, jump_false, k = code[at]
        at += 1
        if code_at == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, k)
        elif code_at == 0x54:
            accumulator &= k
        elif code_at == 0x15:
            at += jump_true if accumulator == k else jump_false
        elif code_at == 0x35:
            at += jump_true if accumulator >= k else jump_false
        elif code_at == 0x06:
            return k
        else:
            raise AssertionError(f"instruction {code_at:#x} is not simulated")


@pytest.fixture(params=sorted(ARCHITECTURES))
def machine(request):
    return request.param


@pytest.fixture
def ask(machine):
    code = syscalls.program(machine)
    return lambda number, *args: simulate(
        code, number, ARCHITECTURES[machine], (*args, *(0,) * (6 - len(args)))
    )


def test_only_the_calls_of_a_computation_are_allowed(ask, machine):
    guarded = set(GUARDED[machine].values())
    for number in (*range(1200), 0x3FFFFFFF, 0x7FFFFFFF):
        special = SPECIAL[machine].get(number)
        if special:
            assert 0x00050000 | special == ask(number), number
        elif number not in guarded:
            assert (ALLOW if number in FREE[machine] else REFUSE) == ask(number) or (
                machine == "x86_64" and number >= 0x40000000 and ask(number) == KILL
            ), number


def test_arguments_do_not_open_or_close_an_unguarded_call(ask, machine):
    extreme = (0, 1, 0xFFFFFFFF, 2**32, 2**64 - 1)
    for number in range(0, 470, 7):
        if number not in GUARDED[machine].values():
            assert len({ask(number, *args) for args in itertools.product(extreme, repeat=3)}) == 1


def test_memory_is_never_executable(ask, machine):
    for name, flags in ((MMAP, ANONYMOUS_PRIVATE), (MPROTECT, 0)):
        number = GUARDED[machine][name]
        for protection in range(16):
            wanted = REFUSE if protection & EXECUTE else ALLOW
            for noise in (0, 2**32, 1 << 63):  # the kernel looks at all 64 bits
                assert wanted == ask(number, 0, 4096, protection | noise, flags), protection


def test_no_file_is_mapped(ask, machine):
    number = GUARDED[machine][MMAP]
    assert ask(number, 0, 4096, 3, ANONYMOUS_PRIVATE) == ALLOW
    assert ask(number, 0, 4096, 3, SHARED_FILE) == REFUSE
    assert ask(number, 0, 4096, 3, ANONYMOUS_PRIVATE << 32) == REFUSE


def test_limits_can_be_read_and_not_set(ask, machine):
    number = GUARDED[machine][PRLIMIT]
    assert ask(number, 0, 7, 0, 0x7F00_0000_0000) == ALLOW
    for pid, new in ((0, 1), (0, 1 << 40), (1, 0), (1 << 32, 0)):
        assert ask(number, pid, 7, new, 0) == REFUSE, (pid, new)


def test_only_its_own_processors_are_told(ask, machine):
    number = {"x86_64": 204, "aarch64": 123}[machine]
    assert ask(number, 0, 128, 0x7F00_0000_0000) == ALLOW
    assert ask(number, 1, 128, 0x7F00_0000_0000) == REFUSE


def test_another_architecture_kills(machine):
    code = syscalls.program(machine)
    for other in (0, 0x40000003, 0x40000028, *ARCHITECTURES.values()):
        if other != ARCHITECTURES[machine]:
            assert simulate(code, 0, other) == KILL


def test_the_x32_calls_kill():
    code = syscalls.program("x86_64")
    for number in (0x40000000, 0x40000001, 0x40000000 + 520, 0xFFFFFFFF):
        assert simulate(code, number, ARCHITECTURES["x86_64"]) == KILL


def test_every_jump_lands_in_the_program(machine):
    code = syscalls.program(machine)
    assert len(code) < 4096
    for at, (code_at, jump_true, jump_false, _) in enumerate(code):
        assert 0 <= jump_true < 256 and 0 <= jump_false < 256
        assert code_at == 0x06 or at + 1 + max(jump_true, jump_false) < len(code)


def test_an_unknown_machine_has_no_program():
    with pytest.raises(ValueError, match="no system call table for riscv64"):
        syscalls.program("riscv64")


@pytest.mark.parametrize("machine", sorted(syscalls.MACHINES))
def test_a_filter_on_trial_differs_in_its_answer_alone(machine):
    real, trial = syscalls.program(machine), syscalls.program(machine, syscalls.PROOF)
    for ours, theirs in zip(real, trial, strict=True):
        if ours != theirs:
            assert (ours.k & 0xFFFF, theirs.k & 0xFFFF) == (syscalls.REFUSED, syscalls.PROOF)
            assert ours._replace(k=0) == theirs._replace(k=0)
    assert syscalls.PROOF not in errno.errorcode
    assert 0 < syscalls.PROOF < 4096  # what a filter may answer


# --- live ----------------------------------------------------------------------------------------

FORK_LIKE = {56, 57, 58, 435} | {220}
ENDING = {60, 231} | {93, 94}
WAITING = {"x86_64": {7, 23, 34, 128, 130, 202, 219, 230, 270, 271, 15, 13, 14, 131, 0, 19, 3}}
WAITING["aarch64"] = {133, 137, 98, 115, 72, 73, 139, 134, 135, 132, 63, 65, 57, 128}


def _try_calls(numbers, report):
    """Install the filter in this process and make each call with invalid arguments."""
    from autograder.sandbox.inside import linux

    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    filter_ = linux.Filter()
    linux.no_new_privileges()
    filter_.install()
    found = {}
    bad = [ctypes.c_long(-1)] * 6
    for number in numbers:
        ctypes.set_errno(0)
        result = libc.syscall(ctypes.c_long(number), *bad)
        found[number] = ctypes.get_errno() if result == -1 else 0
    os.write(report, json.dumps(found).encode())


@pytest.mark.skipif(not LINUX, reason="seccomp is Linux's")
def test_the_kernel_answers_as_the_simulator():
    machine = platform.machine()
    code = syscalls.program(machine)
    skipped = ENDING | WAITING[machine] | set(GUARDED[machine].values())
    skipped |= {9, 10, 11, 12, 25, 28} if machine == "x86_64" else {214, 215, 216, 222, 226, 233}
    skipped |= {
        335,
        336,
    }  # the kernel's own returns from probes: no filter sees them, nothing happens
    numbers = [number for number in range(470) if number not in skipped]
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            _try_calls(numbers, writer)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        found = json.loads(stream.read())
    os.waitpid(child, 0)
    assert len(numbers) == len(found)
    for number in numbers:
        verdict = simulate(code, number, ARCHITECTURES[machine], (2**64 - 1,) * 6)
        if verdict == ALLOW:
            assert found[str(number)] != errno.EACCES, number
        else:
            assert verdict & 0xFFFF == found[str(number)], number
