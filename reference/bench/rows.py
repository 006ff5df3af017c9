"""All lines of the bench: each public kernel beside the same work in PyTorch and in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reference.bench.activations import curves, gates, scores
from reference.bench.adversaries import adversaries
from reference.bench.attention import heads
from reference.bench.blocks import blocks
from reference.bench.dynamics import neuron, optimizer, recurrent, sampler
from reference.bench.energies import energies
from reference.bench.fits import fits
from reference.bench.kernels import cells, images, learners, losses, networks, populations, rules
from reference.bench.layers import conv, cross_entropy, dense, gemm, pool, relatives
from reference.bench.measure import Row
from reference.bench.models import deep_q, inference, letters, model, tabular
from reference.bench.norms import norms
from reference.bench.regularizers import augmentations, regularizers
from reference.bench.sequences import embeddings, padded_cells, plain_nets, text_losses
from reference.bench.transfers import transfers

__all__ = ["ROWS"]

ROWS: tuple[Callable[[bool], Iterator[Row]], ...] = (
    gemm, dense, fits, cross_entropy, losses, networks, conv, relatives, pool, images, sampler,
    recurrent, cells, plain_nets, padded_cells, embeddings, text_losses,
    optimizer, rules, neuron, populations, learners, regularizers, augmentations, norms, heads,
    energies, blocks, transfers, adversaries,
    tabular, deep_q, letters, model, inference,
    curves, scores, gates,
)  # fmt: skip
