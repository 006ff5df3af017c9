"""Dense layers, losses from logits and the multilayer perceptron, forward and backward.

The matrix products are those of `reference.kernels.gemm`: 1 and N threads give the same bits.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import INSERTED, SERIAL, SMALL, njit
from reference.contracts import contract
from reference.kernels.gemm import LITTLE, matmul, product, products
from reference.kernels.losses import (
    binary_parallel,
    binary_serial,
    entropy_parallel,
    entropy_serial,
    squares_parallel,
    squares_serial,
)

__all__ = [
    "cross_entropy",
    "dense_backward",
    "dense_forward",
    "dense_slopes",
    "elementwise_loss",
    "gradient_verdicts",
    "graph_depth",
    "mlp_backward",
    "mlp_forward",
    "negative_log_likelihood",
    "numerical_gradient",
    "parameter_count",
    "relative_error",
    "scaled_update",
    "sigmoid_mlp_update",
    "tape_backward",
    "vanishing_factor",
]

Array = NDArray[Any]

Layers = list[tuple[Array, Array]]


# --- shapes of networks ---------------------------------------------------------------------------


@contract("edges any")
def graph_depth(edges: Sequence[tuple[Hashable, Hashable]]) -> int:
    """See `solutions.backprop.chapter.graph_depth`."""
    followers: dict[Hashable, list[Hashable]] = defaultdict(list)
    waiting: dict[Hashable, int] = defaultdict(int)
    depth: dict[Hashable, int] = {}
    for source, target in edges:
        followers[source].append(target)
        waiting[target] += 1
        depth[source] = depth[target] = 0
    ready = deque(node for node in depth if waiting[node] == 0)
    while ready:
        node = ready.popleft()
        for follower in followers[node]:
            depth[follower] = max(depth[follower], depth[node] + 1)
            waiting[follower] -= 1
            if waiting[follower] == 0:
                ready.append(follower)
    if any(waiting.values()):
        raise ValueError("expected edges without a cycle")
    return max(depth.values(), default=0)


@contract("sizes ints >= 0", "len(sizes) >= 1")
def parameter_count(sizes: Sequence[int]) -> int:
    """See `solutions.backprop.chapter.parameter_count`."""
    units = np.asarray(sizes, dtype=np.int64)
    return int(units[:-1] @ units[1:] + units[1:].sum())


# --- the dense layer ------------------------------------------------------------------------------


@njit(**INSERTED)
def add_rows(dy: Array, db: Array) -> None:
    """Compute ``db[...] = dy.sum(0)``, in the order of the rows."""
    for j in range(db.size):
        db[j] = 0
    for n in range(len(dy)):
        for j in range(db.size):
            db[j] += dy[n, j]


@njit(**SERIAL)
def _forward_little(code: Any, x: Array, w: Array, b: Array) -> Array:
    """Compute ``x @ w.T + b`` at once: each call from Python would cost more than the product."""
    out = np.empty((len(x), len(w)), x.dtype)
    for n in range(len(x)):
        for j in range(b.size):
            out[n, j] = b[j]
    product(code, x, w, out, False, True, True)
    return out


@njit(**INSERTED)
def _slopes_little(code: Any, dy: Array, x: Array) -> Any:
    """Compute ``dy.T @ x, dy.sum(0)`` at once."""
    dw, db = np.empty((dy.shape[1], x.shape[1]), dy.dtype), np.empty(dy.shape[1], dy.dtype)
    product(code, dy, x, dw, True, False, False)
    add_rows(dy, db)
    return dw, db


@njit(**SERIAL)
def _backward_little(code: Any, dy: Array, x: Array, w: Array) -> Any:
    """Compute ``dy @ w, dy.T @ x, dy.sum(0)`` at once."""
    dx = np.empty(x.shape, x.dtype)
    product(code, dy, w, dx, False, False, False)
    dw, db = _slopes_little(code, dy, x)
    return dx, dw, db


@contract("x (N, D), w (F, D), b (F) -> x")
def dense_forward(x: Array, w: Array, b: Array) -> Array:
    """See `solutions.backprop.chapter.dense_forward`."""
    if x.size * len(w) < LITTLE:
        little: Array = _forward_little(products(x.dtype), x, w, b)
        return little
    out = np.empty((len(x), len(w)), x.dtype)
    out[:] = b
    return matmul(x, w, out, turn_b=True, add=True)


@contract("dy (N, F), x (N, D), w (F, D)")
def dense_backward(dy: Array, x: Array, w: Array) -> tuple[Array, Array, Array]:
    """See `solutions.backprop.chapter.dense_backward`."""
    if x.size * len(w) < LITTLE:
        dx, dw, db = _backward_little(products(x.dtype), dy, x, w)
        return dx, dw, db
    return matmul(dy, w, np.empty_like(x)), *dense_slopes(dy, x)


@contract("dy (N, F), x (N, D)")
def dense_slopes(dy: Array, x: Array) -> tuple[Array, Array]:
    """Return `dense_backward` without its first result: a first layer has nothing below it."""
    if dy.size * x.shape[1] < LITTLE:
        dw, db = _slopes_little(products(x.dtype), dy, x)
        return dw, db
    dw, db = np.empty((dy.shape[1], x.shape[1]), dy.dtype), np.empty(dy.shape[1], dy.dtype)
    add_rows(dy, db)
    return matmul(dy, x, dw, turn_a=True), db


# --- losses ---------------------------------------------------------------------------------------


@contract("probabilities (N, K), labels int (N) >= 0 < K")
def negative_log_likelihood(probabilities: Array, labels: NDArray[np.integer]) -> float:
    """See `solutions.backprop.chapter.negative_log_likelihood`."""
    chosen = np.take_along_axis(probabilities, labels[:, np.newaxis], 1)
    with np.errstate(divide="ignore"):
        return float(-np.log(chosen).sum())


@contract("logits (N, K), labels int (N) >= 0 < K -> logits", "N >= 1")
def cross_entropy(logits: Array, labels: NDArray[np.integer]) -> tuple[float, Array]:
    """See `solutions.backprop.chapter.cross_entropy`."""
    slope, share = np.empty_like(logits), logits.dtype.type(1.0 / len(logits))
    run = entropy_serial if logits.size < SMALL else entropy_parallel
    return float(run(logits, labels, share, slope)) / len(logits), slope


@contract(
    "output (*S), target (*S), kind 'squares' | 'binary' -> output",
    "output.size >= 1",
)
def elementwise_loss(output: Array, target: Array, kind: str) -> tuple[float, Array]:
    """See `solutions.backprop.chapter.elementwise_loss`."""
    slope = np.empty_like(output)
    y, t, down = output.reshape(-1), target.reshape(-1), slope.reshape(-1)
    if kind == "squares":
        run = squares_serial if y.size < SMALL else squares_parallel
        return float(run(y, t, down)) / 2.0, slope
    run = binary_serial if y.size < SMALL else binary_parallel
    return float(run(y, t, y.dtype.type(1 / y.size), down)) / y.size, slope


# --- checking gradients ---------------------------------------------------------------------------


@contract("f call, x double (*S), h real > 0")
def numerical_gradient(f: Callable[[Array], float], x: Array, h: float = 1e-5) -> Array:
    """See `solutions.backprop.chapter.numerical_gradient`."""
    point, slopes = x.copy(), np.empty(x.size)
    for i in range(point.size):
        ends = []
        for nudged in (point.flat[i] + h, point.flat[i] - h):
            moved = point.copy()
            moved.flat[i] = nudged
            ends.append(float(f(moved)))
        slopes[i] = (ends[0] - ends[1]) / (2.0 * h)
    return slopes.reshape(point.shape)


@contract("a (*S), b (*S)")
def relative_error(a: Array, b: Array) -> float:
    """See `solutions.backprop.chapter.relative_error`."""
    a, b = np.ravel(a), np.ravel(b)
    differs = a != b  # then one of the two is not zero
    gap, size = np.abs(a - b)[differs], np.maximum(np.abs(a), np.abs(b))[differs]
    return float(np.max(gap / size, initial=0.0))


def _agree(a: Array, b: Array, rtol: float) -> Array:
    same: Array = np.abs(a - b) <= rtol * np.maximum(np.abs(a), np.abs(b))
    return same


@contract(
    "claimed (D), above (D), below (D), loss real, h real > 0, eps real >= 0, rtol real >= 0, "
    "tiny real >= 0"
)
def gradient_verdicts(
    claimed: Array,
    above: Array,
    below: Array,
    loss: float,
    h: float = 1e-5,
    eps: float = 2.2e-16,
    rtol: float = 1e-5,
    tiny: float = 1e-9,
) -> list[str]:
    """See `solutions.backprop.chapter.gradient_verdicts`."""
    upward, downward, central = (above - loss) / h, (loss - below) / h, (above - below) / (2.0 * h)
    rows = {
        "right": _agree(claimed, central, rtol),
        "both tiny": (np.abs(claimed) <= tiny) & (np.abs(central) <= tiny),
        "rounding": np.abs(claimed - central) * h <= eps * abs(loss),
        "kink": _agree(claimed, upward, rtol) | _agree(claimed, downward, rtol),
    }
    found: list[str] = np.select(list(rows.values()), list(rows), "wrong").tolist()
    return found


# --- networks -------------------------------------------------------------------------------------


def _activate(z: Array, name: str) -> Array:
    a: Array = np.maximum(z, 0) if name == "relu" else np.tanh(z if name == "tanh" else z / 2)
    if name == "sigmoid":
        a = (a + 1) / 2
    return a


def _slope(a: Array, name: str) -> Array:
    if name == "relu":
        return np.asarray(a > 0, dtype=a.dtype)
    slope: Array = (1 - a) * (1 + a) if name == "tanh" else a - a * a
    return slope


@contract(
    "x (N, D), layers list(tuple((D', D), (D'))), activation 'relu' | 'sigmoid' | 'tanh'",
    "len(layers) >= 1",
)
def mlp_forward(x: Array, layers: Layers, activation: str = "relu") -> list[Array]:
    """See `solutions.backprop.chapter.mlp_forward`."""
    outputs: list[Array] = []
    for w, b in layers[:-1]:
        below = outputs[-1] if outputs else x
        outputs.append(_activate(dense_forward(below, w, b), activation))
    return [*outputs, dense_forward(outputs[-1] if outputs else x, *layers[-1])]


@contract(
    "dout (N, K), x (N, D), layers list(tuple((D', D), (D'))), "
    "activation 'relu' | 'sigmoid' | 'tanh'",
    "len(layers) >= 1",
    "dout.shape[1] == layers[-1][0].shape[0]",
)
def mlp_backward(
    dout: Array, x: Array, layers: Layers, activation: str = "relu"
) -> tuple[Array, Layers]:
    """See `solutions.backprop.chapter.mlp_backward`."""
    hidden = mlp_forward(x, layers, activation)[:-1]
    slopes: Layers = []
    for (w, _), a in zip(layers[:0:-1], hidden[::-1], strict=True):
        dout, dw, db = dense_backward(dout, a, w)
        dout = dout * _slope(a, activation)
        slopes.append((dw, db))
    dx, dw, db = dense_backward(dout, x, layers[0][0])
    return dx, [*slopes, (dw, db)][::-1]


_OPERATIONS = {"add": 0, "mul": 1, "tanh": 2, "exp": 3}
_TWO_OPERANDS = 2
"""Operations with a smaller code take two values."""


@njit(**SERIAL)
def _play(values: Array, grads: Array, codes: Array) -> None:
    """Fill the values by playing the tape, then the gradients from its end."""
    n = values.size - len(codes)
    for k in range(len(codes)):
        code, a, b = codes[k, 0], values[codes[k, 1]], values[codes[k, 2]]
        if code < _TWO_OPERANDS:
            values[n + k] = a + b if code == 0 else a * b
        else:
            values[n + k] = np.tanh(a) if code == _TWO_OPERANDS else np.exp(a)
    for k in range(len(codes) - 1, -1, -1):
        code, i, j = codes[k, 0], codes[k, 1], codes[k, 2]
        out, grad = values[n + k], grads[n + k]
        if code == 0:
            grads[i] += grad
            grads[j] += grad
        elif code == 1:
            left, right = grad * values[j], grad * values[i]
            grads[i] += left
            grads[j] += right
        else:
            grads[i] += grad * (out if code > _TWO_OPERANDS else 1 - out * out)


@contract("inputs (N), tape any -> inputs", "N >= 1")
def tape_backward(inputs: Array, tape: Sequence[tuple[Any, ...]]) -> Array:
    """See `solutions.backprop.chapter.tape_backward`."""
    for k, (operation, *places) in enumerate(tape):
        operands = 2 if _OPERATIONS.get(operation, 2) < _TWO_OPERANDS else 1
        if operation not in _OPERATIONS or len(places) != operands:
            raise ValueError(f"entry {k} of the tape is no operation: {(operation, *places)}")
        if not all(0 <= place < inputs.size + k for place in places):
            raise ValueError(f"entry {k} of the tape reads a value that is made later: {places}")
    codes = [(_OPERATIONS[entry[0]], entry[1], entry[-1]) for entry in tape]
    values = np.zeros(inputs.size + len(codes), inputs.dtype)
    values[: inputs.size] = inputs
    grads = np.zeros_like(values)
    grads[-1] = 1
    _play(values, grads, np.array(codes, np.int64).reshape(-1, 3))
    return grads[: inputs.size]


@njit(**SERIAL)
def _update(
    v: Array, gamma: Array, w: Array, theta: Array, x: Array, y: Array, lr: Any, b: Array, e: Array
) -> None:
    """Update the four arrays in place; `b` and `e` are room for the hidden units."""
    one = lr * 0 + 1
    for h in range(b.size):
        net = -gamma[h]
        for i in range(x.size):
            net += v[h, i] * x[i]
        b[h] = one / (one + np.exp(-net))
        e[h] = 0
    for j in range(y.size):
        net = -theta[j]
        for h in range(b.size):
            net += w[j, h] * b[h]
        answer = one / (one + np.exp(-net))
        g = answer * (one - answer) * (y[j] - answer)
        theta[j] -= lr * g
        for h in range(b.size):
            e[h] += w[j, h] * g
            w[j, h] += lr * g * b[h]
    for h in range(b.size):
        blame = lr * b[h] * (one - b[h]) * e[h]
        gamma[h] -= blame
        for i in range(x.size):
            v[h, i] += blame * x[i]


@contract(
    "v (Q, D), gamma (Q), w (K, Q), theta (K), x (D), y (K), lr real -> v, gamma, w, theta",
)
def sigmoid_mlp_update(
    v: Array,
    gamma: Array,
    w: Array,
    theta: Array,
    x: Array,
    y: Array,
    lr: float = 0.1,
) -> tuple[Array, Array, Array, Array]:
    """See `solutions.backprop.chapter.sigmoid_mlp_update`."""
    v, gamma, w, theta, x, y = (array.copy() for array in (v, gamma, w, theta, x, y))
    _update(v, gamma, w, theta, x, y, v.dtype.type(lr), np.empty_like(gamma), np.empty_like(gamma))
    return v, gamma, w, theta


@contract("weights (L), activations (L)")
def vanishing_factor(weights: Array, activations: Array) -> float:
    """See `solutions.backprop.chapter.vanishing_factor`."""
    factor = 1.0
    for w, a in zip(weights.tolist(), activations.tolist(), strict=True):
        factor *= w * (a - a * a)
    return factor


HALF_TINY, HALF_DIGITS, HALF_END = 2.0**-24, 11, 65520.0
"""The smallest number of half precision, its digits, and from where on it says infinity."""


@njit(**SERIAL)
def _half(value: Any) -> Any:
    """Return a number as half precision stores it, ties to even."""
    size = abs(value)
    if not size < HALF_END:
        return value * np.inf if size == size else value
    _, exponent = math.frexp(size)
    step = max(math.ldexp(1.0, exponent - HALF_DIGITS), HALF_TINY)
    return np.rint(value / step) * step


@njit(**SERIAL)
def _scaled_step(w: Array, gradient: Array, scale: Any, lr: Any, out: Array) -> bool:
    """Fill in the new weights; say whether half precision could hold all that it handed back."""
    for i in range(w.size):
        back = _half(scale * gradient[i])
        if not abs(back) < np.inf:
            return False
        out[i] = w[i] - lr * (back / scale)
    return True


@contract(
    "w (D), scale real > 0, good int >= 0, gradient (D), lr real, window int >= 1 -> w",
    "good < window",
)
def scaled_update(
    w: Array, scale: float, good: int, gradient: Array, lr: float = 0.1, window: int = 2000
) -> tuple[Array, float, int]:
    """See `solutions.backprop.chapter.scaled_update`."""
    moved = np.empty_like(w)
    if not _scaled_step(w, gradient, float(scale), float(lr), moved):
        return w, scale * 0.5, 0
    return (moved, scale * 2.0, 0) if good + 1 == window else (moved, float(scale), good + 1)
