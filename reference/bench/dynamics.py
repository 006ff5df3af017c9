"""The lines of the bench for the sampler, recurrent nets, optimizers and neurons."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from reference import lstm, neurons, optimizers, spatial_transformer
from reference.bench.data import Array, Peers, Tensor, aten, floats, nn, plain, tensors, torch
from reference.bench.measure import Call, Row
from reference.bench.rivals import by_jax, by_onnx, jax

__all__ = ["neuron", "optimizer", "recurrent", "sampler"]


# --- the sampler ----------------------------------------------------------------------------------


def sampler(large: bool) -> Iterator[Row]:
    """Make affine grids, and sample at their points, forward and backward."""
    for n, c, side in [(32, 16, 64)] if large else [(16, 1, 28), (8, 3, 32)]:
        image, theta = floats(n, c, side, side), floats(n, 2, 3, scale=0.5)
        grid = spatial_transformer.affine_grid(theta, (side, side))
        dv = floats(n, c, side, side)
        peers: list[Peers] = [{}, {}, {}]
        if torch:
            ti, tg, tt, tdv = tensors(image, grid, theta, dv)
            both = [True, True]  # a gradient for the image, and one for the grid
            calls = (
                partial(nn.affine_grid, tt, list(image.shape), align_corners=True),
                partial(nn.grid_sample, ti, tg, align_corners=True),
                partial(aten.grid_sampler_2d_backward, tdv, ti, tg, 0, 0, True, both),
            )
            peers = [{"torch": call} for call in calls]
        size, moved = f"{n}x{c}x{side}^2", 4.0 * (image.size + grid.size + dv.size)
        make = partial(spatial_transformer.affine_grid, theta, (side, side))
        sample = partial(spatial_transformer.bilinear_sample, image, grid)
        back = partial(spatial_transformer.bilinear_sample_backward, dv, image, grid)
        yield Row("affine grid", size, make, peers[0], bytes=4.0 * grid.size)
        yield Row("bilinear sampler", size, sample, peers[1], bytes=moved)
        yield Row("bilinear backward", size, back, peers[2], bytes=2 * moved, rtol=2e-2)


# --- recurrent nets -------------------------------------------------------------------------------


def _lstm_by_onnx(x: Array, h: Array, c: Array, w: Array, b: Array) -> Peers:
    """Return ONNX Runtime on its layer, which has the gates in another order."""
    units = h.shape[1]
    f, i, g, o = (np.arange(k * units, (k + 1) * units) for k in range(4))
    order = np.concatenate([i, o, f, g])
    into, back = w[np.newaxis, order, units:], w[np.newaxis, order, :units]
    shift = np.concatenate([b[order], 0 * b])[np.newaxis]
    start = h[np.newaxis], c[np.newaxis]
    return by_onnx("LSTM", x, into, back, shift, "", *start, hidden_size=units)


def _lstm_by_jax(x: Tensor, h: Tensor, c: Tensor, w: Tensor, b: Tensor) -> Tensor:
    def step(state: Tensor, x: Tensor) -> Tensor:
        h, c = state
        f, i, g, o = jax.numpy.split(jax.numpy.concatenate([h, x], 1) @ w.T + b, 4, 1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jax.numpy.tanh(g)
        h = jax.nn.sigmoid(o) * jax.numpy.tanh(c)
        return (h, c), h

    return jax.lax.scan(step, (h, c), x)[1]


def _lstm_back_by_jax(x: Tensor, h: Tensor, c: Tensor, w: Tensor, b: Tensor, dhs: Tensor) -> Tensor:
    return jax.vjp(_lstm_by_jax, x, h, c, w, b)[1](dhs)[:3]


def recurrent(large: bool) -> Iterator[Row]:
    """Run an LSTM over a sequence, forward, and forward with backward."""
    classroom = [(16, 8, 16, 32), (32, 32, 64, 128), (16, 64, 64, 256), (100, 32, 64, 128)]
    for t, n, d, h in [(32, 64, 512, 512)] if large else classroom:
        x, h0, c0 = floats(t, n, d), floats(n, h), floats(n, h)
        w, b = floats(4 * h, h + d, scale=(h + d) ** -0.5), floats(4 * h)
        dhs = floats(t, n, h)
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
            tx, th, tc, tdhs = tensors(x, h0[None], c0[None], dhs)

            def run(net: Tensor = net, x: Tensor = tx, h: Tensor = th, c: Tensor = tc) -> Tensor:
                with torch.no_grad():
                    return net(x, (h, c))[0]

            def run_both(
                net: Tensor = net, x: Tensor = tx, h: Tensor = th, c: Tensor = tc, g: Tensor = tdhs
            ) -> Tensor:
                x, h, c = (v.detach().requires_grad_() for v in (x, h, c))
                hs = net(x, (h, c))[0]
                return torch.autograd.grad(hs, [x, h, c, *net.parameters()], g)[:3]

            forward["torch"], both["torch"] = run, run_both
        args = x, h0, c0, w, b
        forward |= _lstm_by_onnx(*args) | by_jax(_lstm_by_jax, *args)
        both |= by_jax(_lstm_back_by_jax, *args, dhs)
        forward |= plain(partial(lstm.lstm_forward, *args), 0)
        both |= plain(partial(lstm.lstm_backward, *args, dhs), slice(3))
        yield Row(
            "lstm forward",
            size,
            partial(lambda a: lstm.lstm_forward(*a)[0], args),
            forward,
            flops=work,
            goal=goal,
        )
        call = partial(lambda a: lstm.lstm_backward(*a)[:3], (*args, dhs))
        yield Row("lstm forward + backward", size, call, both, flops=3 * work, goal=goal, rtol=1e-3)


# --- optimizers -----------------------------------------------------------------------------------

_OPTIMIZERS: dict[str, tuple[str, int, dict[str, Any]]] = {
    "sgd": ("SGD", 3, {}),
    "momentum": ("SGD", 5, {"momentum": 0.9}),
    "adagrad": ("Adagrad", 5, {"eps": 1e-20}),
    "rmsprop": ("RMSprop", 5, {"eps": 1e-20, "alpha": 0.9}),
    "adam": ("Adam", 7, {}),
}
"""By our name: PyTorch's, the arrays that a step reads and writes, PyTorch's options.

Epsilon stands under our root and beside PyTorch's: so small, it does not tell the two apart.
"""


def optimizer(large: bool) -> Iterator[Row]:
    """Step in place on both sides; the parameters after the first step are compared."""
    for size in (10_000_000,) if large else (1000, 100_000):
        for name, (theirs, streams, options) in _OPTIMIZERS.items():
            start, slope, zeros = floats(size), floats(size), np.zeros(size, np.float32)
            numbers = {"lr": 0.01} | {k: v for k, v in options.items() if k == "eps"}
            ours = optimizers.Optimizer(name, {"w": start}, **numbers)
            ours.slopes["w"][...] = slope
            state: tuple[Tensor, ...] = {"sgd": (), "adam": ((zeros, zeros, 0),)}.get(
                name, (zeros,)
            )
            step = partial(getattr(optimizers, f"{name}_step"), start, slope, *state, **numbers)
            peers = plain(step, 0 if state else ...)
            modes = [mode for mode in ("foreach", "fused") if torch and _offers(theirs, mode)]
            rivals = {
                mode: partial(_torch_optimizer, theirs, start, slope, options | {mode: True})
                for mode in modes
            }
            peers |= {f"torch {mode}": make() for mode, make in rivals.items()}
            goal = {1000: 20.0, 100_000: 3.0}.get(size, 1.0)
            yield Row(name, f"10^{round(math.log10(size))}",
                      partial(_after, ours.step, ours.parameters["w"]), peers,
                      bytes=4.0 * size * streams, goal=goal, rtol=1e-5,
                      compiled={"torch compile": partial(_torch_optimizer, theirs, start, slope,
                                                         options, True)},
                      )  # fmt: skip


def _offers(theirs: str, mode: str) -> bool:
    return mode in inspect.signature(getattr(torch.optim, theirs)).parameters


def _after(step: Call, param: Tensor) -> Tensor:
    step()
    return param


def _torch_optimizer(
    theirs: str, start: Array, slope: Array, options: dict[str, Any], compiled: bool = False
) -> Call:
    param = torch.nn.Parameter(torch.from_numpy(start.copy()))
    param.grad = torch.from_numpy(slope.copy())
    method = getattr(torch.optim, theirs)([param], lr=0.01, **options)
    return partial(_after, torch.compile(method.step) if compiled else method.step, param)


# --- neurons --------------------------------------------------------------------------------------


def neuron(large: bool) -> Iterator[Row]:
    """Simulate populations of spiking neurons."""
    for t, n in [(1000, 4096)] if large else [(200, 64), (500, 512)]:
        current = floats(t, n, scale=0.5) + 1.6
        short = current[: min(t, 200)]
        lif = partial(neurons.lif_simulate, current, 0.1)
        hodgkin_huxley = partial(neurons.hh_simulate, short, 0.01)
        peers: list[Peers] = [{}, {}]
        if torch:
            peers = [{"torch": _torch_lif(current)}, {"torch": _torch_hh(short)}]
        yield Row("lif", f"T{t} N{n}", lif, peers[0], goal=1.3, bytes=9.0 * t * n, rtol=0,
                  compiled={"torch compile": partial(_torch_lif, current, True)})  # fmt: skip
        yield Row("hodgkin-huxley", f"T{len(short)} N{n}", hodgkin_huxley, peers[1], goal=1.3,
                  rtol=1e-2,
                  compiled={"torch compile": partial(_torch_hh, short, True)})  # fmt: skip


def _torch_lif(current: Array, compiled: bool = False) -> Call:
    """Return the same steps over the population on tensors."""
    (given,) = tensors(current)

    def advance(v: Tensor, wait: Tensor, now: Tensor) -> Tensor:
        free = wait <= 0
        v = torch.where(free, v + 0.01 * (-65.0 - v + 10.0 * now), v)
        spiked = free & (v >= -50.0)
        v = torch.where(spiked, torch.full_like(v, -70.0), v)
        return v, torch.where(spiked, torch.full_like(v, 20.0), wait - (~free).to(v.dtype)), spiked

    advance = torch.compile(advance) if compiled else advance

    def run() -> Tensor:
        v = torch.full_like(given[0], -65.0)
        wait = torch.zeros_like(v)
        trace, spikes = torch.empty_like(given), torch.empty_like(given, dtype=torch.bool)
        for step, now in enumerate(given):
            v, wait, spikes[step] = advance(v, wait, now)
            trace[step] = v
        return trace, spikes

    return run


def _torch_hh(current: Array, compiled: bool = False) -> Call:
    """Return the same Runge-Kutta steps over the population on tensors."""
    (given,) = tensors(current)

    def slope(s: Tensor, i: Tensor) -> Tensor:
        v, m, h, n = s
        u, x, y = v + 65, (v + 40) / 10, (v + 55) / 10
        a_m, b_m = x / -torch.expm1(-x), 4 * torch.exp(-u / 18)
        a_h, b_h = 0.07 * torch.exp(-u / 20), torch.sigmoid((v + 35) / 10)
        a_n, b_n = 0.1 * y / -torch.expm1(-y), 0.125 * torch.exp(-u / 80)
        ions = 120 * m**3 * h * (50 - v) + 36 * n**4 * (-77 - v) + 0.3 * (-54.387 - v)
        return torch.stack(
            [i + ions, a_m - (a_m + b_m) * m, a_h - (a_h + b_h) * h, a_n - (a_n + b_n) * n]
        )

    def advance(s: Tensor, i: Tensor) -> Tensor:
        a = slope(s, i)
        b = slope(s + 0.005 * a, i)
        c = slope(s + 0.005 * b, i)
        d = slope(s + 0.01 * c, i)
        return s + 0.01 / 6 * (a + 2 * (b + c) + d)

    advance = torch.compile(advance) if compiled else advance

    def run() -> Tensor:
        v = np.full(current.shape[1], -65.0, np.float32)
        s = torch.from_numpy(np.stack([v, *neurons.hh_gates(v)[0]]))
        out = torch.empty((len(given), *s.shape))
        for t, i in enumerate(given):
            s = out[t] = advance(s, i)
        return out

    return run
