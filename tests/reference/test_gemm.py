"""The tiles: every shape and size, edges, bits, and other instruction sets by force."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from reference.compiler import emit
from reference.kernels import gemm
from tests.conftest import printed

SIZES = [(1, 1, 1), (5, 7, 3), (2, 65, 9), (7, 16, 1), (13, 130, 17), (6, 64, 40), (3, 5, 800)]
LARGE = [(200, 90, 500), (700, 70, 64), (170, 800, 530), (850, 30, 300), (1009, 150, 530)]


def product(rng, m, n, k, dtype, turn_a, turn_b):
    a = rng.standard_normal((k, m) if turn_a else (m, k)).astype(dtype)
    b = rng.standard_normal((n, k) if turn_b else (k, n)).astype(dtype)
    truth = (a.T if turn_a else a).astype(float) @ (b.T if turn_b else b).astype(float)
    return a, b, truth


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("turn_a", "turn_b"), [(False, False), (True, False), (False, True)])
def test_matmul_is_within_its_error_of_float64(dtype, turn_a, turn_b):
    rng = np.random.default_rng(3)
    for m, n, k in SIZES + LARGE:
        a, b, truth = product(rng, m, n, k, dtype, turn_a, turn_b)
        out = np.full((m, n), np.nan, dtype)
        gemm.matmul(a, b, out, turn_a, turn_b)
        bound = np.finfo(dtype).eps * np.sqrt(k) * np.abs(truth).max()
        np.testing.assert_allclose(out, truth, rtol=0, atol=bound + 1e-30)
        before = out.copy()
        gemm.matmul(a, b, out, turn_a, turn_b, add=True)
        np.testing.assert_allclose(out, before + truth, rtol=0, atol=4 * bound)


def test_no_terms_are_zero_and_nothing_is_nothing():
    out = np.full((2, 3), 7.0)
    gemm.matmul(np.empty((2, 0)), np.empty((0, 3)), out)
    assert not out.any()
    assert gemm.matmul(np.empty((0, 4)), np.empty((4, 3)), np.empty((0, 3))).size == 0


@pytest.mark.parametrize(("turn_a", "turn_b"), [(False, False), (True, False), (False, True)])
def test_one_and_two_threads_and_two_runs_give_the_same_bits(turn_a, turn_b):
    rng = np.random.default_rng(4)
    before = numba.get_num_threads()
    for m, k in ((20, 1500), (70, 530), (190, 530), (610, 530)):
        a, b, _ = product(rng, m, 133, k, np.float32, turn_a, turn_b)
        found = []
        for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)) * 2:
            numba.set_num_threads(threads)
            found.append(gemm.matmul(a, b, np.empty((m, 133), np.float32), turn_a, turn_b))
        numba.set_num_threads(before)
        assert all(np.array_equal(found[0], other) for other in found[1:])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("turn_a", "turn_b"), [(False, False), (True, False), (False, True)])
def test_rows_of_a_long_product_have_the_bits_of_a_short_one(dtype, turn_a, turn_b):
    a, b, _ = product(np.random.default_rng(5), 1009, 150, 530, dtype, turn_a, turn_b)
    some = slice(600, 800)
    few = np.ascontiguousarray(a[:, some] if turn_a else a[some])
    long = gemm.matmul(a, b, np.full((1009, 150), np.nan, dtype), turn_a, turn_b)
    short = gemm.matmul(few, b, np.empty((200, 150), dtype), turn_a, turn_b)
    assert np.array_equal(long[some], short)
    (a.T if turn_a else a)[605, 529] = np.nan
    seen = gemm.matmul(a, b, np.empty_like(long), turn_a, turn_b)
    assert np.isnan(seen[605]).all()
    assert np.array_equal(np.delete(seen, 605, axis=0), np.delete(long, 605, axis=0))


@pytest.mark.parametrize("columns", [1, 64, 65, 130])
def test_panels_hold_the_first_columns_of_a_matrix_or_of_its_transpose(columns):
    b = np.random.default_rng(6).standard_normal((130, 35)).astype(np.float32)
    for given, turn_b in ((b.T.copy(), False), (b, True)):
        panels = gemm.paneled(given, columns, turn_b)
        beside = panels.transpose(1, 0, 2).reshape(35, -1)
        assert np.array_equal(beside[:, :columns], b.T[:, :columns])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_a_number_reaches_its_row_and_column_and_no_other(bad):
    for place in [(0, 0), (6, 10), (12, 16)]:
        a, b = np.ones((13, 17), np.float32), np.ones((17, 70), np.float32)
        a[place] = bad
        out = gemm.matmul(a, b, np.empty((13, 70), np.float32))
        assert not np.isfinite(out[place[0]]).any()
        assert (np.delete(out, place[0], axis=0) == 17).all()
        turned = np.ones((70, 17), np.float32)
        turned[place] = bad
        out = gemm.matmul(np.ones((13, 17), np.float32), turned, out, turn_b=True)
        assert not np.isfinite(out[:, place[0]]).any()
        assert (np.delete(out, place[0], axis=1) == 17).all()


ASSEMBLY = """
import numpy as np
from reference.compiler import jit
from reference.kernels import gemm
gemm.tiles(np.dtype(np.float32))
for entry in jit._KEPT:
    lines = entry._library.get_asm_str().split("\\n")
    print(sum("vfmadd" in line and "ps" in line and "{register}" in line for line in lines))
"""


@pytest.mark.parametrize(("name", "register"), [("avx512", "%zmm"), ("avx2", "%ymm")])
def test_the_hot_loop_is_fused_vector_code(name, register, tmp_path):
    if name != emit.NAME:
        pytest.skip(f"this machine's tile is {emit.NAME}")
    # a cache of its own: what is read again has no assembly
    found = printed(ASSEMBLY.format(register=register), GRADUS_CACHE_DIR=str(tmp_path))
    outer, dot = map(int, found.split())
    tile = emit.TILE
    assert outer >= tile.rows * tile.vectors
    assert dot >= tile.dot_rows * tile.dot_columns


CHECK = """
import numpy as np
from reference.kernels.gemm import matmul, TILE
rng = np.random.default_rng(0)
for m, n, k in [(5, 7, 3), (13, 130, 17), (500, 90, 530), (170, 800, 40)]:
    for dtype in {dtypes}:
        a, b = rng.standard_normal((m, k)).astype(dtype), rng.standard_normal((k, n)).astype(dtype)
        for turn_a, turn_b in [(0, 0), (1, 0), (0, 1)][: 3 if dtype is np.float32 else 1]:
            x = np.ascontiguousarray(a.T) if turn_a else a
            y = np.ascontiguousarray(b.T) if turn_b else b
            out = matmul(x, y, np.empty((m, n), dtype), bool(turn_a), bool(turn_b))
            assert np.abs(out - a.astype(float) @ b).max() < 1e3 * np.finfo(dtype).eps
print(TILE.rows, TILE.bytes)
"""
OTHERS = [name for name in emit.TILES if name != emit.NAME]
"""This machine's own tile is what all other tests run."""


def forced(name, dtypes):
    found = printed(CHECK.replace("{dtypes}", dtypes), GRADUS_TILE=name)
    return found.split() == [str(emit.TILES[name].rows), str(emit.TILES[name].bytes)]


def test_another_tile_shape_is_right_when_forced():
    assert forced(OTHERS[0], "(np.float32,)")


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_every_tile_shape_is_right_when_forced(name):
    assert forced(name, "(np.float32, np.float64)")
