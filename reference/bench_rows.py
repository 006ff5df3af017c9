"""All lines of the bench: each public kernel beside the same work in PyTorch, or else NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reference.bench_dynamics import neuron, optimizer, recurrent, sampler
from reference.bench_layers import conv, cross_entropy, dense, gemm, pool
from reference.bench_measure import Row
from reference.bench_models import model

__all__ = ["ROWS"]

ROWS: tuple[Callable[[bool], Iterator[Row]], ...] = (
    gemm, dense, cross_entropy, conv, pool, sampler, recurrent, optimizer, neuron, model,
)  # fmt: skip
