"""Writing vector instructions by hand, where a loop would not become them by itself.

An `Emitter` writes LLVM instructions of one element type into one function; `emitted` makes such a
function one that kernels call. Lanes beyond the edge are masked: never read, never written.
"""

from __future__ import annotations

import os
import platform
from typing import Any, NamedTuple

import llvmlite.binding
from llvmlite import ir
from numba import types

__all__ = ["BYTES", "FREE_MASKS", "INT", "NAME", "TILE", "TILES", "Emitter", "Tile", "emitted"]


class Tile(NamedTuple):
    """Shapes of the two tiles; what is not a register of accumulators holds operands."""

    bytes: int  # of a vector register
    rows: int  # of the outer tile
    vectors: int  # in a row of the outer tile
    dot_rows: int
    dot_columns: int


TILES = {
    "avx512": Tile(64, 6, 4, 6, 4),  # 32 registers: 24 sums, 4 vectors of b, 1 number of a
    "avx2": Tile(32, 6, 2, 4, 3),  # 16 registers: 12 sums, 2 or 3 vectors, 1 number
    "neon": Tile(16, 6, 4, 4, 4),  # 32 registers of half the width
    "sse": Tile(16, 4, 2, 2, 2),
    "plain": Tile(32, 4, 2, 2, 2),  # products in ordinary loops, for where the others fail
}


def _choose() -> str:
    """Return the name of the tile for this processor, or the one that is asked for."""
    forced = os.environ.get("GRADUS_TILE")
    if forced:
        return forced
    has = llvmlite.binding.get_host_cpu_features()
    if has.get("avx512vl"):
        return "avx512"
    if has.get("avx2") and has.get("fma"):
        return "avx2"
    return "neon" if platform.machine().lower() in ("arm64", "aarch64") else "sse"


NAME = _choose()
TILE = TILES[NAME]
BYTES = TILE.bytes
_FUSED = NAME != "sse"  # has one instruction for a * b + c
FREE_MASKS = NAME == "avx512"  # a masked load costs what a load costs

INT = ir.IntType(64)


class Emitter:
    """Writes vector instructions of one element type into one function."""

    def __init__(self, function: ir.Function, element: ir.Type, lanes: int) -> None:
        self.function, self.element, self.lanes = function, element, lanes
        self.vector = ir.VectorType(element, lanes)
        self.align = 4 if isinstance(element, ir.FloatType) else 8
        self.builder = ir.IRBuilder(function.append_basic_block("entry"))

    def call(self, name: str, result: ir.Type, *args: ir.Value) -> ir.Value:
        """Call an LLVM intrinsic on vectors."""
        letter = "f32" if isinstance(self.element, ir.FloatType) else "f64"
        full = f"llvm.{name}.v{self.lanes}{letter}" + (".p0" if "masked" in name else "")
        found = self.builder.module.globals.get(full)
        if found is None:
            kind = ir.FunctionType(result, [arg.type for arg in args])
            found = ir.Function(self.builder.module, kind, full)
        return self.builder.call(found, args)

    def at(self, pointer: ir.Value, index: ir.Value) -> ir.Value:
        """Return where the element with this number is."""
        return self.builder.gep(pointer, [index])

    def entry(self, table: ir.Value, index: int | ir.Value) -> ir.Value:
        """Load one number of a table."""
        where = INT(index) if isinstance(index, int) else index
        return self.builder.load(self.at(table, where))

    def mask(self, count: ir.Value) -> ir.Value:
        """Return which lanes are below `count`."""
        short = ir.IntType(32)
        wide = ir.VectorType(short, self.lanes)
        numbers = ir.Constant(wide, [short(lane) for lane in range(self.lanes)])
        below = self.splat(self.builder.trunc(count, short), wide)
        return self.builder.icmp_signed("<", numbers, below)

    def splat(self, value: ir.Value, kind: ir.Type | None = None) -> ir.Value:
        """Return a vector with this number in every lane."""
        kind = kind or self.vector
        undefined, zero = ir.Constant(kind, ir.Undefined), ir.IntType(32)(0)
        first = self.builder.insert_element(undefined, value, zero)
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [zero] * self.lanes)
        return self.builder.shuffle_vector(first, undefined, zeros)

    def shuffle(self, a: ir.Value, b: ir.Value, lanes: list[int]) -> ir.Value:
        """Return these lanes of a and b; the lanes of b are counted on after those of a."""
        short = ir.IntType(32)
        order = ir.Constant(ir.VectorType(short, len(lanes)), [short(lane) for lane in lanes])
        return self.builder.shuffle_vector(a, b, order)

    def zero(self) -> ir.Value:
        """Return a vector of zeros."""
        return ir.Constant(self.vector, [self.element(0.0)] * self.lanes)

    def _vector_at(self, pointer: ir.Value) -> ir.Value:
        return self.builder.bitcast(pointer, self.vector.as_pointer())

    def load(self, pointer: ir.Value, mask: ir.Value | None = None) -> ir.Value:
        """Load a vector; lanes outside `mask` are not read, and zero."""
        where = self._vector_at(pointer)
        if mask is None:
            return self.builder.load(where, align=self.align)
        align = ir.IntType(32)(self.align)
        return self.call("masked.load", self.vector, where, align, mask, self.zero())

    def store(self, value: ir.Value, pointer: ir.Value, mask: ir.Value | None = None) -> None:
        """Store a vector; lanes outside `mask` are not written."""
        where = self._vector_at(pointer)
        if mask is None:
            self.builder.store(value, where, align=self.align)
        else:
            align = ir.IntType(32)(self.align)
            self.call("masked.store", ir.VoidType(), value, where, align, mask)

    def prefetch(self, pointer: ir.Value) -> None:
        """Ask for what stands there, wherever it is, to be in the second cache soon."""
        short, byte = ir.IntType(32), ir.IntType(8).as_pointer()
        found = self.builder.module.globals.get("llvm.prefetch.p0")
        if found is None:
            kind = ir.FunctionType(ir.VoidType(), [byte, short, short, short])
            found = ir.Function(self.builder.module, kind, "llvm.prefetch.p0")
        where = self.builder.bitcast(pointer, byte)
        self.builder.call(found, [where, short(0), short(2), short(1)])

    def fma(self, a: ir.Value, b: ir.Value, c: ir.Value) -> ir.Value:
        """Return a * b + c, rounded once where the processor can."""
        return self.call("fma" if _FUSED else "fmuladd", self.vector, a, b, c)

    def totals(self, values: list[ir.Value]) -> list[ir.Value]:
        """Return vectors that hold the sum over the lanes of each vector, in order.

        Each sum is a tree: half the lanes are added to the other half until one is left. Two
        vectors that are half empty become one, so that `lanes` sums cost little more than one.
        """
        values, step = values + [self.zero()] * (-len(values) % self.lanes), self.lanes // 2
        while step:
            left = [lane for lane in range(2 * self.lanes) if not lane & step]
            right = [lane + step for lane in left]
            values = [
                self.builder.fadd(self.shuffle(a, b, left), self.shuffle(a, b, right))
                for a, b in zip(values[::2], values[1::2])
            ]
            step //= 2
        return values

    def loop(self, count: ir.Value, start: list[ir.Value], body: Any, step: int = 1) -> list[Any]:
        """Repeat ``values = body(index, values)`` while ``index + step <= count``.

        Returns the values, and the first index that was not reached.
        """
        builder, before = self.builder, self.builder.block
        test = self.function.append_basic_block("test")
        inside = self.function.append_basic_block("body")
        after = self.function.append_basic_block("after")
        builder.branch(test)
        builder.position_at_end(test)
        index = builder.phi(INT)
        values = [builder.phi(value.type) for value in start]
        ahead = builder.add(index, INT(step))
        builder.cbranch(builder.icmp_signed("<=", ahead, count), inside, after)
        builder.position_at_end(inside)
        new = body(index, values)
        last = builder.block
        builder.branch(test)
        for phi, first, again in zip([index, *values], [INT(0), *start], [ahead, *new]):
            phi.add_incoming(first, before)
            phi.add_incoming(again, last)
        builder.position_at_end(after)
        return [*values, index]

    def when(self, condition: ir.Value, start: list[ir.Value], body: Any) -> list[ir.Value]:
        """Return ``body()`` where `condition` holds, else `start`."""
        builder, before = self.builder, self.builder.block
        inside = self.function.append_basic_block("then")
        after = self.function.append_basic_block("join")
        builder.cbranch(condition, inside, after)
        builder.position_at_end(inside)
        new = body()
        last = builder.block
        builder.branch(after)
        builder.position_at_end(after)
        joined = [builder.phi(value.type) for value in start]
        for phi, first, other in zip(joined, start, new):
            phi.add_incoming(first, before)
            phi.add_incoming(other, last)
        return joined


def emitted(name: str, emit: Any) -> Any:
    """Return an intrinsic's code: call the function that `emit` writes, once per element type.

    Arrays are passed as pointers to their first element, numbers as they are. `emit` takes the
    function, the element type of the first argument, and the lanes of a vector. The function
    returns a number where the intrinsic's signature does.
    """

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, args: Any) -> ir.Value:
        element = context.get_data_type(signature.args[0].dtype)
        lanes = BYTES // (4 if isinstance(element, ir.FloatType) else 8)
        given = []
        for kind, value in zip(signature.args, args):
            if isinstance(kind, types.Array):
                value = context.make_array(kind)(context, builder, value).data
            given.append(value)
        nothing = signature.return_type == types.none
        result = ir.VoidType() if nothing else context.get_value_type(signature.return_type)
        kind = ir.FunctionType(result, [value.type for value in given])
        full = f"gradus_{name}_{lanes}x{element}"
        function = builder.module.globals.get(full)
        if function is None:
            function = ir.Function(builder.module, kind, full)
            function.linkage = "linkonce_odr"
            emit(function, element, lanes)
        found = builder.call(function, given)
        return context.get_dummy_value() if nothing else found

    generate.name, generate.emit = f"gradus_{name}", emit  # type: ignore[attr-defined]
    return generate
