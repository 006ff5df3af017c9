# mypy: allow-untyped-defs
"""The four pixels around a position: read with weights, and given gradients back.

Neighbouring positions read at places that no pattern connects: vectors of one corner would be
gathered number by number. But the corners of *one* position are two pairs of neighbours, and a pair
is one load. So pairs fill the vectors: those of eight positions forwards, the two of one backwards.

`places` are those of the upper left pixels in the flat `plane`, whose rows are `width` apart;
`upper` and `lower` hold the weights of the pairs: left and right of position k at 2 k and 2 k + 1.
A weight of 0 is no weight: what its pixel holds, NaN or infinite, does not count.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from reference.compiler.jit import SERIAL, njit

__all__ = [
    "GROUP",
    "fold_group",
    "fold_one",
    "pick_group",
    "pick_one",
    "return_one",
    "sample_group",
    "sample_one",
]

GROUP = 8
"""Positions whose pairs fill one vector, or a few."""

_SHORT, _LONG = ir.IntType(32), ir.IntType(64)


def _data(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    return context.make_array(kind)(context, builder, array).data


def _place(builder: Any, pointer: Any, vector: ir.VectorType) -> tuple[Any, int]:
    """Return a pointer to a vector, and the alignment of its elements."""
    element = vector.element
    bits = element.width if isinstance(element, ir.IntType) else 64
    size = 4 if isinstance(element, ir.FloatType) else bits // 8
    return builder.bitcast(pointer, vector.as_pointer()), size


def _load(builder: Any, pointer: Any, vector: ir.VectorType) -> Any:
    where, align = _place(builder, pointer, vector)
    return builder.load(where, align=align)


def _store(builder: Any, value: Any, pointer: Any) -> None:
    where, align = _place(builder, pointer, value.type)
    builder.store(value, where, align=align)


def _lanes(builder: Any, a: Any, b: Any, lanes: Any) -> Any:
    """Return the given lanes of the two vectors, seen as one."""
    kind = ir.VectorType(_SHORT, len(lanes))
    return builder.shuffle_vector(a, b, ir.Constant(kind, [_SHORT(lane) for lane in lanes]))


def _joined(builder: Any, parts: list[Any]) -> Any:
    """Return vectors, a power of two of them, as one."""
    while len(parts) > 1:
        lanes = range(2 * parts[0].type.count)
        parts = [_lanes(builder, a, b, lanes) for a, b in zip(parts[::2], parts[1::2], strict=True)]
    return parts[0]


def _product(builder: Any, weights: Any, numbers: Any) -> Any:
    """Return weights * numbers, 0 where the weight is."""
    zero = ir.Constant(weights.type, [weights.type.element(0.0)] * weights.type.count)
    counts = builder.fcmp_unordered("!=", weights, zero)
    return builder.select(counts, builder.fmul(weights, numbers), zero)


def _neighbours_added(builder: Any, vector: Any) -> Any:
    """Return the sums of lanes 0 and 1, 2 and 3, ..."""
    parts = (_lanes(builder, vector, vector, range(i, vector.type.count, 2)) for i in (0, 1))
    return builder.fadd(*parts)


@intrinsic(prefer_literal=True)
def _sample(typing, plane, places, width, upper, lower, first, line, count):
    """See `sample_group`."""
    many = count.literal_value

    def generate(context, builder, signature, args):
        kinds = signature.args
        pixels, where, line_at = (_data(context, builder, kinds[i], args[i]) for i in (0, 1, 6))
        pair = ir.VectorType(context.get_data_type(plane.dtype), 2)
        index = [builder.add(args[5], args[5].type(k)) for k in range(many)]
        starts = [
            builder.gep(pixels, [builder.sext(builder.load(builder.gep(where, [k])), _LONG)])
            for k in index
        ]
        terms = []
        for weights, row in ((3, starts), (4, [builder.gep(at, [args[2]]) for at in starts])):
            seen = _joined(builder, [_load(builder, at, pair) for at in row])
            given = builder.gep(
                _data(context, builder, kinds[weights], args[weights]),
                [builder.mul(args[5], args[5].type(2))],
            )
            terms.append(_product(builder, _load(builder, given, seen.type), seen))
        sums = _neighbours_added(builder, builder.fadd(*terms))
        _store(builder, sums, builder.gep(line_at, [args[5]]))
        return context.get_dummy_value()

    kinds = plane, places, types.int64, upper, lower, types.int64, line, count
    return types.none(*kinds), generate


@njit(**SERIAL)
def sample_group(plane, places, width, upper, lower, k, line):
    """Set ``line[k]`` to the weighted sum of position k's corners; and so the next `GROUP` - 1."""
    _sample(plane, places, width, upper, lower, k, line, GROUP)


@njit(**SERIAL)
def sample_one(plane, places, width, upper, lower, k, line):
    """Set ``line[k]`` to the weighted sum of position k's corners."""
    _sample(plane, places, width, upper, lower, k, line, 1)


@intrinsic(prefer_literal=True)
def _pick(typing, plane, places, seen, first, line, count):
    """See `pick_group`."""
    many = count.literal_value

    def generate(context, builder, signature, args):
        pixels, where, valid, line_at = (
            _data(context, builder, signature.args[i], args[i]) for i in (0, 1, 2, 4)
        )
        one = ir.VectorType(context.get_data_type(plane.dtype), 1)
        starts = [
            builder.load(builder.gep(where, [builder.add(args[3], _LONG(k))])) for k in range(many)
        ]
        pointers = [builder.gep(pixels, [builder.sext(start, _LONG)]) for start in starts]
        found = _joined(builder, [_load(builder, pointer, one) for pointer in pointers])
        flags = _load(builder, builder.gep(valid, [args[3]]), ir.VectorType(_SHORT, many))
        counts = builder.icmp_signed("!=", flags, ir.Constant(flags.type, None))
        kept = builder.select(counts, found, ir.Constant(found.type, None))
        _store(builder, kept, builder.gep(line_at, [args[3]]))
        return context.get_dummy_value()

    return types.none(plane, places, seen, types.int64, line, count), generate


@njit(**SERIAL)
def pick_group(plane, places, seen, k, line):
    """Set ``line[k]`` to the pixel at ``places[k]``, 0 where not seen; and the next `GROUP` - 1.

    Single loads, joined: the gather that LLVM would make of a loop takes twice as long.
    """
    _pick(plane, places, seen, k, line, GROUP)


@njit(**SERIAL)
def pick_one(plane, places, seen, k, line):
    """Set ``line[k]`` to the pixel at ``places[k]``, 0 where ``seen[k]`` is."""
    _pick(plane, places, seen, k, line, 1)


@intrinsic
def _return(typing, plane, width, upper, lower, k, place, number, dense, at, sums):
    """See `return_one`."""
    whole = types.int64
    given = plane, whole, upper, lower, whole, whole, plane.dtype, dense, whole, sums

    def generate(context, builder, signature, args):
        pair, four = (ir.VectorType(args[6].type, count) for count in (2, 4))
        pixels, over, under, into, collected = (
            _data(context, builder, given[i], args[i]) for i in (0, 2, 3, 7, 9)
        )

        def pairs(pointers: Any) -> Any:
            return _joined(builder, [_load(builder, pointer, pair) for pointer in pointers])

        def add(terms: Any, pointer: Any) -> None:
            _store(builder, builder.fadd(_load(builder, pointer, four), terms), pointer)

        twice, four_times = (builder.mul(args[4], _LONG(n)) for n in (2, 4))
        first = builder.gep(pixels, [args[5]])
        weights = pairs([builder.gep(start, [twice]) for start in (over, under)])
        seen = pairs([first, builder.gep(first, [args[1]])])
        one = builder.insert_element(ir.Constant(four, ir.Undefined), args[6], _SHORT(0))
        number = _lanes(builder, one, one, [0, 0, 0, 0])
        add(_product(builder, weights, number), builder.gep(into, [args[8]]))
        add(builder.fmul(number, seen), builder.gep(collected, [four_times]))
        return context.get_dummy_value()

    return types.none(*given), generate


@njit(**SERIAL)
def return_one(plane, width, upper, lower, k, place, number, dense, at, sums):
    """Give a gradient to what position k reads: itself times the weights, to `dense` from `at` on.

    There, the upper left pixel keeps what all four corners receive: upper left, upper right, lower
    left, lower right. The pixels themselves would be added to in pairs that overlap those of the
    next position in part, and such a store and load wait for each other. `sums`, four numbers for
    each position, receive the gradient times the corners.
    """
    _return(plane, width, upper, lower, k, place, number, dense, at, sums)


@intrinsic(prefer_literal=True)
def _fold(typing, dense, width, i, plane, count):
    """See `fold_group`."""
    many = count.literal_value

    def generate(context, builder, signature, args):
        kind = ir.VectorType(context.get_data_type(plane.dtype), 4 * many)
        start, out = (
            _data(context, builder, k, v) for k, v in ((dense, args[0]), (plane, args[3]))
        )
        above, one = builder.add(args[1], args[2]), _LONG(1)
        first, second, third, fourth = (
            _load(builder, builder.gep(start, [builder.mul(pixel, _LONG(4))]), kind)
            for pixel in (builder.add(above, one), above, builder.add(args[2], one), args[2])
        )
        lanes = range(4 * many)
        # of every four lanes, the first from its own entry, the second from the left one's, ...
        upper = _lanes(builder, first, second, [n + 4 * many * (n % 4 == 1) for n in lanes])
        lower = _lanes(builder, third, fourth, [n + 4 * many * (n % 4 == 3) for n in lanes])
        four = _lanes(builder, upper, lower, [n + 4 * many * (n % 4 > 1) for n in lanes])
        sums = _neighbours_added(builder, _neighbours_added(builder, four))
        _store(builder, sums, builder.gep(out, [args[2]]))
        return context.get_dummy_value()

    return types.none(dense, types.int64, types.int64, plane, count), generate


@njit(**SERIAL)
def fold_group(dense, width, i, plane):
    """Set ``plane[i]`` to the sum of what it received as each corner; and so the next `GROUP` - 1.

    `dense` has four numbers for each pixel, after a row and a pixel of zeros.
    """
    _fold(dense, width, i, plane, GROUP)


@njit(**SERIAL)
def fold_one(dense, width, i, plane):
    """Set ``plane[i]`` to the sum of what it received as each corner."""
    _fold(dense, width, i, plane, 1)
