# mypy: allow-untyped-defs
"""The one hot kernel: sums of products, computed in tiles that live in registers.

A tile of the result is held in vector registers while the sum runs, so that each number loaded
takes part in several multiplications. Two forms serve everything in this package:

- ``outer_tile``: neighbouring *results* fill a vector,
  ``c[i, j] += a[row[i] + al[k]] * b[bl[k] + j]``,
  where the offset tables ``row``, ``al``, ``bl`` say where the numbers stand. A matrix, its
  transpose, or the shifted windows of a convolution are only other tables: nothing is copied.
- ``dot_tile``: neighbouring *terms* fill a vector, for two operands that both run along the sum.

Each result is one chain of fused multiply-adds in the order of k (in ``dot_tile``: one chain per
lane, added up at the end), whatever the tile's shape and whoever computes it: 1 and N threads give
the same bits. Lanes beyond the edge are masked, never read. The tile's shape follows the
processor's registers; the environment variable ``GRADUS_TILE`` forces another (a name in `TILES`).
"""

from __future__ import annotations

import functools
import itertools
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import carray, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import from_dtype
from numpy.typing import NDArray

from reference.compiler.emit import BYTES, FREE_MASKS, INT, NAME, TILE, Emitter, emitted
from reference.compiler.jit import INSERTED, PARALLEL, SERIAL, SMALL, address, njit, prange
from reference.compiler.late import LATE, Deferred, by_python, in_python
from reference.compiler.native import called, machine_code
from reference.kernels.move import copy_lines, turn

__all__ = [
    "LITTLE",
    "by_panels",
    "call",
    "dot",
    "dot_tile",
    "matmul",
    "outer",
    "outer_tile",
    "paneled",
    "product",
    "products",
    "steps",
    "tiles",
    "turned",
]

Array = NDArray[Any]

_, ROWS, VECTORS, DOT_ROWS, DOT_COLUMNS = TILE


def _emit_outer(
    function: ir.Function, element: ir.Type, lanes: int, rows: int, vectors: int
) -> None:
    """Write the function that computes `rows` times `vectors` vectors of results."""
    a, row, al, b, bl, c, crow, terms, width, add = function.args
    emit = Emitter(function, element, lanes)
    builder = emit.builder
    last = builder.sub(width, INT((vectors - 1) * lanes))
    full = builder.icmp_signed(">=", last, INT(lanes))
    edge = emit.mask(last)
    lines = [emit.at(a, emit.entry(row, i)) for i in range(rows)]
    places = [
        [emit.at(c, builder.add(emit.entry(crow, i), INT(j * lanes))) for j in range(vectors)]
        for i in range(rows)
    ]

    def masks(masked: bool) -> list[ir.Value | None]:
        return [None] * (vectors - 1) + [edge if masked else None]

    def read() -> list[ir.Value]:
        return [emit.load(p, m) for line in places for p, m in zip(line, masks(True))]

    def run(masked: bool) -> list[ir.Value]:
        def body(k: ir.Value, sums: list[ir.Value]) -> list[ir.Value]:
            start, left = emit.at(b, emit.entry(bl, k)), emit.entry(al, k)
            loaded = [
                emit.load(emit.at(start, INT(j * lanes)), mask)
                for j, mask in enumerate(masks(masked))
            ]
            new = []
            for i, line in enumerate(lines):
                factor = emit.splat(builder.load(emit.at(line, left)))
                for j, vector in enumerate(loaded):
                    new.append(emit.fma(factor, vector, sums[i * vectors + j]))
            return new

        return emit.loop(terms, sums, body)[:-1]

    zeros = [emit.zero()] * (rows * vectors)
    sums = emit.when(builder.icmp_signed("!=", add, INT(0)), zeros, read)
    if FREE_MASKS:
        sums = run(True)
    else:  # each of the two runs only where it is meant: the other finds nothing to add
        everything, nothing = terms, INT(0)
        terms = builder.select(full, everything, nothing)
        sums = run(False)
        terms = builder.select(full, nothing, everything)
        sums = run(True)

    def write(masked: bool) -> None:
        for i in range(rows):
            for j, mask in enumerate(masks(masked)):
                emit.store(sums[i * vectors + j], places[i][j], mask)

    if FREE_MASKS:
        write(True)
    else:  # one masked store costs some processors 20 cycles
        with builder.if_else(full) as (then, otherwise):
            with then:
                write(False)
            with otherwise:
                write(True)
    builder.ret_void()


def _emit_dot(function: ir.Function, element: ir.Type, lanes: int, rows: int, columns: int) -> None:
    """Write the function that computes `rows` times `columns` sums over segments."""
    a, row, al, b, column, bl, c, crow, segments, length, add = function.args
    emit = Emitter(function, element, lanes)
    builder = emit.builder
    lines = [emit.at(a, emit.entry(row, i)) for i in range(rows)]
    others = [emit.at(b, emit.entry(column, j)) for j in range(columns)]
    rest = builder.srem(length, INT(lanes))
    rounded = builder.mul(builder.sdiv(builder.add(length, INT(lanes - 1)), INT(lanes)), INT(lanes))
    edge = emit.mask(rest)
    every = ir.Constant(ir.VectorType(ir.IntType(1), lanes), [ir.IntType(1)(1)] * lanes)

    def step(left: ir.Value, right: ir.Value, mask: Any, sums: list[ir.Value]) -> list[ir.Value]:
        loaded = [emit.load(emit.at(other, right), mask) for other in others]
        new = []
        for i, line in enumerate(lines):
            vector = emit.load(emit.at(line, left), mask)
            new += [emit.fma(vector, loaded[j], sums[i * columns + j]) for j in range(columns)]
        return new

    def segment(t: ir.Value, sums: list[ir.Value]) -> list[ir.Value]:
        left, right = emit.entry(al, t), emit.entry(bl, t)

        def body(k: ir.Value, sums: list[ir.Value]) -> list[ir.Value]:
            inside = builder.icmp_signed("<=", builder.add(k, INT(lanes)), length)
            mask = builder.select(inside, every, edge) if FREE_MASKS else None
            return step(builder.add(left, k), builder.add(right, k), mask, sums)

        if FREE_MASKS:
            return emit.loop(rounded, sums, body, lanes)[:-1]
        *sums, end = emit.loop(length, sums, body, lanes)
        tail = builder.icmp_signed(">", rest, INT(0))
        ends = builder.add(left, end), builder.add(right, end)
        return emit.when(tail, sums, lambda: step(*ends, edge, sums))

    sums = emit.loop(segments, [emit.zero()] * (rows * columns), segment)[:-1]
    _store_totals(emit, sums, c, crow, add, columns)
    builder.ret_void()


def _store_totals(
    emit: Emitter, sums: list[ir.Value], c: ir.Value, crow: ir.Value, add: ir.Value, columns: int
) -> None:
    """Store each vector's sum at its place, a row at a time."""
    builder, totals, align = emit.builder, emit.totals(sums), emit.align
    kind = ir.VectorType(emit.element, columns).as_pointer()
    lines, places = [], []
    for i in range(len(sums) // columns):
        which, first = divmod(i * columns, emit.lanes)
        pair = totals[which], totals[min(which + 1, len(totals) - 1)]
        lines.append(emit.shuffle(*pair, list(range(first, first + columns))))
        places.append(builder.bitcast(emit.at(c, emit.entry(crow, i)), kind))

    def added() -> list[ir.Value]:
        there = (builder.load(place, align=align) for place in places)
        return [builder.fadd(old, line) for old, line in zip(there, lines)]

    for line, place in zip(emit.when(builder.icmp_signed("!=", add, INT(0)), lines, added), places):
        builder.store(line, place, align=align)


def _sizes(most: int) -> list[int]:
    """Return the sizes that are compiled: `most`, and the powers of two that cover the rest."""
    return [size for size in (1, 2, 4) if size < most] + [most]


def _shape_chooser(emit: Any, name: str, most: tuple[int, int], in_vectors: bool) -> Any:
    """Return a code generator: call the function of the shape that is asked for at run time."""

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, args: Any) -> ir.Value:
        element = context.get_data_type(signature.args[2].dtype)
        lanes = BYTES // (4 if isinstance(element, ir.FloatType) else 8)
        rows, across, *rest = args
        given = []
        for kind, value in zip(signature.args[2:], rest):
            if isinstance(kind, types.Array):
                value = context.make_array(kind)(context, builder, value).data
            given.append(value)
        done = builder.append_basic_block("tiled")
        count = builder.add(across, INT(lanes - 1)) if in_vectors else across
        count = builder.sdiv(count, INT(lanes)) if in_vectors else across
        which = builder.add(builder.mul(rows, INT(16)), count)
        switch = builder.switch(which, done)
        kind = ir.FunctionType(ir.VoidType(), [value.type for value in given])
        for r, v in itertools.product(*map(_sizes, most)):
            full = f"gradus_{name}_{lanes}x{element}_{r}x{v}".replace(" ", "")
            function = builder.module.globals.get(full)
            if function is None:
                function = ir.Function(builder.module, kind, full)
                function.linkage = "linkonce_odr"
                function.attributes.add("noinline")  # inlined, LLVM unrolls it and spills
                emit(function, element, lanes, r, v)
            block = builder.append_basic_block(f"tile{r}x{v}")
            switch.add_case(INT(16 * r + v), block)
            with builder.goto_block(block):
                builder.call(function, given)
                builder.branch(done)
        builder.position_at_end(done)
        return context.get_dummy_value()

    return generate


_outer_code = _shape_chooser(_emit_outer, "outer", (ROWS, VECTORS), True)
_dot_code = _shape_chooser(_emit_dot, "dot", (DOT_ROWS, DOT_COLUMNS), False)

if NAME != "plain":

    @intrinsic
    def outer_tile(typing, rows, width, a, row, al, b, bl, c, crow, terms, wide, add):
        """Compute ``c[crow[i] + j] (+)= sum_k a[row[i] + al[k]] * b[bl[k] + j]``, one tile.

        For `rows` rows i and `width` columns j, at most a tile's (`wide` repeats `width`), over
        `terms` values of k; added to what is there if `add` is not 0.
        """
        given = (rows, width, a, row, al, b, bl, c, crow, terms, wide, add)
        return types.none(*given), _outer_code

    @intrinsic
    def dot_tile(typing, rows, columns, a, row, al, b, column, bl, c, crow, segments, length, add):
        """Compute ``c[crow[i] + j] (+)= sum_tk a[row[i] + al[t] + k] * b[column[j] + bl[t] + k]``.

        For `rows` rows and `columns` columns, at most a tile's; the sum runs over `segments`
        stretches t of `length` neighbours k.
        """
        given = (rows, columns, a, row, al, b, column, bl, c, crow, segments, length, add)
        return types.none(*given), _dot_code

else:

    @njit(**SERIAL)
    def outer_tile(rows, width, a, row, al, b, bl, c, crow, terms, wide, add):
        """See the other `outer_tile`."""
        a, b, c = carray(a, (_ANY,)), carray(b, (_ANY,)), carray(c, (_ANY,))
        for i in range(rows):
            line = c[crow[i] : crow[i] + width]
            if not add:
                line[:] = 0
            for k in range(terms):
                factor, other = a[row[i] + al[k]], b[bl[k] : bl[k] + width]
                for j in range(width):
                    line[j] += factor * other[j]

    @njit(**SERIAL)
    def dot_tile(rows, columns, a, row, al, b, column, bl, c, crow, segments, length, add):
        """See the other `dot_tile`."""
        a, b, c = carray(a, (_ANY,)), carray(b, (_ANY,)), carray(c, (_ANY,))
        for i in range(rows):
            for j in range(columns):
                total = c[crow[i] + j] if add else c.dtype.type(0)
                for t in range(segments):
                    left, right = a[row[i] + al[t] :], b[column[j] + bl[t] :]
                    for k in range(length):
                        total += left[k] * right[k]
                c[crow[i] + j] = total


# --- compiled once, called by address -------------------------------------------------------------

_ANY = 1 << 40  # the length of an array of which only the start is known


@njit(**INSERTED)
def _fitting(most, left):
    """Return the largest compiled size of a tile that fits."""
    return most if left >= most else 4 if left >= 4 else 2 if left >= 2 else 1


SHELVES = NAME in ("avx2", "avx512")
"""Whether panels of b are copied side by side before the tiles pass."""

NARROW = NAME == "avx2"
"""Whether vectors are short and the first cache is small: b is copied for more products, then."""

SHELVED_FROM = 32
"""Rows from which that pays for itself."""

SPREAD = 1 << 16
"""Numbers that b extends over from which it does for fewer rows, too: beyond the caches."""

SHELF = 256 if NARROW else 128
"""Terms on the shelf, at most: with some rows of a they fill the first cache."""

SHALLOW = 64
"""Terms up to which it does not: the results are what has to be moved then."""

TALL = 192 if NARROW else 96
"""Rows of the result that are computed before going on along b."""


def _emit_shelve(function: ir.Function, element: ir.Type, lanes: int) -> None:
    """Write `shelve`, which also asks for the next panel: it is in the same pages."""
    room, b, bl, terms, width = function.args
    emit = Emitter(function, element, lanes)
    builder, wide = emit.builder, INT(VECTORS * lanes)
    full = builder.icmp_signed("==", width, wide)
    masks = [emit.mask(builder.sub(width, INT(j * lanes))) for j in range(VECTORS)]

    def run(masked: bool) -> None:
        def line(k: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
            start, to = emit.at(b, emit.entry(bl, k)), emit.at(room, builder.mul(k, wide))
            emit.prefetch(emit.at(start, wide))
            for j, mask in enumerate(masks):
                found = emit.load(emit.at(start, INT(j * lanes)), mask if masked else None)
                emit.store(found, emit.at(to, INT(j * lanes)))
            return []

        emit.loop(terms, [], line)

    with builder.if_else(full) as (then, otherwise):
        with then:
            run(False)
        with otherwise:
            run(True)
    builder.ret_void()


def _emit_announce(function: ir.Function, element: ir.Type, lanes: int) -> None:
    """Write `announce`."""
    emit, (c, crow) = Emitter(function, element, lanes), function.args
    for i in range(ROWS):
        emit.prefetch(emit.at(c, emit.entry(crow, i)))
    emit.builder.ret_void()


_shelve, _announce = emitted("shelve", _emit_shelve), emitted("announce", _emit_announce)


@intrinsic
def shelve(typing, room, b, bl, terms, width):
    """Set ``room[k, j] = b[bl[k] + j]`` for j < width; a line of the room is a tile wide."""
    return types.none(room, b, bl, terms, width), _shelve


@intrinsic
def announce(typing, c, crow):
    """Have the results at hand that a tile will add to."""
    return types.none(c, crow), _announce


@intrinsic
def shelf(typing, like):
    """Return a pointer to room for `SHELF` lines of a tile's width, on the stack."""

    def generate(context, builder, signature, args):
        element = context.get_data_type(like.dtype)
        wide = VECTORS * BYTES // (4 if isinstance(element, ir.FloatType) else 8)
        count = SHELF * (1 if like.dtype == types.int64 else wide)
        room = cgutils.alloca_once(builder, ir.ArrayType(element, count))
        room.align = 64  # no vector lies in two places of the caches
        return builder.bitcast(room, element.as_pointer())

    return like(like), generate


@intrinsic
def at(typing, pointer, index):
    """Return a pointer to the number with this index: a slice would cost time to compile."""
    return pointer(pointer, index), lambda _, builder, __, args: builder.gep(args[0], [args[1]])


@intrinsic
def lanes_of(typing, pointer):
    """Return how many numbers fill a vector."""

    def generate(context, builder, signature, args):
        element = context.get_data_type(pointer.dtype)
        return INT(BYTES // (4 if isinstance(element, ir.FloatType) else 8))

    return types.int64(pointer), generate


def _outer_entry(rows, terms, columns, add, a, row, al, b, bl, c, crow):
    """See `outer`. Takes pointers: the tiles are compiled once and not into every kernel again."""
    lanes = lanes_of(c)
    wide, most, tall = VECTORS * lanes, max(terms, 1), max(rows, 1)
    apart, source, table = False, b, bl
    if SHELVES and rows > ROWS and terms > SHALLOW:
        tall, spread = TALL, bl[1] - bl[0]
        apart = spread > wide and (rows >= SHELVED_FROM or spread * terms > SPREAD)
        if apart:
            most = SHELF if rows >= SHELVED_FROM else SHELF // 4
            source, table = shelf(b), shelf(bl)
            for k in range(most):
                table[k] = k * wide
    for top in range(0, rows, tall):
        end = min(rows, top + tall)
        for k in range(0, max(terms, 1), most):
            depth, left, added, j = min(most, terms - k), at(al, k), 1 if k > 0 else add, 0
            while j < columns:
                width = min(
                    columns - j, lanes * _fitting(VECTORS, (columns - j + lanes - 1) // lanes)
                )
                here, out, i = at(b, j), at(c, j), top
                if apart:
                    shelve(source, here, at(bl, k), depth, width)
                    here = source
                while i < end:
                    high, places = _fitting(ROWS, end - i), at(crow, i)
                    if SHELVES and depth > SHALLOW and i + 2 * ROWS <= end:
                        announce(out, at(places, ROWS))
                    # fmt: off
                    outer_tile(high, width, a, at(row, i), left, here, table, out, places,
                               depth, width, added)
                    # fmt: on
                    i += high
                j += width


def _dot_entry(rows, columns, segments, length, add, a, row, al, b, column, bl, c, crow):
    """See `dot`. Takes pointers, as `_outer_entry` does."""
    i = 0
    while i < rows:
        high = _fitting(DOT_ROWS, rows - i)
        j = 0
        while j < columns:
            width = _fitting(DOT_COLUMNS, columns - j)
            # fmt: off
            dot_tile(high, width, a, at(row, i), al, b, at(column, j), bl, at(c, j), at(crow, i),
                     segments, length, add)
            # fmt: on
            j += width
        i += high


def _compiled(entry: Any, numbers: int, *pointers: Any) -> int:
    """Return the address of a function of so many whole numbers and of pointers."""
    return address(entry, types.void(*[types.int64] * numbers, *pointers))


_TABLE = types.CPointer(types.int64)


def _emit_all_outer(function: ir.Function, element: ir.Type, lanes: int) -> None:
    """Write `_outer_entry` with the smallest tile alone."""
    rows, terms, columns, add, a, row, al, b, bl, c, crow = function.args
    given = a, row, al, b, bl, c, crow, terms, columns, add
    tile = _least_tile(function, given, _emit_outer, element, lanes)
    emit = Emitter(function, element, lanes)

    def line(i: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
        def piece(j: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
            left = emit.builder.sub(columns, j)
            whole = emit.builder.icmp_signed("<", left, INT(lanes))
            width = emit.builder.select(whole, left, INT(lanes))
            at = [emit.at(row, i), al, emit.at(b, j), bl, emit.at(c, j), emit.at(crow, i)]
            emit.builder.call(tile, [a, *at, terms, width, add])
            return []

        emit.loop(emit.builder.add(columns, INT(lanes - 1)), [], piece, lanes)
        return []

    emit.loop(rows, [], line)
    emit.builder.ret_void()


def _emit_all_dot(function: ir.Function, element: ir.Type, lanes: int) -> None:
    """Write `_dot_entry` with the smallest tile alone."""
    rows, columns, segments, length, add, a, row, al, b, column, bl, c, crow = function.args
    given = a, row, al, b, column, bl, c, crow, segments, length, add
    tile = _least_tile(function, given, _emit_dot, element, lanes)
    emit = Emitter(function, element, lanes)

    def line(i: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
        def piece(j: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
            at = [emit.at(row, i), al, b, emit.at(column, j), bl, emit.at(c, j), emit.at(crow, i)]
            emit.builder.call(tile, [a, *at, segments, length, add])
            return []

        emit.loop(columns, [], piece)
        return []

    emit.loop(rows, [], line)
    emit.builder.ret_void()


def _least_tile(
    function: ir.Function, given: tuple[ir.Value, ...], emit: Any, element: ir.Type, lanes: int
) -> ir.Function:
    """Write the tile of one row and one column, as a function beside another."""
    kind = ir.FunctionType(ir.VoidType(), [value.type for value in given])
    tile = ir.Function(function.module, kind, f"{function.name}_tile")
    emit(tile, element, lanes, 1, 1)
    return tile


@functools.cache
def tiles(dtype: Any) -> tuple[int, int]:
    """Return the addresses of the compiled tiles of a dtype, for `outer` and `dot`."""
    if LATE and dtype == np.float64 and NAME != "plain":
        whole = np.dtype(np.int64)
        given = dtype, whole, whole, dtype
        outer = machine_code("outer", _emit_all_outer, (*"iiii", *given, whole, dtype, whole))
        dot = machine_code("dot", _emit_all_dot, (*"iiiii", *given, whole, whole, dtype, whole))
        return Deferred.of((outer, dot), lambda: (outer.address, dot.address))
    number = types.CPointer(from_dtype(np.dtype(dtype)))
    given = number, _TABLE, _TABLE, number
    return (
        _compiled(_outer_entry, 4, *given, _TABLE, number, _TABLE),
        _compiled(_dot_entry, 5, *given, _TABLE, _TABLE, number, _TABLE),
    )


@intrinsic
def call(typing, address, numbers, arrays):
    """Call the function at `address` with whole numbers and with pointers, also to arrays."""

    def generate(context, builder, signature, args):
        given = [builder.extract_value(args[1], i) for i in range(len(numbers))]
        for i, kind in enumerate(arrays):
            value = builder.extract_value(args[2], i)
            if isinstance(kind, types.Array):
                value = context.make_array(kind)(context, builder, value).data
            given.append(value)
        kind = ir.FunctionType(ir.VoidType(), [value.type for value in given])
        builder.call(builder.inttoptr(args[0], kind.as_pointer()), given)
        return context.get_dummy_value()

    return types.none(address, numbers, arrays), generate


@in_python(call)
def _called(function, numbers, arrays):
    """See `call`."""
    run = function[0] if isinstance(function, Deferred) else function
    if callable(run):
        run(*numbers, *arrays)
    else:
        called(run, numbers, arrays)


@njit(**INSERTED)
def outer(tile, a, row, al, b, bl, columns, c, crow, add):
    """Compute ``c[crow[i] + j] (+)= sum_k a[row[i] + al[k]] * b[bl[k] + j]`` for j < columns.

    The tables (int64) hold positions in the arrays as if they were flat; `tile` comes from `tiles`.
    """
    numbers = (row.size, al.size, columns, 1 if add else 0)
    call(tile[0], numbers, (a, row, al, b, bl, c, crow))


@njit(**INSERTED)
def dot(tile, a, row, al, b, column, bl, length, c, crow, add):
    """Compute ``c[crow[i] + j] (+)= sum_tk a[row[i] + al[t] + k] * b[column[j] + bl[t] + k]``.

    The sum runs over stretches t, as many as `al` has entries, of `length` neighbours k.
    """
    numbers = (row.size, column.size, al.size, length, 1 if add else 0)
    call(tile[1], numbers, (a, row, al, b, column, bl, c, crow))


# --- matrices -------------------------------------------------------------------------------------

LITTLE = 16 * SMALL
"""Multiplications below which a product is done at once: no threads, and no copies."""

ALONE, ALONE_IF_FEW = (64 if NARROW else 16) * LITTLE, 64 * LITTLE
"""The same for one thread alone, and for few rows: what starts the others costs some microseconds,
even without them."""

DEEP = 512
"""Terms of a sum taken at a time, at most: so much of b, one tile wide, stays in the second cache.
"""

FEW = 80
"""Rows from which turning b pays for itself, where it lies along its columns and is not narrow.

With more terms than columns it is `MANY`."""

BROAD = 768
"""Length of a matrix's rows from which many of them share their places in the caches: walking down
a column is slow."""

MANY = 160
"""Rows from which copying a broad b, one panel of a tile's width at a time, pays for itself."""

_WIDE = VECTORS * BYTES / 256
COPIED_FROM, COPIED_WIDE = int(_WIDE * MANY), int(_WIDE * BROAD)
"""`MANY` and `BROAD` as they are for the copies of b's panels: the narrower a tile, the fewer of a
row's numbers it takes from each place in the caches, and the sooner copying pays for itself."""

DEPTH = SHELF if NARROW else DEEP
"""The same where a panel is to stay in the first cache, if that is better."""

NEAR = 96
"""Rows and columns from which a and b are both copied, some terms at a time."""

LONG = 480
"""Rows of the result for which a copied panel of b serves; beyond, all panels pass by some rows."""

STAY = 192
"""Rows that panels pass by, at most: their terms stay in the second cache."""


@njit(**SERIAL)
def steps(count, stride):
    """Return the table 0, stride, 2 stride, ...: of a row, a column, a matrix's rows."""
    table = np.empty(count, np.int64)
    for i in range(count):
        table[i] = i * stride
    return table


@in_python(steps)
def _steps(count, stride):
    """See `steps`."""
    return np.arange(count) * stride


@njit(**INSERTED)
def _strides(a, turn_a):
    """Return how many rows and terms a has, and how far apart they are."""
    rows, terms = a.shape
    return (terms, rows, 1, terms) if turn_a else (rows, terms, terms, 1)


def _product_entry(by_outer, by_dot, m, n, terms, turn_a, turn_b, add, a, b, out):
    """See `product`."""
    down, along = (1, m) if turn_a else (terms, 1)
    row, places = steps(m, down), steps(m, n)
    if turn_b:  # one stretch, which starts where the first row does: at 0
        call(by_dot, (m, n, 1, terms, add), (a, row, row, b, steps(n, terms), row, out, places))
    else:
        al, bl = steps(terms, along), steps(terms, n)
        call(by_outer, (m, terms, n, add), (a, row, al, b, bl, out, places))


@functools.cache
def products(dtype: Any) -> tuple[int, int, int]:
    """Return what `product` needs of a dtype: addresses of compiled code."""
    number = types.CPointer(from_dtype(np.dtype(dtype)))
    given = tiles(dtype)

    @functools.cache
    def compiled() -> tuple[int, int, int]:
        there = given.compiled() if isinstance(given, Deferred) else given
        return (*there, _compiled(_product_entry, 8, number, number, number))

    if isinstance(given, Deferred):
        return Deferred.of((*given, by_python(_product_entry)), compiled)
    return compiled()


@njit(**INSERTED)
def product(code, a, b, out, turn_a, turn_b, add):
    """Do what `matmul` does, in one thread: for small matrices, and within other kernels.

    `code` comes from `products`.
    """
    (m, n), terms = out.shape, b.shape[1 if turn_b else 0]
    flags = (1 if turn_a else 0, 1 if turn_b else 0, 1 if add else 0)
    call(code[2], (code[0], code[1], m, n, terms, *flags), (a, b, out))


@njit(**SERIAL)
def _depth(terms, most):
    """Return how many terms to take at a time, at most `most`: the same each time, in vectors."""
    times = (terms + most - 1) // most
    return ((terms + times - 1) // times + 15) // 16 * 16


@njit(**PARALLEL)
def _outer_blocks(tile, a, b, out, turn_a, turn_b, copies, wide, add):
    """See `matmul`. One block of the result per job, which copies the panels of b that it needs."""
    (m, terms, down, along), n = _strides(a, turn_a), out.shape[1]
    row, al, places, most = steps(m, down), steps(terms, along), steps(m, n), _depth(terms, DEPTH)
    bl, tall = steps(most, wide if copies else n), LONG if copies and n > wide else TALL
    a, b, out = a.reshape(-1), b.reshape(-1), out.reshape(-1)
    jobs, nothing = (m + tall - 1) // tall, -b.dtype.type(0)
    for job in prange(jobs * ((n + wide - 1) // wide)):
        here, top = job // jobs * wide, job % jobs * tall
        width, c = min(wide, n - here), out[here:]
        panel = np.empty(most * wide if copies else 0, b.dtype)
        for k in range(0, terms, most):
            depth, source = min(most, terms - k), b[k * n + here :]
            if copies:
                source = panel
                if turn_b:
                    turn(panel, 0, wide, b, here * terms + k, terms, width, depth)
                else:
                    copy_lines(panel, 0, wide, b, k * n + here, n, depth, width, nothing)
            for i in range(top, min(m, top + tall), TALL):
                rows, left = row[i : i + TALL], al[k : k + depth]
                outer(tile, a, rows, left, source, bl, width, c, places[i:], add or k > 0)


@njit(**PARALLEL)
def _dot_blocks(tile, a, b, out, wide, add):
    """See `matmul`, for a turned b. One block of the result per job."""
    (m, terms), n = a.shape, out.shape[1]
    row, column, places = steps(m, terms), steps(n, terms), steps(m, n)
    start = row[:1]
    a, b, out = a.reshape(-1), b.reshape(-1), out.reshape(-1)
    jobs, most = (m + TALL - 1) // TALL, _depth(terms, 2 * DEEP)
    for job in prange(jobs * ((n + wide - 1) // wide)):
        left, top = job // jobs * wide, job % jobs * TALL
        rows, columns = row[top : top + TALL], column[left : left + wide]
        for k in range(0, terms, most):
            depth, more, c = min(most, terms - k), add or k > 0, out[left:]
            dot(tile, a[k:], rows, start, b[k:], columns, start, depth, c, places[top:], more)


def _paneled(b, turn_b, columns):
    """See `paneled`."""
    terms, apart = (b.shape[1], b.shape[1]) if turn_b else b.shape
    wide, flat, nothing = VECTORS * BYTES // b.itemsize, b.reshape(-1), -b.dtype.type(0)
    out = np.empty(((columns + wide - 1) // wide, terms, wide), b.dtype)
    for p in prange(out.shape[0]):
        here, panel = p * wide, out[p].reshape(-1)
        width = min(wide, columns - here)
        if turn_b:
            turn(panel, 0, wide, flat, here * apart, apart, width, terms)
        else:
            copy_lines(panel, 0, wide, flat, here, apart, terms, width, nothing)
    return out


_paneled_serial = njit(**SERIAL)(_paneled)
_paneled_parallel = njit(**PARALLEL)(_paneled)


def paneled(b: Array, columns: int, turn_b: bool = False) -> Array:
    """Return the first columns of b, or of its transpose, as panels of a tile's width.

    Panel, term, column: each panel's numbers stand in the order in which a tile reads them.
    """
    run = _paneled_serial if b.size < 16 * SMALL else _paneled_parallel
    return np.asarray(run(b, turn_b, columns))


@njit(**INSERTED)
def by_panels(tile, a, rows, al, panels, first, columns, out, places, add):
    """Compute ``out (+)= a @ b`` in one thread, for a b in panels, or for its rows from `first` on.

    Row i of a starts at ``rows[i]``, its numbers stand at `al` from there; row i of the result
    starts at ``places[i]``.
    """
    wide = panels.shape[2]
    bl = steps(min(al.size, DEPTH), wide)
    for p in range(panels.shape[0]):
        panel, here = panels[p].reshape(-1), p * wide
        width = min(wide, columns - here)
        for k in range(0, al.size, DEPTH):
            some, source = al[k : k + DEPTH], panel[(first + k) * wide :]
            outer(tile, a, rows, some, source, bl, width, out[here:], places, add or k > 0)


@njit(**PARALLEL)
def _long_blocks(tile, a, panels, out, turn_a, add):
    """See `matmul`, for a b in panels. Some rows of the result per job, as many for each thread."""
    (m, terms, down, along), n = _strides(a, turn_a), out.shape[1]
    row, al, places = steps(m, down), steps(terms, along), steps(m, n)
    a, out, jobs = a.reshape(-1), out.reshape(-1), (m + 4 * STAY - 1) // (4 * STAY) * 4
    tall = (m + jobs * ROWS - 1) // (jobs * ROWS) * ROWS
    for job in prange(jobs):
        some = slice(job * tall, (job + 1) * tall)
        by_panels(tile, a, row[some], al, panels, 0, n, out, places[some], add)


@njit(**SERIAL)
def _room(count, like):
    """Return room for so many numbers, at the start of a place in the caches."""
    room = np.empty(count + 16, like.dtype)
    start = -room.ctypes.data % 64 // like.itemsize
    return room[start : start + count]


@njit(**SERIAL)
def _fill(panels, b, turn_b, n, terms, k, first, last):
    """Copy `DEPTH` terms of b, or as many as are left, from k on: into panels first to last - 1."""
    depth, wide, nothing = min(DEPTH, terms - k), VECTORS * BYTES // b.itemsize, -b.dtype.type(0)
    size, whole = DEPTH * wide, min(last, n // wide)
    for p in range(first if turn_b else whole, last):
        width = min(wide, n - p * wide)
        if turn_b:
            turn(panels, p * size, wide, b, p * wide * terms + k, terms, width, depth)
        else:
            copy_lines(panels, p * size, wide, b, k * n + p * wide, n, depth, width, nothing)
    if not turn_b:  # along b's rows: as the memory has them
        for i in range(depth):
            at, start = first * size + i * wide, (k + i) * n + first * wide
            copy_lines(panels, at, size, b, start, wide, whole - first, wide, nothing)


@njit(**SERIAL)
def _pass(tile, a, turn_a, panels, out, m, n, terms, k, top, bottom, add):
    """Add so many terms to rows top to bottom - 1, of which a's numbers are copied."""
    depth, rows, nothing = min(DEPTH, terms - k), bottom - top, -a.dtype.type(0)
    wide, places = VECTORS * BYTES // a.itemsize, np.empty(rows, np.int64)
    for i in range(rows):
        places[i] = (top + i) * n
    start, apart = (k * m + top, m) if turn_a else (top * terms + k, terms)
    lines, count = (depth, rows) if turn_a else (rows, depth)
    pad = count + 16  # lines that are a power of two apart share their places in the caches
    room, bl = _room(lines * pad, a), steps(depth, wide)
    copy_lines(room, 0, pad, a, start, apart, lines, count, nothing)
    row, al = steps(rows, 1 if turn_a else pad), steps(depth, pad if turn_a else 1)
    for here in range(0, n, wide):
        panel, width = panels[here * DEPTH :], min(wide, n - here)
        outer(tile, room, row, al, panel, bl, width, out[here:], places, add or k > 0)


@njit(**PARALLEL)
def _deep_blocks(tile, a, b, out, turn_a, turn_b, threads, add):
    """See `matmul`. Some terms at a time: all of b's, in panels, then some rows of a per job."""
    (m, n), terms = out.shape, b.shape[1] if turn_b else b.shape[0]
    wide = VECTORS * BYTES // b.itemsize
    a, b, out, across = a.reshape(-1), b.reshape(-1), out.reshape(-1), (n + wide - 1) // wide
    panels, jobs = _room(across * DEPTH * wide, b), (m + TALL * threads - 1) // (TALL * threads)
    tall = (m + jobs * threads * ROWS - 1) // (jobs * threads * ROWS) * ROWS
    for k in range(0, terms, DEPTH):
        for job in prange((across + 7) // 8):
            _fill(panels, b, turn_b, n, terms, k, job * 8, min(job * 8 + 8, across))
        for job in prange((m + tall - 1) // tall):
            top, bottom = job * tall, min(m, (job + 1) * tall)
            _pass(tile, a, turn_a, panels, out, m, n, terms, k, top, bottom, add)


@njit(**PARALLEL)
def turned(a):
    """Return the transpose in order."""
    rows, columns = a.shape
    out = np.empty((columns, rows), a.dtype)
    for job in prange((columns + 63) // 64):
        left = job * 64
        turn(out, left * rows, rows, a, left, columns, rows, min(64, columns - left))
    return out


def matmul(
    a: Array, b: Array, out: Array, turn_a: bool = False, turn_b: bool = False, add: bool = False
) -> Array:
    """Compute ``out (+)= a @ b``, with ``a.T`` or ``b.T`` (not both) where it is to be turned.

    All C-ordered and of one dtype.
    """
    (m, n), terms = out.shape, b.shape[turn_b]
    work, wide = m * n * terms, VECTORS * BYTES // out.itemsize
    few, narrow = m < (MANY if terms > n else FEW), n < 2 * wide and terms > DEEP // 2
    by_dot = turn_b and (few or narrow)
    same = terms <= 2 * DEEP and (by_dot or not turn_b)  # bits, whoever does it
    alone = ALONE_IF_FEW if m < NEAR else ALONE
    if work < LITTLE or (work < alone and same and numba.get_num_threads() == 1):
        product(products(out.dtype), a, b, out, turn_a, turn_b, add)
        return out
    tile = tiles(out.dtype)
    if NARROW and not by_dot and m >= NEAR and n >= NEAR:
        _deep_blocks(tile, a, b, out, turn_a, turn_b, numba.get_num_threads(), add)
        return out
    if turn_a and m >= BROAD and terms > DEEP // 2:
        a, turn_a = turned(a), False
    if by_dot:
        _dot_blocks(tile, a, b, out, wide, add)
    elif m > LONG and n > wide and (turn_b or n >= COPIED_WIDE or terms > DEEP):
        _long_blocks(tile, a, paneled(b, n, turn_b), out, turn_a, add)
    else:
        copies = turn_b or (not NARROW and m >= COPIED_FROM and n >= COPIED_WIDE)
        some = wide if copies or not NARROW else 8 * wide
        _outer_blocks(tile, a, b, out, turn_a, turn_b, copies, some, add)
    return out
