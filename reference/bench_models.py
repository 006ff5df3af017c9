"""The lines of the bench for whole steps of learning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from reference import models
from reference.bench_data import RNG, Array, floats, nn, tensors, torch
from reference.bench_measure import Row

__all__ = ["model"]


def model(large: bool) -> Iterator[Row]:
    """Forward, backward and Adam, beside the same in PyTorch, eager and with a fused Adam."""
    if not torch:
        return
    layer = torch.nn
    for batch in (128,) if large else (32,):
        labels = RNG.integers(0, 10, batch)
        flat, images = floats(batch, 784), floats(batch, 1, 28, 28)
        mlp = [layer.Linear(784, 300), layer.ReLU(), layer.Linear(300, 100), layer.ReLU(),
               layer.Linear(100, 10)]  # fmt: skip
        lenet = [layer.Conv2d(1, 6, 5, padding=2), layer.ReLU(), layer.MaxPool2d(2),
                 layer.Conv2d(6, 16, 5), layer.ReLU(), layer.MaxPool2d(2), layer.Flatten(),
                 layer.Linear(400, 120), layer.ReLU(), layer.Linear(120, 84), layer.ReLU(),
                 layer.Linear(84, 10)]  # fmt: skip
        for name, ours, theirs, x in (
            ("mlp 784-300-100-10 step", models.Mlp(RNG), mlp, flat),
            ("lenet-5 step", models.LeNet(RNG), lenet, images),
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
    given, truth = tensors(x, labels)

    def step() -> Any:
        loss = nn.cross_entropy(net(given), truth)
        method.zero_grad()
        loss.backward()
        method.step()
        return loss

    return step
