"""The machine code of the hot loops: whole vectors, not number by number."""

from __future__ import annotations

import json
import re
from functools import cache

import llvmlite.binding
import pytest

from tests.conftest import printed

pytestmark = pytest.mark.skipif(
    not llvmlite.binding.get_host_cpu_features().get("avx2"),
    reason="knows the instructions of x86 with AVX2 only",
)

COMPILE = """
import json
import os
import numpy as np
from reference import activations, lstm, neurons, optimizers, spatial_transformer
from reference.compiler import jit

def zeros(*shape, dtype=np.float32):
    return np.zeros(shape, dtype)

def code(kernel):
    (text,) = kernel.inspect_asm().values()
    return text

found, asked = {}, os.environ["ASKED"].split(",")
for rule in asked:
    if rule not in optimizers.RULES:
        continue
    optimizers.Optimizer(rule, {"w": zeros(99)}).step()
    found[rule] = jit._KEPT[-1]._library.get_asm_str()

curves = {
    activations.squash: ("sigmoid", "tanh"),
    activations.rectifier: ("leaky", "elu"),
    activations.smooth_unit: ("softplus", "silu", "gelu"),
}
for function, kinds in curves.items():
    for kind in {*kinds} & {*asked}:
        function(zeros(99), kind)
        found[kind] = jit._KEPT[-1]._library.get_asm_str()

image, grid = zeros(1, 1, 8, 8), zeros(1, 8, 8, 2)
inside = grid.reshape(-1), (8, 8)
sequence = zeros(2, 3, 4), zeros(3, 20), zeros(3, 20), zeros(80, 24), zeros(80)
x, h, c, w, b = sequence[0][0], *sequence[1:]
calls = {
    ("_look",): lambda: spatial_transformer._look(
        *inside, 8, zeros(64, dtype=np.int32), zeros(128), zeros(128)),
    ("_pulls",): lambda: spatial_transformer._pulls(*inside, zeros(256), zeros(128)),
    ("_bilinear_stretch",): lambda: spatial_transformer.bilinear_sample(image, grid),
    ("_bilinear_back",): lambda: spatial_transformer.bilinear_sample_backward(image, image, grid),
    ("_hh_block",): lambda: neurons.hh_simulate(zeros(2, 8), 0.01),
    ("_squash", "_cells", "_cells_back"): lambda: lstm.lstm_backward(*sequence, zeros(2, 3, 20)),
    ("_peephole",): lambda: lstm.lstm_peephole_step(x, h, c, w, b, zeros(3, 20)),
    ("_coupled",): lambda: lstm.lstm_coupled_step(x, h, c, w[20:], b[20:]),
}
for kernels, call in calls.items():
    for kernel in {*kernels} & {*asked}:
        call()
        module = next(m for m in (spatial_transformer, neurons, lstm) if hasattr(m, kernel))
        found[kernel] = code(getattr(module, kernel))
print(json.dumps(found))
"""

LOOPS = {  # an instruction that its hot loop cannot do without
    "sgd": "vmulps|vfn?madd...ps",
    "momentum": "vmulps",
    "adagrad": "vsqrtps",
    "rmsprop": "vsqrtps",
    "adadelta": "vsqrtps",
    "adam": "vsqrtps",
    "ftrl": "vsqrtps",
    "dual averaging": "vmulps",
    **dict.fromkeys(("sigmoid", "tanh", "elu", "softplus", "silu", "gelu"), "vrndscaleps|vroundps"),
    "leaky": "vmulps",
    "_look": "vrndscaleps|vroundps",
    "_pulls": "vrndscaleps|vroundps",
    "_bilinear_stretch": "vmulps",
    "_bilinear_back": "vh?addps",
    "_hh_block": "vrndscaleps|vroundps",
    "_squash": "vrndscaleps|vroundps",
    "_cells": "vrndscaleps|vroundps",
    "_cells_back": "vrndscaleps|vroundps",
    "_peephole": "vrndscaleps|vroundps",
    "_coupled": "vrndscaleps|vroundps",
}


AT_RELEASE = {  # each beside one of its kind that is compiled in every run
    *("momentum", "adagrad", "rmsprop", "adadelta", "dual averaging"),
    *("tanh", "softplus", "silu", "_pulls", "_coupled"),
}


@pytest.fixture(scope="module")
def assembly(tmp_path_factory):
    """Compile everything afresh, once: what comes from the cache has no assembly."""

    @cache
    def compiled(late):
        asked = ",".join(name for name in LOOPS if (name in AT_RELEASE) == late)
        kept = str(tmp_path_factory.mktemp("cache"))
        return json.loads(printed(COMPILE, GRADUS_CACHE_DIR=kept, ASKED=asked))

    return lambda name: compiled(name in AT_RELEASE)[name]


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * (n in AT_RELEASE)) for n in LOOPS]
)
def test_the_hot_loop_is_vector_code(name, assembly):
    assert re.search(rf"\s({LOOPS[name]})\s.*%[yz]mm", assembly(name))
