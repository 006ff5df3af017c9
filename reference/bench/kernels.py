"""The lines of the bench for the kernels that the other files leave, topic by topic.

No line has what is one formula of a few numbers (sizes, schedules, single updates of a table) or
only moves an array.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from reference import (
    backprop,
    convolution,
    initialization,
    lstm,
    neurons,
    optimizers,
    q_learning,
    spatial_transformer,
)
from reference.bench.data import RNG, Array, Peers, Tensor, aten, floats, nn, tensors, torch
from reference.bench.measure import Row

__all__ = ["cells", "images", "learners", "losses", "networks", "populations", "rules"]


def _rival(call: Callable[..., Tensor], *arrays: Array) -> Peers:
    """Return a peer that calls PyTorch on the arrays as tensors."""
    return {"torch": partial(call, *tensors(*arrays))} if torch else {}


def losses(large: bool) -> Iterator[Row]:
    """Measure errors, and their slopes."""
    n, k = (1024, 1000) if large else (32, 10)
    y, t = floats(n, k), floats(n, k)

    def squares(y: Tensor, t: Tensor) -> Tensor:
        gap = y - t
        return gap.square().sum() / 2, gap

    yield Row("mean squared error", f"{n}x{k}", partial(backprop.elementwise_loss, y, t, "squares"),
              _rival(squares, y, t), bytes=12.0 * y.size)  # fmt: skip
    z, t = floats(n * k), RNG.integers(0, 2, n * k).astype(np.float32)

    def binary(z: Tensor, t: Tensor) -> Tensor:
        return nn.binary_cross_entropy_with_logits(z, t), (torch.sigmoid(z) - t) / len(z)

    yield Row("binary cross-entropy", f"{n * k}",
              partial(backprop.elementwise_loss, z, t, "binary"),
              _rival(binary, z, t), bytes=12.0 * z.size)  # fmt: skip
    y, t = floats(n * k, scale=2.0), floats(n * k)

    def huber(y: Tensor, t: Tensor) -> Tensor:
        return nn.huber_loss(y, t), (y - t).clamp(-1, 1) / len(y)

    yield Row("huber loss", f"{n * k}", partial(q_learning.huber_loss, y, t),
              _rival(huber, y, t), bytes=12.0 * y.size)  # fmt: skip


def networks(large: bool) -> Iterator[Row]:
    """Run dense stacks forward and backward."""
    n, sizes = (128, (784, 300, 100, 10)) if large else (32, (64, 64, 32, 10))
    pairs = list(itertools.pairwise(sizes))
    layers = [(floats(o, d, scale=(2 / d) ** 0.5), floats(o)) for d, o in pairs]
    x, dout, size = floats(n, sizes[0]), floats(n, sizes[-1]), f"{n}x" + "-".join(map(str, sizes))

    def forward(x: Tensor, *flat: Tensor) -> Tensor:
        outputs: list[Tensor] = []
        for w, b in zip(flat[::2], flat[1::2], strict=True):
            outputs.append(nn.linear(nn.relu(outputs[-1]) if outputs else x, w, b))
        return [nn.relu(y) for y in outputs[:-1]] + outputs[-1:]

    def backward(dout: Tensor, x: Tensor, *flat: Tensor) -> Tensor:
        given = [tensor.detach().requires_grad_() for tensor in (x, *flat)]
        return torch.autograd.grad(forward(*given)[-1], given, dout)

    flat = [array for layer in layers for array in layer]
    work = 2.0 * n * sum(d * o for d, o in pairs)
    yield Row("mlp forward", size, partial(backprop.mlp_forward, x, layers),
              _rival(forward, x, *flat), flops=work)  # fmt: skip
    yield Row("mlp backward", size, partial(backprop.mlp_backward, dout, x, layers),
              _rival(backward, dout, x, *flat), flops=3 * work, rtol=1e-3)  # fmt: skip
    depth, width = (20, 256) if large else (10, 64)
    x, grad = floats(n, width), floats(n, width)
    weights = [floats(width, width, scale=width**-0.5) for _ in range(depth)]
    size, work = f"{n}x{width} L{depth}", 2.0 * n * width * width * depth

    def signal(x: Tensor, *weights: Tensor) -> Tensor:
        found = []
        for w in weights:
            x = torch.tanh(x @ w.T)
            found.append(x.std(correction=0))
        return torch.stack(found)

    call = partial(initialization.signal_by_depth, x, weights, "tanh")
    yield Row("signal by depth", size, call, _rival(signal, x, *weights),
              flops=work, rtol=1e-3)  # fmt: skip
    call = partial(initialization.gradient_by_depth, x, weights, "tanh", grad)
    yield Row("gradient by depth", size, call, {}, flops=2 * work, rtol=1e-3)
    shape = (1024, 1024) if large else (64, 64)
    make = torch.nn.init if torch else None
    room = np.empty(shape)
    for name, theirs in (("normal", "kaiming_normal_"), ("uniform", "xavier_uniform_")):
        rng = np.random.default_rng(1)
        call = partial(initialization.sample_weights, shape, rng, distribution=name)
        yield Row(f"{name} weights", "x".join(map(str, shape)), call,
                  _rival(getattr(make, theirs, min), room), bytes=8.0 * room.size,
                  rtol=0)  # fmt: skip


def images(large: bool) -> Iterator[Row]:
    """Cut, spread, resample and classify images."""
    n, c, side = (32, 16, 64) if large else (8, 3, 32)
    x, size = floats(n, c, side, side), f"{n}x{c}x{side}^2"
    columns = convolution.im2col(x, (3, 3), 1, 1)
    moved = 4.0 * (x.size + columns.size)
    yield Row("im2col", size, partial(convolution.im2col, x, (3, 3), 1, 1),
              _rival(lambda x: nn.unfold(x, 3, padding=1), x), bytes=moved)  # fmt: skip
    yield Row("col2im", size, partial(convolution.col2im, columns, x.shape, (3, 3), 1, 1),
              _rival(lambda a: nn.fold(a, (side, side), 3, padding=1), columns),
              bytes=moved)  # fmt: skip
    yield Row("nearest upsampling", size, partial(convolution.upsample_nearest, x, 2),
              _rival(lambda x: nn.interpolate(x, scale_factor=2, mode="nearest"), x),
              bytes=20.0 * x.size)  # fmt: skip
    w, b = floats(10, c), floats(10)

    def classify(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        scores = nn.conv2d(x, w[:, :, None, None], b)
        return nn.interpolate(scores, scale_factor=2, mode="nearest").softmax(1)

    yield Row("segmentation head", size, partial(convolution.segmentation_head, x, w, b, 2),
              _rival(classify, x, w, b), bytes=4.0 * (x.size + 40 * n * side * side))  # fmt: skip
    length = 1_000_000 if large else 10_000
    signal, kernel = floats(length), floats(9)
    yield Row("conv1d", f"{length} k9", partial(convolution.conv1d, signal, kernel),
              _rival(lambda x, w: nn.conv1d(x[None, None], w[None, None])[0, 0], signal, kernel),
              flops=18.0 * length, bytes=8.0 * length)  # fmt: skip
    grid = spatial_transformer.affine_grid(floats(n, 2, 3, scale=0.5), (side, side))
    dgrid, matrix = floats(*grid.shape), np.tile(np.eye(3, dtype=np.float32), (n, 1, 1))
    matrix[:, 2, :2] = 0.3 * RNG.random((n, 2))
    pixels = RNG.integers(-2, side + 2, grid.shape) + RNG.uniform(-0.3, 0.3, grid.shape)
    near = (2 * pixels / (side - 1) - 1).astype(np.float32)  # none half way: rounding moves none
    sample = lambda x, g: nn.grid_sample(x, g, mode="nearest", align_corners=True)
    yield Row("nearest sampler", size, partial(spatial_transformer.nearest_sample, x, near),
              _rival(sample, x, near), bytes=8.0 * x.size)  # fmt: skip
    back = lambda g: aten.affine_grid_generator_backward(g, [n, c, side, side], True)
    yield Row("affine grid backward", size,
              partial(spatial_transformer.affine_grid_backward, dgrid), _rival(back, dgrid),
              bytes=4.0 * grid.size)  # fmt: skip
    yield Row("projective grid", size,
              partial(spatial_transformer.projective_grid, matrix, (side, side)), {},
              bytes=4.0 * grid.size)  # fmt: skip
    inside = c * side * side
    net = floats(32, inside, scale=inside**-0.5), floats(32), floats(6, 32), floats(6)

    def localise(x: Tensor, w: Tensor, b: Tensor, v: Tensor, a: Tensor) -> Tensor:
        return nn.linear(nn.relu(nn.linear(x.flatten(1), w, b)), v, a).view(-1, 2, 3)

    yield Row("localisation net", size,
              partial(spatial_transformer.localisation_forward, x, *net),
              _rival(localise, x, *net), flops=64.0 * n * inside)  # fmt: skip


def cells(large: bool) -> Iterator[Row]:
    """Advance recurrent cells by one step."""
    n, d, h = (64, 256, 256) if large else (8, 16, 32)
    x, state, c, b = floats(n, d), floats(n, h), floats(n, h), floats(4 * h)
    w = floats(4 * h, h + d, scale=(h + d) ** -0.5)
    dh, dc, size, work = floats(n, h), floats(n, h), f"N{n} D{d} H{h}", 2.0 * n * w.size
    order = np.concatenate([np.arange(k * h, (k + 1) * h) for k in (1, 0, 2, 3)])
    theirs = [np.ascontiguousarray(a[order]) for a in (w[:, h:], w[:, :h], b, 0 * b)]

    def advance(x: Tensor, h: Tensor, c: Tensor, *rest: Tensor) -> Tensor:
        return torch.lstm_cell(x, (h, c), *rest)

    step = partial(lstm.lstm_step, x, state, c, w, b)
    yield Row("lstm step", size, step, _rival(advance, x, state, c, *theirs), flops=work)
    back = partial(lstm.lstm_step_backward, x, state, c, w, b, dh, dc)
    yield Row("lstm step backward", size, back, {}, flops=3 * work, rtol=1e-3)
    peep = partial(lstm.lstm_peephole_step, x, state, c, w, b, floats(3, h))
    yield Row("peephole step", size, peep, {}, flops=work)
    v, a = np.ascontiguousarray(w[h:]), b[h:].copy()
    coupled = partial(lstm.lstm_coupled_step, x, state, c, v, a)
    yield Row("coupled step", size, coupled, {}, flops=work * 3 / 4)

    def gated(x: Tensor, h: Tensor, w: Tensor, b: Tensor) -> Tensor:
        """Reset before the product; PyTorch's own cell resets after it."""
        k = h.shape[1]
        z, r = torch.sigmoid(nn.linear(torch.cat([h, x], 1), w[: 2 * k], b[: 2 * k])).chunk(2, 1)
        g = torch.tanh(nn.linear(torch.cat([r * h, x], 1), w[2 * k :], b[2 * k :]))
        return h + z * (g - h)

    yield Row("gru step", size, partial(lstm.gru_step, x, state, v, a),
              _rival(gated, x, state, v, a), flops=work * 3 / 4)  # fmt: skip

    def gated_back(x: Tensor, h: Tensor, w: Tensor, b: Tensor, dh: Tensor) -> Tensor:
        given = [tensor.detach().requires_grad_() for tensor in (x, h, w, b)]
        return torch.autograd.grad(gated(*given), given, dh)

    yield Row("gru step backward", size, partial(lstm.gru_backward, x, state, v, a, dh),
              _rival(gated_back, x, state, v, a, dh), flops=work * 9 / 4, rtol=1e-3)  # fmt: skip


def populations(large: bool) -> Iterator[Row]:
    """Advance and wire populations of neurons."""
    n = 100_000 if large else 1000
    v, wait = floats(n, scale=5.0) - 60.0, np.zeros(n, np.int64)
    current, size = floats(n) + 1.6, f"N{n}"
    yield Row("lif step", size, partial(neurons.lif_step, v, wait, current, 0.1), {}, rtol=0,
              bytes=21.0 * n)  # fmt: skip
    state = np.stack([v, *neurons.hh_gates(v)[0]])
    yield Row("hh derivative", size, partial(neurons.hh_derivative, state, current), {},
              bytes=36.0 * n, rtol=1e-3)  # fmt: skip
    samples, inputs, units = (512, 512, 256) if large else (32, 64, 16)
    x, w, post = floats(samples, inputs), floats(units, inputs), floats(samples, units)
    size, work = f"{samples}x{inputs}->{units}", 2.0 * samples * inputs * units
    hebb = lambda w, x, y: torch.addmm(w, y.T, x, alpha=0.01 / samples)
    yield Row("hebbian update", size, partial(neurons.hebbian_update, w, x, post, 0.01),
              _rival(hebb, w, x, post), flops=work)  # fmt: skip
    oja = lambda w, x, y: (
        w + 0.01 * ((y.T @ x) / samples - y.square().mean(0)[:, None] * w)
    )  # fmt: skip
    yield Row("oja update", size, partial(neurons.hebbian_update, w, x, post, 0.01, "oja"),
              _rival(oja, w, x, post), flops=work)  # fmt: skip
    yield Row("sigmoid neuron", f"{samples}x{inputs}",
              partial(neurons.sigmoid_neuron, x, w[0], 0.5),
              _rival(lambda x, w: torch.sigmoid(x @ w + 0.5), x, w[0]),
              bytes=4.0 * x.size)  # fmt: skip
    labels, shares = RNG.integers(0, units, samples), np.linspace(0, 1, 5)
    orders = np.stack([RNG.permutation(w.size) for _ in range(4)])
    call = partial(neurons.robustness_curve, w, x, labels, shares, orders)
    yield Row("robustness curve", size, call, {}, flops=20 * work)
    yield from _spiking_nets(large)


def _spiking_nets(large: bool) -> Iterator[Row]:
    """Run spiking nets forward and back through time, and wire them by the timing of spikes."""
    t, n = (200, 4096) if large else (50, 64)
    current, g, size = floats(t, n), floats(t, n), f"T{t} N{n}"
    yield Row("leaky forward", size, partial(neurons.leaky_forward, current, 0.9),
              _rival(_torch_leaky, current), bytes=12.0 * t * n, rtol=1e-4)  # fmt: skip
    yield Row("leaky backward", size, partial(neurons.leaky_backward, g, current, 0.9),
              _rival(_torch_leaky_back, g, current), bytes=12.0 * t * n, rtol=1e-4)  # fmt: skip
    t, inputs, units = (400, 512, 256) if large else (100, 32, 16)
    w, before, after = abs(floats(units, inputs)), floats(t, inputs) > 1.5, floats(t, units) > 1.5
    yield Row("stdp update", f"T{t} {inputs}->{units}",
              partial(neurons.stdp_update, w, before, after, 1.0, w_max=9.0),
              _rival(_torch_stdp, w, before, after), rtol=1e-4)  # fmt: skip


def _torch_leaky(current: Tensor) -> Tensor:
    left, potentials, spikes = 0.0, torch.empty_like(current), torch.empty_like(current)
    for step, now in enumerate(current):
        u = 0.9 * left + now
        potentials[step] = u
        spikes[step] = u >= 1
        left = u - spikes[step]
    return potentials, spikes


def _torch_leaky_back(g: Tensor, u: Tensor) -> Tensor:
    back = g / (1 + 25 * (u - 1).abs()).square()
    for step in range(len(u) - 2, -1, -1):
        back[step] += 0.9 * back[step + 1]
    return back


def _torch_stdp(w: Tensor, before: Tensor, after: Tensor) -> Tensor:
    before, after = before.to(w.dtype), after.to(w.dtype)
    x, y, decay = torch.zeros_like(w[0]), torch.zeros_like(w[:, 0]), float(np.exp(-1 / 20))
    for sent, received in zip(before, after):
        x, y = decay * x, decay * y
        w = w + 0.01 * torch.outer(received, x) - 0.012 * torch.outer(y, sent)
        w = w.clamp(0, 9)
        x, y = x + sent, y + received
    return w


def rules(large: bool) -> Iterator[Row]:
    """Take the chapter's optimizer steps, which return new arrays."""
    n = 1_000_000 if large else 1000
    p, g, s, m = floats(n), floats(n), abs(floats(n)), abs(floats(n))
    for name, step, state, streams in (
        ("adam, new arrays", optimizers.adam_step, ((s, m, 10),), 7),
        ("adadelta", optimizers.adadelta_step, ((s, m),), 7),
        ("dual averaging", optimizers.dual_averaging_step, ((s, 10),), 5),
        ("ftrl", optimizers.ftrl_step, ((s, m),), 7),
    ):
        yield Row(name, f"10^{round(np.log10(n))}", partial(step, p, g, *state), {},
                  bytes=4.0 * n * streams, rtol=1e-3)  # fmt: skip


def learners(large: bool) -> Iterator[Row]:
    """Plan, look back, and prepare what a Q-network learns."""
    states, actions = (2000, 8) if large else (50, 4)
    chance = RNG.dirichlet(np.ones(3), (states, actions))
    after = RNG.integers(0, states, chance.shape)
    world = chance, after, RNG.normal(size=chance.shape), RNG.random(chance.shape) < 0.05
    yield Row("value iteration", f"S{states} A{actions}",
              partial(q_learning.value_iteration, *world, 0.95), {})  # fmt: skip
    n, d = (10_000, 64) if large else (64, 4)
    rewards, over = floats(n), RNG.random(n) < 0.1
    online, target = floats(n, actions), floats(n, actions)

    def plain_targets(r: Tensor, q: Tensor, over: Tensor) -> Tensor:
        return torch.where(over, r, r + 0.99 * q.amax(1))

    def double_targets(r: Tensor, q: Tensor, slow: Tensor, over: Tensor) -> Tensor:
        return torch.where(over, r, r + 0.99 * slow.gather(1, q.argmax(1)[:, None])[:, 0])

    yield Row("dqn targets", f"{n}", partial(q_learning.dqn_targets, rewards, online, online, over),
              _rival(plain_targets, rewards, online, over), bytes=4.0 * online.size)  # fmt: skip
    yield Row("double dqn targets", f"{n}",
              partial(q_learning.dqn_targets, rewards, online, target, over),
              _rival(double_targets, rewards, online, target, over),
              bytes=8.0 * online.size)  # fmt: skip
    yield Row("discounted returns", f"{n}", partial(q_learning.discounted_returns, rewards), {},
              bytes=8.0 * n)  # fmt: skip
    size = 20_000
    buffer: dict[str, Any] = {"states": floats(size, d), "actions": RNG.integers(0, actions, size),
              "rewards": floats(size), "next_states": floats(size, d),
              "terminated": RNG.random(size) < 0.1, "position": 0, "size": size}  # fmt: skip
    u = RNG.random(n)

    def pick(u: Tensor, *memory: Tensor) -> Tensor:
        rows = (u * size).long()
        return [part[rows] for part in memory]

    yield Row("replay sample", f"{n} of {size}", partial(q_learning.replay_sample, buffer, u),
              _rival(pick, u, *list(buffer.values())[:5]), bytes=16.0 * n * d)  # fmt: skip
    slow, fast = ([floats(64, d), floats(64), floats(actions, 64)] for _ in range(2))

    def drift(*both: Tensor) -> Tensor:
        return torch._foreach_lerp(both[:3], both[3:], 0.005)

    yield Row("soft update", f"D{d}", partial(q_learning.soft_update, slow, fast),
              _rival(drift, *slow, *fast))  # fmt: skip
