# mypy: allow-untyped-defs
"""Optimizer steps in one pass over memory each, and the schedules.

A rule overwrites the parameters and its state where they stand, as the formula says. `Optimizer`
applies one to a whole model; the chapter's functions, which change nothing they are given, apply it
to a copy. A job of several threads owns a stretch: 1 and N threads give the same bits.
"""

from __future__ import annotations

import inspect
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import SERIAL, SMALL, njit
from reference.contracts import contract
from reference.kernels.elementwise import code_of, in_stretches, rows, whole

__all__ = [
    "RULES",
    "Optimizer",
    "accumulated_gradient",
    "adadelta_step",
    "adagrad_step",
    "adam_step",
    "adamw_step",
    "decayed_rate",
    "dual_averaging_step",
    "ema_update",
    "ftrl_step",
    "momentum_step",
    "nesterov_step",
    "performance_schedule",
    "rmsprop_step",
    "sgd_step",
    "svrg_epoch",
    "which_optimizer",
]

Array = NDArray[Any]
Rule = Callable[..., None]

_SINGLE, _DOUBLE = np.dtype(np.float32), np.dtype(np.float64)


def _kind(array: Array) -> np.dtype[Any]:
    return _SINGLE if array.dtype == _SINGLE else _DOUBLE


def _apply(rule: Rule, memory: Array, numbers: Array) -> None:
    alone = memory.shape[1] < SMALL or numba.get_num_threads() == 1
    run = whole if alone else in_stretches  # to start the threads costs, even where one does all
    run(code_of(rule, memory.dtype), memory, numbers)


def _stepped(rule: Rule, inputs: Sequence[Array], numbers: tuple[float, ...]) -> list[Array]:
    """Apply a rule to a copy of (param, grad, states); return the new param and states.

    `numbers` are the steps taken so far, and what the formula needs.
    """
    first = inputs[0]
    memory = np.empty((len(inputs), first.size), first.dtype)
    np.concatenate([array.ravel() for array in inputs], out=memory.reshape(-1))
    _apply(rule, memory, np.array(numbers, np.float64))
    return [memory[k].reshape(first.shape) for k in range(len(inputs)) if k != 1]


# --- gradient descent and momentum ---------------------------------------------------------------


def _sgd(size, stride, numbers, memory):
    param, grad, _, _ = rows(memory, stride, size)
    lr = param.dtype.type(numbers[1])
    for i in range(size):
        param[i] -= lr * grad[i]


@contract("param (*S), grad (*S), lr real -> param")
def sgd_step(param: Array, grad: Array, lr: float = 0.01) -> Array:
    """See `solutions.optimizers.chapter.sgd_step`."""
    return _stepped(_sgd, (param, grad), (0, lr))[0]


def _momentum(size, stride, numbers, memory):
    param, grad, velocity, _ = rows(memory, stride, size)
    kind = param.dtype.type
    lr, beta = kind(numbers[1]), kind(numbers[2])
    for i in range(size):
        v = beta * velocity[i] + lr * grad[i]
        velocity[i] = v
        param[i] -= v


@contract("param (*S), grad (*S), velocity (*S), lr real, beta real -> param")
def momentum_step(
    param: Array, grad: Array, velocity: Array, lr: float = 0.01, beta: float = 0.9
) -> tuple[Array, Array]:
    """See `solutions.optimizers.chapter.momentum_step`."""
    out, velocity = _stepped(_momentum, (param, grad, velocity), (0, lr, beta))
    return out, velocity


@contract("param (*S), gradient call, velocity (*S), lr real, beta real -> param")
def nesterov_step(
    param: Array,
    gradient: Callable[[Array], Array],
    velocity: Array,
    lr: float = 0.01,
    beta: float = 0.9,
) -> tuple[Array, Array]:
    """See `solutions.optimizers.chapter.nesterov_step`."""
    ahead = sgd_step(param, velocity, beta)
    return momentum_step(param, gradient(ahead), velocity, lr, beta)


# --- a step length for each coordinate -----------------------------------------------------------


def _adagrad(size, stride, numbers, memory):
    param, grad, s, _ = rows(memory, stride, size)
    kind = param.dtype.type
    lr, eps = kind(numbers[1]), kind(numbers[2])
    for i in range(size):
        total = s[i] + grad[i] * grad[i]
        s[i] = total
        param[i] -= lr * grad[i] / np.sqrt(total + eps)


@contract("param (*S), grad (*S), s (*S), lr real, eps real -> param")
def adagrad_step(
    param: Array, grad: Array, s: Array, lr: float = 0.01, eps: float = 1e-8
) -> tuple[Array, Array]:
    """See `solutions.optimizers.chapter.adagrad_step`."""
    out, s = _stepped(_adagrad, (param, grad, s), (0, lr, eps))
    return out, s


def _rmsprop(size, stride, numbers, memory):
    param, grad, s, _ = rows(memory, stride, size)
    kind = param.dtype.type
    lr, rho, fresh, eps = kind(numbers[1]), kind(numbers[2]), kind(1 - numbers[2]), kind(numbers[3])
    for i in range(size):
        average = rho * s[i] + fresh * (grad[i] * grad[i])
        s[i] = average
        param[i] -= lr * grad[i] / np.sqrt(average + eps)


@contract("param (*S), grad (*S), s (*S), lr real, rho real, eps real -> param")
def rmsprop_step(
    param: Array,
    grad: Array,
    s: Array,
    lr: float = 0.001,
    rho: float = 0.9,
    eps: float = 1e-8,
) -> tuple[Array, Array]:
    """See `solutions.optimizers.chapter.rmsprop_step`."""
    out, s = _stepped(_rmsprop, (param, grad, s), (0, lr, rho, eps))
    return out, s


def _adadelta(size, stride, numbers, memory):
    param, grad, s, d = rows(memory, stride, size)
    kind = param.dtype.type
    rho, fresh, eps = kind(numbers[1]), kind(1 - numbers[1]), kind(numbers[2])
    for i in range(size):
        squares = rho * s[i] + fresh * (grad[i] * grad[i])
        step = np.sqrt(d[i] + eps) / np.sqrt(squares + eps) * grad[i]
        s[i] = squares
        d[i] = rho * d[i] + fresh * (step * step)
        param[i] -= step


@contract("param (*S), grad (*S), state tuple((*S), (*S)), rho real, eps real -> param")
def adadelta_step(
    param: Array,
    grad: Array,
    state: tuple[Array, Array],
    rho: float = 0.95,
    eps: float = 1e-6,
) -> tuple[Array, tuple[Array, Array]]:
    """See `solutions.optimizers.chapter.adadelta_step`."""
    out, s, d = _stepped(_adadelta, (param, grad, *state), (0, rho, eps))
    return out, (s, d)


def _adam(size, stride, numbers, memory):
    param, grad, m, s = rows(memory, stride, size)
    kind = param.dtype.type
    t, lr, eps = int(numbers[0]), kind(numbers[1]), kind(numbers[4])
    beta1, fresh1, grow1 = kind(numbers[2]), kind(1 - numbers[2]), kind(1 / (1 - numbers[2] ** t))
    beta2, fresh2, grow2 = kind(numbers[3]), kind(1 - numbers[3]), kind(1 / (1 - numbers[3] ** t))
    for i in range(size):
        mean = beta1 * m[i] + fresh1 * grad[i]
        square = beta2 * s[i] + fresh2 * (grad[i] * grad[i])
        m[i] = mean
        s[i] = square
        param[i] -= lr * (mean * grow1) / (np.sqrt(square * grow2) + eps)


@contract(
    "param (*S), grad (*S), state tuple((*S), (*S), int >= 0), lr real, beta1 real, "
    "beta2 real, eps real -> param",
)
def adam_step(
    param: Array,
    grad: Array,
    state: tuple[Array, Array, int],
    lr: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, tuple[Array, Array, int]]:
    """See `solutions.optimizers.chapter.adam_step`."""
    m, s, t = state
    out, m, s = _stepped(_adam, (param, grad, m, s), (t, lr, beta1, beta2, eps))
    return out, (m, s, int(t) + 1)


def _adamw(size, stride, numbers, memory):
    param, grad, m, s = rows(memory, stride, size)
    kind = param.dtype.type
    t, lr, eps, fade = int(numbers[0]), kind(numbers[1]), kind(numbers[4]), kind(numbers[5])
    beta1, fresh1, grow1 = kind(numbers[2]), kind(1 - numbers[2]), kind(1 / (1 - numbers[2] ** t))
    beta2, fresh2, grow2 = kind(numbers[3]), kind(1 - numbers[3]), kind(1 / (1 - numbers[3] ** t))
    for i in range(size):
        mean = beta1 * m[i] + fresh1 * grad[i]
        square = beta2 * s[i] + fresh2 * (grad[i] * grad[i])
        m[i] = mean
        s[i] = square
        param[i] -= lr * (fade * param[i] + (mean * grow1) / (np.sqrt(square * grow2) + eps))


@contract(
    "param (*S), grad (*S), state tuple((*S), (*S), int >= 0), lr real, beta1 real, "
    "beta2 real, eps real, weight_decay real -> param",
)
def adamw_step(
    param: Array,
    grad: Array,
    state: tuple[Array, Array, int],
    lr: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> tuple[Array, tuple[Array, Array, int]]:
    """See `solutions.optimizers.chapter.adamw_step`."""
    m, s, t = state
    numbers = (t, lr, beta1, beta2, eps, weight_decay)
    out, m, s = _stepped(_adamw, (param, grad, m, s), numbers)
    return out, (m, s, int(t) + 1)


# --- less noise, more zeros ----------------------------------------------------------------------


@contract("param (*S), gradient call, n int >= 1, order int (K) >= 0 < n, lr real -> param")
def svrg_epoch(
    param: Array,
    gradient: Callable[[int, Array], Array],
    n: int,
    order: NDArray[np.integer],
    lr: float = 0.01,
) -> Array:
    """See `solutions.optimizers.chapter.svrg_epoch`."""
    at_snapshot = np.stack([np.asarray(gradient(i, param)) for i in range(n)])
    full = at_snapshot.mean(axis=0)
    point = param
    for i in order.tolist():
        correction = full - at_snapshot[i]
        point = sgd_step(point, gradient(i, point) + correction, lr)
    return point


def _dual_averaging(size, stride, numbers, memory):
    param, grad, mean, _ = rows(memory, stride, size)
    kind = param.dtype.type
    share, l1 = kind(1 / numbers[0]), kind(numbers[1])
    scale = kind(np.sqrt(numbers[0]) / numbers[2])
    for i in range(size):
        average = mean[i] + share * (grad[i] - mean[i])
        mean[i] = average
        if average > l1:
            param[i] = -scale * (average - l1)
        elif average < -l1:
            param[i] = -scale * (average + l1)
        else:
            param[i] = 0


@contract("param (*S), grad (*S), state tuple((*S), int >= 0), l1 real, gamma real -> param")
def dual_averaging_step(
    param: Array,
    grad: Array,
    state: tuple[Array, int],
    l1: float = 0.01,
    gamma: float = 1.0,
) -> tuple[Array, tuple[Array, int]]:
    """See `solutions.optimizers.chapter.dual_averaging_step`."""
    mean, t = state
    out, mean = _stepped(_dual_averaging, (param, grad, mean), (t, l1, gamma))
    return out, (mean, int(t) + 1)


def _ftrl(size, stride, numbers, memory):
    param, grad, z, n = rows(memory, stride, size)
    kind = param.dtype.type
    alpha, beta, l1, l2 = kind(numbers[1]), kind(numbers[2]), kind(numbers[3]), kind(numbers[4])
    for i in range(size):
        squares = n[i] + grad[i] * grad[i]
        root = np.sqrt(squares)
        pull = z[i] + grad[i] - (root - np.sqrt(n[i])) / alpha * param[i]
        z[i] = pull
        n[i] = squares
        stiffness = (beta + root) / alpha + l2
        if pull > l1:
            param[i] = (l1 - pull) / stiffness
        elif pull < -l1:
            param[i] = (-l1 - pull) / stiffness
        else:
            param[i] = 0


@contract(
    "param (*S), grad (*S), state tuple((*S), (*S)), alpha real, beta real, l1 real, "
    "l2 real -> param",
)
def ftrl_step(
    param: Array,
    grad: Array,
    state: tuple[Array, Array],
    alpha: float = 0.1,
    beta: float = 1.0,
    l1: float = 0.0,
    l2: float = 0.0,
) -> tuple[Array, tuple[Array, Array]]:
    """See `solutions.optimizers.chapter.ftrl_step`."""
    out, z, n = _stepped(_ftrl, (param, grad, *state), (0, alpha, beta, l1, l2))
    return out, (z, n)


# --- a whole model, in place ----------------------------------------------------------------------

RULES: dict[str, tuple[Rule, int, Callable[..., Any]]] = {
    "sgd": (_sgd, 0, sgd_step),
    "momentum": (_momentum, 1, momentum_step),
    "adagrad": (_adagrad, 1, adagrad_step),
    "rmsprop": (_rmsprop, 1, rmsprop_step),
    "adadelta": (_adadelta, 2, adadelta_step),
    "adam": (_adam, 2, adam_step),
    "adamw": (_adamw, 2, adamw_step),
    "dual averaging": (_dual_averaging, 1, dual_averaging_step),
    "ftrl": (_ftrl, 2, ftrl_step),
}
"""By name: the rule, how many states it keeps, and the step whose numbers and defaults it takes."""

_LINE = 64
"""Bytes of a cache line: every parameter starts at one."""


def _room(array: Array, itemsize: int) -> int:
    """Return the elements of whole cache lines that hold an array."""
    line = _LINE // itemsize
    return -(-array.size // line) * line


def _memory(rows: int, arrays: Sequence[Array]) -> Array:
    """Return zeros with room for all arrays in every row."""
    dtype = _kind(arrays[0])
    size = sum(_room(array, dtype.itemsize) for array in arrays)
    flat = np.zeros(rows * size + _LINE, dtype)
    first = -flat.ctypes.data % _LINE // dtype.itemsize
    return flat[first : first + rows * size].reshape(rows, size)


def _views(row: Array, arrays: Sequence[Array]) -> Iterator[Array]:
    """Yield the places of the arrays in a row, in their shapes."""
    first = 0
    for array in arrays:
        yield row[first : first + array.size].reshape(array.shape)
        first += _room(array, row.itemsize)


class Optimizer:
    """All parameters of a model side by side, and one call that updates them where they stand.

    Copies the given arrays once. From then on the model reads its parameters in `parameters`, and
    writes its gradients into `slopes`: views by name, in the given shapes, that stay the same. The
    states begin with zeros; numbers not given are the defaults of the chapter's step.

    >>> optimizer = Optimizer("adam", {"w": np.ones((3, 2)), "b": np.zeros(3)}, lr=0.1)
    >>> w = optimizer.parameters["w"]
    >>> optimizer.slopes["w"][...] = 2.0  # better: let the kernel that computes it write there
    >>> optimizer.step()
    >>> w[0].round(6)  # it has changed where it stands
    array([0.9, 0.9])
    >>> optimizer.set(lr=1e-4)
    """

    def __init__(self, rule: str, parameters: Mapping[str, Array], **numbers: float) -> None:
        if rule not in RULES:
            raise ValueError(f"expected an optimizer of {', '.join(RULES)}, got {rule!r}")
        self.rule, (self._step, states, step) = rule, RULES[rule]
        arrays = {name: np.asarray(value) for name, value in parameters.items()}
        for name, value in arrays.items():
            if value.dtype.kind not in "biuf":
                raise TypeError(f"expected real numbers in {name}, got {value.dtype}")
        self._memory = _memory(2 + states, list(arrays.values()))
        views = [
            dict(zip(arrays, _views(row, list(arrays.values())), strict=True))
            for row in self._memory
        ]
        self.parameters, self.slopes, *self._states = views
        for name, value in arrays.items():
            self.parameters[name][...] = value
        options = inspect.signature(step).parameters.values()
        defaults = {o.name: o.default for o in options if o.default is not o.empty}
        self._names = list(defaults)
        self._numbers = np.zeros(1 + len(defaults))
        self.set(**defaults | numbers)

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers of the formula, by name."""
        return dict(zip(self._names, self._numbers[1:].tolist(), strict=True))

    @property
    def rate(self) -> str:
        """The name of the number that is the learning rate."""
        found = next((name for name in ("lr", "alpha") if name in self._names), None)
        if found is None:
            raise ValueError(f"{self.rule} has no learning rate, only {', '.join(self._names)}")
        return found

    def set(self, **numbers: float) -> None:
        """Change numbers of the formula, such as the rate."""
        for name, value in numbers.items():
            if name not in self._names:
                raise ValueError(f"{self.rule} has {', '.join(self._names)}, not {name}")
            self._numbers[1 + self._names.index(name)] = float(value)

    def step(self) -> None:
        """Update the parameters and the states from what stands in `slopes`."""
        _apply(self._step, self._memory, self._numbers)

    def state(self) -> dict[str, dict[str, Array]]:
        """Return copies of all that a step depends on, in parts, by name."""
        parts = {"parameters": self.parameters, "slopes": self.slopes}
        parts |= {f"state {k}": views for k, views in enumerate(self._states)}
        copies = {part: {n: a.copy() for n, a in named.items()} for part, named in parts.items()}
        return copies | {"numbers": {"all": self._numbers.copy()}}

    def restore(self, state: Mapping[str, Mapping[str, Array]]) -> None:
        """Take what `state` returned, of an optimizer of the same rule and shapes."""
        own = self.state()
        for part, named in own.items():
            for name, value in named.items():
                if state[part][name].shape != value.shape:
                    shapes = f"{value.shape}, got {state[part][name].shape}"
                    raise ValueError(f"expected {part} {name} of shape {shapes}")
        views = [self.parameters, self.slopes, *self._states, {"all": self._numbers}]
        for (part, _), places in zip(own.items(), views, strict=True):
            for name, place in places.items():
                place[...] = state[part][name]

    def __getstate__(self) -> dict[str, Any]:
        return {"rule": self.rule, "state": self.state()}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        """Make the views anew: copied, they would be arrays of their own, which no step reaches."""
        Optimizer.__init__(self, kept["rule"], kept["state"]["parameters"])
        self.restore(kept["state"])


# --- whose path ----------------------------------------------------------------------------------


@contract(
    "path (T, D), gradient call, lr real, weight_decay real, tol real >= 0",
    "T >= 2",
)
def which_optimizer(
    path: Array,
    gradient: Callable[[Array], Array],
    lr: float,
    weight_decay: float = 0.01,
    tol: float = 1e-4,
) -> str:
    """See `solutions.optimizers.chapter.which_optimizer`."""
    rest = np.zeros(path.shape[1])
    empty = rest, rest, 0

    def uncorrected(x: Array, state: Any) -> Any:
        g = gradient(x)
        m, s = 0.9 * state[0] + 0.1 * g, 0.999 * state[1] + 0.001 * np.square(g)
        return x - lr * m / (np.sqrt(s) + 1e-8), (m, s)

    def decaying(x: Array, state: Any) -> Any:
        return adam_step(x, gradient(x) + weight_decay * x, state, lr)

    def faded(x: Array, state: Any) -> Any:
        return adamw_step(x, gradient(x), state, lr, weight_decay=weight_decay)

    suspects: tuple[tuple[str, Callable[[Array, Any], Any], Any], ...] = (
        ("sgd", lambda x, none: (sgd_step(x, gradient(x), lr), none), None),
        ("momentum", lambda x, v: momentum_step(x, gradient(x), v, lr), rest),
        ("nesterov", lambda x, v: nesterov_step(x, gradient, v, lr), rest),
        ("adagrad", lambda x, s: adagrad_step(x, gradient(x), s, lr), rest),
        ("rmsprop", lambda x, s: rmsprop_step(x, gradient(x), s, lr), rest),
        ("adam", lambda x, state: adam_step(x, gradient(x), state, lr), empty),
        ("adamw", faded, empty),
        ("no correction", uncorrected, (rest, rest)),
        ("decay in the gradient", decaying, empty),
    )
    fitting = (name for name, step, state in suspects if _walked(path, step, state, tol))
    return next(fitting, "unknown")


def _walked(path: Array, step: Callable[[Array, Any], Any], state: Any, tol: float) -> bool:
    """Return whether a rule that starts where the path does stays within `tol` of it."""
    x = path[0].astype(np.float64)
    for point in path[1:]:
        x, state = step(x, state)
        if not np.all(np.abs(x - point) <= tol):
            return False
    return True


# --- schedules -----------------------------------------------------------------------------------


_SHAPES: dict[str, Callable[[float, float], float]] = {
    "exponential": lambda x, c: float(np.exp(-np.log(10.0) * x)),
    "power": lambda x, c: 1.0 / (1.0 + x) ** c,
    "cosine": lambda x, c: float(np.cos(0.5 * np.pi * x)) ** 2 if x < 1.0 else 0.0,
}
"""What is left of the rate at x times the pace after the warm-up."""


@contract(
    "t real, lr0 real, r real > 0, kind 'exponential' | 'power' | 'cosine' | 'stairs', c real, "
    "warmup int >= 0, boundaries double (K), values double (K)"
)
def decayed_rate(
    t: float,
    lr0: float,
    r: float,
    kind: str = "exponential",
    c: float = 1.0,
    warmup: int = 0,
    boundaries: Sequence[float] = (),
    values: Sequence[float] = (),
) -> float:
    """See `solutions.optimizers.chapter.decayed_rate`."""
    if t < warmup:
        return float(lr0 * (t + 1) / warmup)
    if kind == "stairs":
        passed = bisect_right(boundaries, t - warmup)
        return float(values[passed - 1] if passed else lr0)
    return float(lr0 * _SHAPES[kind]((t - warmup) / r, c))


@njit(**SERIAL)
def _performance(
    errors: Array, rates: Array, lr: float, every: int, patience: int, factor: float
) -> None:
    best, failures, until = np.inf, 0, every
    for t in range(errors.size):
        rates[t] = lr
        until -= 1
        if until > 0:
            continue
        until = every
        failures = 0 if errors[t] < best else failures + 1
        best = min(best, errors[t])
        if failures == patience:
            lr /= factor
            failures = 0


@contract("errors (T), lr0 real, every int >= 1, patience int >= 1, factor real > 0")
def performance_schedule(
    errors: Array, lr0: float, every: int = 1, patience: int = 2, factor: float = 10.0
) -> Array:
    """See `solutions.optimizers.chapter.performance_schedule`."""
    rates = np.empty_like(errors)
    _performance(errors, rates, float(lr0), every, patience, float(factor))
    return rates


# --- parts of a batch, and an average of the weights ----------------------------------------------


@contract("grads (K, D), sizes int (K) >= 0 -> grads", "K >= 1")
def accumulated_gradient(grads: Array, sizes: NDArray[np.integer]) -> Array:
    """See `solutions.optimizers.chapter.accumulated_gradient`."""
    total, samples = np.zeros(grads.shape[1], grads.dtype), int(sizes.sum())
    for part, count in zip(grads, sizes.tolist(), strict=True):
        if count > 0:
            total = _stepped(_sgd, (total, part), (0, -count / samples))[0]
    return total


def _ema(size, stride, numbers, memory):
    average, param, _, _ = rows(memory, stride, size)
    kind = average.dtype.type
    keep, fresh = kind(numbers[1]), kind(1 - numbers[1])
    for i in range(size):
        average[i] = keep * average[i] + fresh * param[i]


@contract("average (*S), param (*S), t int >= 0, decay real -> average")
def ema_update(average: Array, param: Array, t: int, decay: float = 0.999) -> tuple[Array, int]:
    """See `solutions.optimizers.chapter.ema_update`."""
    keep = min(decay, (1 + t) / (10 + t))
    return _stepped(_ema, (average, param), (0, keep))[0], int(t) + 1
