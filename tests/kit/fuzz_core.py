"""Call functions of the core with wrong arguments, every array ending at a page no one may touch.

``python -m tests.kit.fuzz_core SEED ROUNDS NAME ...`` prints what it is about to do before each
call: a process that dies was doing what stands in its last line. It exits with 1 at a result that
should not be: another exception than ValueError and TypeError, or a changed input.
"""

from __future__ import annotations

import ctypes
import mmap
import sys

import numpy as np

from tests.kit.core_arguments import each_array, functions, valid, wrong

ENDLESS = {"optimizers.svrg_epoch": "n", "convolution.upsample_nearest": "factor",
           "convolution.segmentation_head": "factor", "landscapes.top_curvature": "steps",
           "landscapes.random_restarts": "steps", "landscapes.alternating_minimisation": "steps",
           "landscapes.branch_and_bound_1d": "lipschitz", "recurrent.generate": "steps",
           "adversarial.spectral_norm": "steps",
           "adversarial.noise_schedule": "steps"}  # fmt: skip
"""Numbers that say how much is to be done: a large one is not wrong."""
ROOMY = {"avg_pool_forward", "max_pool_forward", "max_pool_with_indices", "pool_forward"}
"""Functions of `convolution` that take room for lines as long as their stride: seconds to fill."""
FAR = 20_000
PAGE = mmap.PAGESIZE
_libc = ctypes.CDLL(None, use_errno=True)
_libc.mprotect.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
_real_empty = np.empty
_rooms: list[mmap.mmap] = []


def guarded(shape, dtype=float, at_end=True) -> np.ndarray:
    """Return an array between two pages that may be neither read nor written, touching one."""
    dtype = np.dtype(dtype)
    shape = (shape,) if np.ndim(shape) == 0 else tuple(shape)
    size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    inside = -(-size // PAGE) * PAGE
    try:
        room = mmap.mmap(-1, inside + 2 * PAGE)
    except OSError as error:
        raise MemoryError from error
    _rooms.append(room)
    start = ctypes.addressof(ctypes.c_char.from_buffer(room))
    for page in (start, start + PAGE + inside):
        if _libc.mprotect(page, PAGE, 0):
            raise OSError(ctypes.get_errno(), "mprotect")
    first = PAGE + (inside - size if at_end else 0)
    return np.frombuffer(room, dtype, size // dtype.itemsize, first).reshape(shape)


def _guard_outputs(at_end: bool) -> None:
    """Let what the wrappers allocate stand between such pages, too."""

    def empty(shape, dtype=float, order="C"):
        made = guarded(shape, dtype, at_end)
        made[...] = 0
        return made

    def empty_like(array, dtype=None, order="K", subok=True, shape=None):
        return empty(np.shape(array) if shape is None else shape, dtype or np.asarray(array).dtype)

    np.empty = np.zeros = empty
    np.empty_like = np.zeros_like = empty_like


def _place(array: np.ndarray, at_end: bool) -> np.ndarray:
    if array.dtype.kind not in "biuf" or isinstance(array, np.ma.MaskedArray):
        return array
    placed = guarded(array.shape, array.dtype, at_end)
    placed[...] = array
    return placed


def _same(one, other) -> bool:
    if isinstance(one, np.ndarray):
        return np.asarray(one).tobytes() == np.asarray(other).tobytes()
    if isinstance(one, (list, tuple)):
        return all(map(_same, one, other))
    return True


def attempt(function, arguments, at_end, right) -> str | None:
    """Call once; return what should not have been."""
    before = {key: each_array(value, np.array) for key, value in arguments.items()}
    given = {
        key: each_array(value, lambda a: _place(a, at_end)) for key, value in arguments.items()
    }
    try:
        with np.errstate(all="ignore"):
            function(**given)
    except (ValueError, TypeError) as error:
        if right or "\n" in str(error) or not str(error):
            return f"{type(error).__name__} that should not be, or is not one line: {error}"
    except (MemoryError, OverflowError):
        pass  # a number that no machine can serve: Python says so
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    changed = [key for key in given if key != "tape" and not _same(before[key], given[key])]
    return f"changed {changed}" if changed else None


def main() -> int:
    seed, rounds, *names = sys.argv[1:]
    found, bad = functions(), 0
    for at_end in (True, False):
        _guard_outputs(at_end)
        for name in names:
            for number in range(int(rounds)):
                rng = np.random.default_rng([int(seed), number])
                right = valid(name, found[name], rng, empty=0.1 * (number % 2))
                for what, arguments in (("right", right), *wrong(right)):
                    if name.split(".")[1] in ROOMY and arguments["stride"] == 10**6:
                        arguments = {**arguments, "stride": FAR}
                    much = arguments.get(ENDLESS.get(name))
                    if isinstance(much, int) and much > 1000:
                        continue
                    print(f"{name} {number} {'end' if at_end else 'start'}: {what}", flush=True)
                    told = attempt(found[name], arguments, at_end, what == "right")
                    if told:
                        print(f"FAULT {name} {number}: {what}: {told}", file=sys.stderr, flush=True)
                        bad += 1
                    _rooms.clear()
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main())
