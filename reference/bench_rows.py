"""The lines of the bench: each public kernel beside the same work in PyTorch, or else NumPy."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference import backprop, convolution, lstm, models, neurons, optimizers, spatial_transformer
from reference._gemm import matmul
from reference.bench_measure import Row

__all__ = ["ROWS", "torch"]

torch: Any = importlib.import_module("torch") if importlib.util.find_spec("torch") else None
_nn: Any = torch.nn.functional if torch else None
_aten: Any = torch.ops.aten if torch else None

Array = NDArray[Any]
Peers = dict[str, Callable[[], Any]]
_RNG = np.random.default_rng(0)


def _floats(*shape: int, scale: float = 1.0, dtype: Any = np.float32) -> Array:
    return (_RNG.standard_normal(shape) * scale).astype(dtype)


def _tensors(*arrays: Array) -> list[Any]:
    return [torch.from_numpy(a) for a in arrays] if torch else []


# --- matrices and dense layers --------------------------------------------------------------------


def gemm(large: bool) -> Iterator[Row]:
    for n in (256, 512, 1024) if large else (64, 128):
        a, b, out = _floats(n, n), _floats(n, n), np.empty((n, n), np.float32)
        other = out.copy()
        peers: Peers = {"numpy": partial(np.matmul, a, b, out=other)}
        if torch:
            ta, tb, to = _tensors(a, b, np.empty_like(out))
            peers["torch"] = partial(torch.mm, ta, tb, out=to)
        goal = 1.05 if n >= 256 else 1.0
        yield Row("gemm", f"{n}^3", partial(matmul, a, b, out), peers, flops=2.0 * n**3, goal=goal)


def dense(large: bool) -> Iterator[Row]:
    sizes = [(128, 784, 300), (256, 1024, 1024)] if large else [(8, 64, 32), (32, 784, 256)]
    for n, d, o in sizes if large else [*sizes, (64, 256, 100)]:
        x, w, b, dy = _floats(n, d), _floats(o, d, scale=d**-0.5), _floats(o), _floats(n, o)
        forward: Peers = {"numpy": partial(lambda x, w, b: x @ w.T + b, x, w, b)}
        backward: Peers = {"numpy": partial(lambda x, w, g: (g @ w, g.T @ x, g.sum(0)), x, w, dy)}
        if torch:
            tx, tw, tb, tdy = _tensors(x, w, b, dy)
            forward["torch"] = partial(_nn.linear, tx, tw, tb)
            backward["torch"] = partial(lambda x, w, g: (g @ w, g.T @ x, g.sum(0)), tx, tw, tdy)
        size = f"{n}x{d}->{o}"
        work = 2.0 * n * d * o
        call = partial(backprop.dense_forward, x, w, b)
        back = partial(backprop.dense_backward, dy, x, w)
        goal = 0.95 if large else 1.0
        yield Row("dense forward", size, call, forward, flops=work, goal=goal)
        yield Row("dense backward", size, back, backward, flops=2 * work, goal=goal)


def cross_entropy(large: bool) -> Iterator[Row]:
    for n, k in [(1024, 1000)] if large else [(32, 10), (64, 100)]:
        z, labels = _floats(n, k), _RNG.integers(0, k, n)

        def plain(z: Array = z, labels: Array = labels, n: int = n) -> Any:
            e = np.exp(z - z.max(axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            loss = -np.log(p[np.arange(n), labels]).mean()
            p[np.arange(n), labels] -= 1
            return loss, p / n

        peers: Peers = {"numpy": plain}
        if torch:
            tz, tl = _tensors(z, labels)

            def by_grad(z: Any = tz, labels: Any = tl) -> Any:
                z = z.detach().requires_grad_()
                loss = torch.nn.functional.cross_entropy(z, labels)
                return loss, torch.autograd.grad(loss, z)[0]

            def by_hand(z: Any = tz, labels: Any = tl, n: int = n) -> Any:
                logs = torch.log_softmax(z, 1)
                slope = logs.exp()
                slope[torch.arange(n), labels] -= 1
                return torch.nn.functional.nll_loss(logs, labels), slope / n

            peers |= {"torch autograd": by_grad, "torch by hand": by_hand}
        call = partial(backprop.cross_entropy, z, labels)
        yield Row("cross-entropy", f"{n}x{k}", call, peers, bytes=8.0 * z.size)


# --- convolution and pooling ----------------------------------------------------------------------

_SMALL_CONVS = [(32, 1, 6, 28, 5, 1, 2), (32, 6, 16, 14, 5, 1, 0), (16, 16, 16, 32, 3, 1, 1),
                (8, 8, 16, 16, 3, 2, 1)]  # fmt: skip
_LARGE_CONVS = [(16, 64, 64, 56, 3, 1, 1), (16, 128, 128, 28, 3, 1, 1), (8, 64, 128, 56, 3, 2, 1),
                (8, 256, 256, 14, 1, 1, 0), (8, 3, 64, 112, 7, 2, 3)]  # fmt: skip


def conv(large: bool) -> Iterator[Row]:
    for dtype in (np.float32,) if large else (np.float32, np.float64):
        for shape in _LARGE_CONVS if large else _SMALL_CONVS:
            yield from _conv(large, dtype, *shape)


def _conv(
    large: bool, dtype: Any, n: int, c: int, f: int, side: int, k: int, stride: int, padding: int
) -> Iterator[Row]:
    x, w = _floats(n, c, side, side, dtype=dtype), _floats(f, c, k, k, dtype=dtype)
    b, options = _floats(f, dtype=dtype), (stride, padding)
    y = convolution.conv2d_forward(x, w, b, *options)
    dy = _floats(*y.shape, dtype=dtype)
    forward: Peers = {}
    backward: Peers = {}
    if torch:
        conv2d, last = torch.nn.functional.conv2d, torch.channels_last
        gradients = _aten.convolution_backward
        tensors = _tensors(x, w, b, dy)
        fixed = [f], [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1, [True] * 3
        for mode in ("torch", "torch channels_last"):
            tx, tw, tb, tdy = tensors
            if mode != "torch":
                tx, tw, tdy = (t.to(memory_format=last) for t in (tx, tw, tdy))
            forward[mode] = partial(conv2d, tx, tw, tb, stride, padding)
            backward[mode] = partial(gradients, tdy, tx, tw, *fixed)
    else:
        windows = np.lib.stride_tricks.sliding_window_view

        def plain() -> Array:
            room = [(0, 0), (0, 0), (padding, padding), (padding, padding)]
            seen = windows(np.pad(x, room), (k, k), axis=(2, 3))[:, :, ::stride, ::stride]
            out: Array = np.einsum("nchwuv,fcuv->nfhw", seen, w, optimize=True)
            return out + b[:, None, None]

        forward["numpy"] = plain
    double = dtype == np.float64
    goal = 3.0 if double else 1.0 if not large else 1.4 if k == 3 and stride == 1 else 0.95
    size = f"{n}x{c}x{side}^2->{f} k{k}s{stride}" + (" f64" if double else "")
    work = 2.0 * y.size * w[0].size
    rtol = 1e-3
    call = lambda: convolution.conv2d_forward(x, w, b, *options)
    yield Row("conv forward", size, call, forward, flops=work, goal=goal, rtol=rtol)
    if backward:
        back = lambda: convolution.conv2d_backward(dy, x, w, *options)
        yield Row("conv backward", size, back, backward, flops=2 * work, goal=goal, rtol=rtol)


def pool(large: bool) -> Iterator[Row]:
    for shape in [(32, 64, 56, 56)] if large else [(32, 6, 28, 28), (8, 16, 16, 16)]:
        x = _floats(*shape)
        size, moved = "x".join(map(str, shape)), 4.0 * x.size * 1.25
        dy = _floats(*shape[:2], shape[2] // 2, shape[3] // 2)
        rivals: dict[str, Peers] = {
            name: {} for name in ("max", "avg", "max'", "avg'", "global", "lrn")
        }
        if torch:
            tx, tdy = _tensors(x, dy)
            _, where = _nn.max_pool2d(tx, 2, return_indices=True)
            two = [2, 2], [2, 2], [0, 0]
            rivals["max"]["torch"] = partial(_nn.max_pool2d, tx, 2)
            rivals["avg"]["torch"] = partial(_nn.avg_pool2d, tx, 2)
            rivals["global"]["torch"] = partial(tx.mean, (2, 3))
            rivals["lrn"]["torch"] = partial(_nn.local_response_norm, tx, 5, 0.0005, 0.75, 2.0)
            rivals["max'"]["torch"] = partial(
                _aten.max_pool2d_with_indices_backward, tdy, tx, *two, [1, 1], False, where
            )
            rivals["avg'"]["torch"] = partial(
                _aten.avg_pool2d_backward, tdy, tx, *two, False, True, None
            )
        else:
            n, c, h, w = shape
            blocks = x.reshape(n, c, h // 2, 2, w // 2, 2)
            rivals["max"]["numpy"] = partial(blocks.max, (3, 5))
            rivals["avg"]["numpy"] = partial(blocks.mean, (3, 5))
            rivals["global"]["numpy"] = partial(x.mean, (2, 3))
        ours: dict[str, tuple[str, Callable[[], Any]]] = {
            "max": ("max pool", partial(convolution.max_pool_forward, x, 2)),
            "avg": ("average pool", partial(convolution.avg_pool_forward, x, 2)),
            "max'": ("max pool backward", partial(convolution.max_pool_backward, dy, x, 2)),
            "avg'": (
                "average pool backward",
                partial(convolution.avg_pool_backward, dy, x, 2),
            ),
            "global": ("global average pool", partial(convolution.global_avg_pool, x)),
            "lrn": ("local response norm", partial(convolution.local_response_norm, x)),
        }
        for key, (name, call) in ours.items():
            if rivals[key]:
                yield Row(name, size, call, rivals[key], bytes=moved)


def sampler(large: bool) -> Iterator[Row]:
    if not torch:
        return
    for n, c, side in [(32, 16, 64)] if large else [(16, 1, 28), (8, 3, 32)]:
        image, theta = _floats(n, c, side, side), _floats(n, 2, 3, scale=0.5)
        grid = spatial_transformer.affine_grid(theta, (side, side))
        dv = _floats(n, c, side, side)
        ti, tg, tt, tdv = _tensors(image, grid, theta, dv)
        size = f"{n}x{c}x{side}^2"
        call = partial(spatial_transformer.affine_grid, theta, (side, side))
        peer = partial(_nn.affine_grid, tt, list(image.shape), align_corners=True)
        yield Row("affine grid", size, call, {"torch": peer})
        call = partial(spatial_transformer.bilinear_sample, image, grid)
        peer = partial(_nn.grid_sample, ti, tg, align_corners=True)
        yield Row("bilinear sampler", size, call, {"torch": peer})
        back = partial(spatial_transformer.bilinear_sample_backward, dv, image, grid)
        both = [True, True]  # a gradient for the image, and one for the grid
        peer = partial(_aten.grid_sampler_2d_backward, tdv, ti, tg, 0, 0, True, both)
        yield Row("bilinear backward", size, back, {"torch": peer}, rtol=2e-2)


# --- recurrent nets -------------------------------------------------------------------------------


def recurrent(large: bool) -> Iterator[Row]:
    for t, n, d, h in (
        [(32, 64, 512, 512)] if large else [(16, 8, 16, 32), (32, 32, 64, 128), (16, 64, 64, 256)]
    ):
        x, h0, c0 = _floats(t, n, d), _floats(n, h), _floats(n, h)
        w, b = _floats(4 * h, h + d, scale=(h + d) ** -0.5), _floats(4 * h)
        dhs = _floats(t, n, h)
        size, work = f"T{t} N{n} D{d} H{h}", 2.0 * t * n * w.size
        goal = 0.95 if large else 1.0
        forward: Peers = {}
        both: Peers = {}
        if torch:
            net = torch.nn.LSTM(d, h)
            f, i, g, o = (np.arange(k * h, (k + 1) * h) for k in range(4))
            order = np.concatenate([i, f, g, o])
            with torch.no_grad():
                for own, given in zip(
                    net.parameters(), (w[order, h:], w[order, :h], b[order], 0 * b)
                ):
                    own.copy_(torch.from_numpy(np.ascontiguousarray(given)))
            tx, th, tc, tdhs = _tensors(x, h0[None], c0[None], dhs)

            def run(net: Any = net, x: Any = tx, h: Any = th, c: Any = tc) -> Any:
                with torch.no_grad():
                    return net(x, (h, c))[0]

            def run_both(
                net: Any = net, x: Any = tx, h: Any = th, c: Any = tc, g: Any = tdhs
            ) -> Any:
                x, h, c = (v.detach().requires_grad_() for v in (x, h, c))
                hs = net(x, (h, c))[0]
                return torch.autograd.grad(hs, [x, h, c, *net.parameters()], g)[:3]

            forward["torch"], both["torch"] = run, run_both
        else:

            def step_by_step(
                x: Array = x, h: Array = h0, c: Array = c0, w: Array = w, b: Array = b
            ) -> Array:
                hs = []
                for now in x:
                    a = np.concatenate([h, now], 1) @ w.T + b
                    f, i, g, o = np.split(a, 4, axis=1)
                    c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
                    h = np.tanh(c) / (1 + np.exp(-o))
                    hs.append(h)
                return np.stack(hs)

            forward["numpy"] = step_by_step
        args = x, h0, c0, w, b
        yield Row(
            "lstm forward",
            size,
            partial(lambda a: lstm.lstm_forward(*a)[0], args),
            forward,
            flops=work,
            goal=goal,
        )
        if both:
            call = partial(lambda a: lstm.lstm_backward(*a)[:3], (*args, dhs))
            yield Row(
                "lstm forward + backward", size, call, both, flops=3 * work, goal=goal, rtol=1e-3
            )


# --- optimizers -----------------------------------------------------------------------------------

_OPTIMIZERS: dict[str, tuple[str, Callable[..., Any], int, dict[str, Any]]] = {
    "sgd": ("SGD", lambda p, g: optimizers.sgd_step(p, g), 3, {}),
    "momentum": ("SGD", lambda p, g, v: optimizers.momentum_step(p, g, v), 5, {"momentum": 0.9}),
    "adagrad": ("Adagrad", lambda p, g, s: optimizers.adagrad_step(p, g, s), 5, {}),
    "rmsprop": ("RMSprop", lambda p, g, s: optimizers.rmsprop_step(p, g, s), 5, {}),
    "adam": ("Adam", lambda p, g, m, s: optimizers.adam_step(p, g, (m, s, 10)), 7, {}),
}


def optimizer(large: bool) -> Iterator[Row]:
    if not torch:
        return
    for size in (10_000_000,) if large else (1000, 100_000):
        for name, (theirs, step, streams, options) in _OPTIMIZERS.items():
            state = [
                _floats(size),
                _floats(size),
                *(abs(_floats(size)) for _ in range(streams // 2 - 1)),
            ]
            peers: Peers = {}
            for mode in ("foreach", "fused"):
                param = torch.nn.Parameter(torch.from_numpy(state[0].copy()))
                param.grad = torch.from_numpy(state[1].copy())
                kind = getattr(torch.optim, theirs)
                if mode in inspect.signature(kind).parameters:
                    method = kind([param], lr=1e-3, **{mode: True}, **options)
                    peers[f"torch {mode}"] = method.step
            goal = {1000: 20.0, 100_000: 3.0}.get(size, 1.0)
            moved = 4.0 * size * streams
            yield Row(name, f"10^{round(math.log10(size))}", partial(step, *state), peers,
                      bytes=moved, goal=goal, rtol=0)  # fmt: skip


# --- neurons --------------------------------------------------------------------------------------


def neuron(large: bool) -> Iterator[Row]:
    for t, n in [(1000, 4096)] if large else [(200, 64), (500, 512)]:
        current = _floats(t, n, scale=0.5) + 1.6
        peers: Peers = {}
        if torch:
            (tc,) = _tensors(current)

            def lif(current: Any = tc) -> Any:
                v = torch.full_like(current[0], -65.0)
                wait = torch.zeros_like(v)
                trace, spikes = (
                    torch.empty_like(current),
                    torch.empty_like(current, dtype=torch.bool),
                )
                for step in range(len(current)):
                    free = wait <= 0
                    v = torch.where(free, v + 0.01 * (-65.0 - v + 10.0 * current[step]), v)
                    spiked = free & (v >= -50.0)
                    v = torch.where(spiked, torch.full_like(v, -70.0), v)
                    wait = torch.where(spiked, torch.full_like(v, 20.0), wait - (~free).to(v.dtype))
                    trace[step], spikes[step] = v, spiked
                return trace, spikes

            peers["torch"] = lif
        else:

            def plain(current: Array = current) -> Any:
                v, wait = (
                    np.full(current.shape[1], -65.0, current.dtype),
                    np.zeros(current.shape[1]),
                )
                trace = np.empty_like(current)
                for step, now in enumerate(current):
                    free = wait <= 0
                    v = np.where(free, v + 0.01 * (-65.0 - v + 10.0 * now), v).astype(v.dtype)
                    spiked = free & (v >= -50.0)
                    v[spiked] = -70.0
                    wait = np.where(spiked, 20.0, wait - ~free)
                    trace[step] = v
                return trace, trace > 0

            peers["numpy"] = plain
        call = partial(neurons.lif_simulate, current, 0.1)
        yield Row("lif", f"T{t} N{n}", call, peers, goal=1.3, bytes=9.0 * t * n, rtol=0)
        steps = min(t, 200)

        def hodgkin(current: Array = current[:steps]) -> Array:
            v = np.full(current.shape[1], -65.0, np.float32)
            state = np.stack([v, *neurons.hh_steady_state(v)])
            out = []
            for now in current:
                a = neurons.hh_derivative(state, now)
                b = neurons.hh_derivative(state + np.float32(0.005) * a, now)
                c = neurons.hh_derivative(state + np.float32(0.005) * b, now)
                d = neurons.hh_derivative(state + np.float32(0.01) * c, now)
                state = state + np.float32(0.01 / 6) * (a + 2 * (b + c) + d)
                out.append(state)
            return np.stack(out)

        simulate = partial(neurons.hh_simulate, current[:steps], 0.01)
        yield Row("hodgkin-huxley", f"T{steps} N{n}", simulate,
                  {"torch": _torch_hh(current[:steps])} if torch else {"numpy": hodgkin},
                  goal=1.3, rtol=1e-2)  # fmt: skip


def _torch_hh(current: Array) -> Callable[[], Any]:
    """Return the same Runge-Kutta steps over the population, on tensors."""
    (now,) = _tensors(current)

    def slope(s: Any, i: Any) -> Any:
        v, m, h, n = s
        u, x, y = v + 65, (v + 40) / 10, (v + 55) / 10
        a_m, b_m = x / -torch.expm1(-x), 4 * torch.exp(-u / 18)
        a_h, b_h = 0.07 * torch.exp(-u / 20), torch.sigmoid((v + 35) / 10)
        a_n, b_n = 0.1 * y / -torch.expm1(-y), 0.125 * torch.exp(-u / 80)
        ions = 120 * m**3 * h * (50 - v) + 36 * n**4 * (-77 - v) + 0.3 * (-54.387 - v)
        return torch.stack(
            [i + ions, a_m - (a_m + b_m) * m, a_h - (a_h + b_h) * h, a_n - (a_n + b_n) * n]
        )

    def run() -> Any:
        v = np.full(current.shape[1], -65.0, np.float32)
        s = torch.from_numpy(np.stack([v, *neurons.hh_steady_state(v)]))
        out = torch.empty((len(now), *s.shape))
        for t, i in enumerate(now):
            a = slope(s, i)
            b = slope(s + 0.005 * a, i)
            c = slope(s + 0.005 * b, i)
            d = slope(s + 0.01 * c, i)
            s = s + 0.01 / 6 * (a + 2 * (b + c) + d)
            out[t] = s
        return out

    return run


# --- whole steps of learning ----------------------------------------------------------------------


def model(large: bool) -> Iterator[Row]:
    """Forward, backward and Adam, beside the same in PyTorch, eager and with a fused Adam."""
    if not torch:
        return
    layer = torch.nn
    for batch in (128,) if large else (32,):
        labels = _RNG.integers(0, 10, batch)
        flat, images = _floats(batch, 784), _floats(batch, 1, 28, 28)
        mlp = [layer.Linear(784, 300), layer.ReLU(), layer.Linear(300, 100), layer.ReLU(),
               layer.Linear(100, 10)]  # fmt: skip
        lenet = [layer.Conv2d(1, 6, 5, padding=2), layer.ReLU(), layer.MaxPool2d(2),
                 layer.Conv2d(6, 16, 5), layer.ReLU(), layer.MaxPool2d(2), layer.Flatten(),
                 layer.Linear(400, 120), layer.ReLU(), layer.Linear(120, 84), layer.ReLU(),
                 layer.Linear(84, 10)]  # fmt: skip
        for name, ours, theirs, x in (
            ("mlp 784-300-100-10 step", models.Mlp(_RNG), mlp, flat),
            ("lenet-5 step", models.LeNet(_RNG), lenet, images),
        ):
            peers = {
                f"torch {mode}": _torch_step(layer.Sequential(*theirs), mode, x, labels)
                for mode in ("foreach", "fused")
            }
            call = partial(ours.step, x, labels)
            goal = 1.5 if large else 2.0
            yield Row(name, f"batch {batch}", call, peers, goal=goal, rtol=0)


def _torch_step(net: Any, mode: str, x: Array, labels: Array) -> Callable[[], Any]:
    method = torch.optim.Adam(net.parameters(), lr=1e-3, **{mode: True})
    given, truth = _tensors(x, labels)

    def step() -> Any:
        loss = _nn.cross_entropy(net(given), truth)
        method.zero_grad()
        loss.backward()
        method.step()
        return loss

    return step


ROWS: tuple[Callable[[bool], Iterator[Row]], ...] = (
    gemm, dense, cross_entropy, conv, pool, sampler, recurrent, optimizer, neuron, model,
)  # fmt: skip
