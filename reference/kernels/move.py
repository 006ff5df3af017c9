# mypy: allow-untyped-defs
"""Moving numbers: short lines, and transposes, as vectors all the way."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from reference.compiler.emit import FREE_MASKS, INT, NAME, Emitter, emitted
from reference.compiler.jit import INSERTED, SERIAL, njit
from reference.compiler.late import in_python

__all__ = ["add_lines", "bordered", "copy_lines", "put", "turn"]


@njit(**INSERTED)
def put(target, source):
    """Write one row into another of the same length.

    ``target[:] = source`` takes Numba 2 s longer to compile: it writes the text of an error of two
    shapes that cannot come.
    """
    for j in range(source.size):
        target[j] = source[j]


@in_python(put)
def _put(target, source):
    """See `put`."""
    target[...] = source


def _emit_lines(function: ir.Function, element: ir.Type, lanes: int) -> None:
    """Write `copy_lines`, or `add_lines` if there is no number to add: the target's is added."""
    target, at, across, source, start, apart, lines, count, *plus = function.args
    emit = Emitter(function, element, lanes)
    builder = emit.builder
    wide = emit.splat(plus[0]) if plus else None
    rest = builder.srem(count, INT(lanes))
    edge, ragged = emit.mask(rest), builder.icmp_signed(">", rest, INT(0))

    def line(i: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
        to = emit.at(target, builder.add(at, builder.mul(i, across)))
        origin = emit.at(source, builder.add(start, builder.mul(i, apart)))

        def run(k: ir.Value, mask: ir.Value | None) -> list[ir.Value]:
            there = wide or emit.load(emit.at(to, k), mask)
            emit.store(
                builder.fadd(emit.load(emit.at(origin, k), mask), there), emit.at(to, k), mask
            )
            return []

        def single(k: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
            here = emit.at(to, builder.add(end, k))
            number = builder.load(emit.at(origin, builder.add(end, k)))
            builder.store(builder.fadd(number, plus[0] if plus else builder.load(here)), here)
            return []

        (end,) = emit.loop(count, [], lambda k, _: run(k, None), lanes)
        if FREE_MASKS:
            emit.when(ragged, [], lambda: run(end, edge))
        else:
            emit.loop(rest, [], single)
        return []

    emit.loop(lines, [], line)
    builder.ret_void()


_copy, _add = emitted("copy", _emit_lines), emitted("add", _emit_lines)


@intrinsic
def _copy_code(typing, target, at, across, source, start, apart, lines, count, plus):
    """See `copy_lines`."""
    return types.none(target, at, across, source, start, apart, lines, count, plus), _copy


@intrinsic
def _add_code(typing, target, at, across, source, start, apart, lines, count):
    """See `add_lines`."""
    return types.none(target, at, across, source, start, apart, lines, count), _add


@njit(**SERIAL)
def copy_lines(target, at, across, source, start, apart, lines, count, plus):
    """Set ``target[at + i * across + k] = source[start + i * apart + k] + plus`` for k < count.

    For i < lines; -0.0 adds nothing at all. For lines of a few vectors, where a loop of LLVM's
    spends its time on the ends.
    """
    _copy_code(target, at, across, source, start, apart, lines, count, plus)


@njit(**SERIAL)
def add_lines(target, at, across, source, start, apart, lines, count):
    """Add ``source[start + i * apart + k]`` to ``target[at + i * across + k]`` for k < count.

    For i < lines, as `copy_lines` copies.
    """
    _add_code(target, at, across, source, start, apart, lines, count)


@njit(**SERIAL)
def bordered(image, border, margin, room):
    """Return the pixels of an image with zeros around, in a row, and in `room` if there are any.

    `border` is its size with them, `margin` says how many are above and left.
    """
    (C, H, W), nothing = image.shape, -image.dtype.type(0)
    high, wide = border
    if high == H and wide == W:
        return image.reshape(-1)
    room[:] = 0
    for c in range(C):
        at = (c * high + margin[0]) * wide + margin[1]
        if wide == W:
            copy_lines(room, at, 0, image, c * H * W, 0, 1, H * W, nothing)
        else:
            copy_lines(room, at, wide, image, c * H * W, W, H, W, nothing)
    return room


def _transposed(emit: Emitter, lines: list[ir.Value]) -> list[ir.Value]:
    """Transpose as many vectors as a vector has lanes: exchange halves, quarters, and so on."""
    step = 1
    while step < emit.lanes:
        for i in (i for i in range(emit.lanes) if not i & step):
            pair = lines[i], lines[i + step]
            low = [lane + emit.lanes - step if lane & step else lane for lane in range(emit.lanes)]
            high = [lane + emit.lanes if lane & step else lane + step for lane in range(emit.lanes)]
            lines[i], lines[i + step] = emit.shuffle(*pair, low), emit.shuffle(*pair, high)
        step *= 2
    return lines


def _emit_turn(function: ir.Function, element: ir.Type, lanes: int) -> None:
    target, at, across, source, start, apart, rows, columns = function.args
    emit = Emitter(function, element, lanes)
    builder = emit.builder
    target, source = emit.at(target, at), emit.at(source, start)

    def place(array: ir.Value, line: ir.Value, step: ir.Value, along: ir.Value) -> ir.Value:
        return emit.at(array, builder.add(builder.mul(line, step), along))

    def square(i: ir.Value, j: ir.Value, down: Any, right: Any) -> list[ir.Value]:
        """Turn one square; at the edge, `down` and `right` say how much of it is there."""

        def mask(line: int, lines: Any, along: Any) -> ir.Value | None:
            if lines is None:
                return None
            there = builder.icmp_signed("<", INT(line), lines)
            nothing = builder.select(there, along, INT(0))
            return emit.mask(nothing)

        read = [
            emit.load(place(source, builder.add(i, INT(k)), apart, j), mask(k, down, right))
            for k in range(lanes)
        ]
        for k, line in enumerate(_transposed(emit, read)):
            where = place(target, builder.add(j, INT(k)), across, i)
            emit.store(line, where, mask(k, right, down))
        return []

    def strip(i: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
        down = builder.sub(rows, i)

        def one(j: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
            right = builder.sub(columns, j)
            tall, wide = (builder.icmp_signed(">=", n, INT(lanes)) for n in (down, right))
            whole = builder.and_(tall, wide)
            emit.when(whole, [], lambda: square(i, j, None, None))
            emit.when(builder.not_(whole), [], lambda: square(i, j, down, right))
            return []

        emit.loop(builder.add(columns, INT(lanes - 1)), [], one, lanes)
        return []

    emit.loop(builder.add(rows, INT(lanes - 1)), [], strip, lanes)
    builder.ret_void()


_turn = emitted("turn", _emit_turn)

if NAME != "plain":

    @intrinsic
    def _turn_code(typing, target, at, across, source, start, apart, rows, columns):
        """See `turn`."""
        given = (target, at, across, source, start, apart, rows, columns)
        return types.none(*given), _turn

else:

    @njit(**SERIAL)
    def _turn_code(target, at, across, source, start, apart, rows, columns):
        """See `turn`."""
        for i in range(rows):
            for j in range(columns):
                target[at + j * across + i] = source[start + i * apart + j]


@njit(**SERIAL)
def turn(target, at, across, source, start, apart, rows, columns):
    """Set ``target[at + j * across + i] = source[start + i * apart + j]``: a transpose.

    For i < rows and j < columns; flat arrays.
    """
    _turn_code(target, at, across, source, start, apart, rows, columns)
