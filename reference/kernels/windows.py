# mypy: allow-untyped-defs
"""One line of pooled pixels, written as vectors.

Windows are folded down first, where lines are side by side, and then along the line that comes out:
so many steps as a window has lines and columns, not as many as it has pixels. Maps are narrow, so
that their last pixels are no rare case: they are a vector of which some lanes do not count.

A `Fold` says what becomes of a state and one more pixel. `FIND` remembers where the largest pixel
stands, too: lines and columns of a window are numbered in the pixels' own type.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from reference.compiler.emit import INT, Emitter, emitted

__all__ = [
    "SPARE",
    "find_along",
    "find_down",
    "larger_along",
    "larger_down",
    "mean_pairs",
    "sum_along",
    "sum_down",
]

SPARE = 16
"""Numbers in a vector, at most: a line has room for some beside its own, as whole vectors are read
from it and written to it."""

State = list[ir.Value]


class Fold(NamedTuple):
    """What to do with a state and what is seen next, and the states that change nothing."""

    name: str
    apply: Callable[[Emitter, State, State], State]
    start: tuple[float, ...]  # of a column
    beside: tuple[float, ...]  # of what lies beside the map, and of a window


def _larger(emit: Emitter, state: State, seen: State) -> State:
    return [emit.call("maximum", emit.vector, state[0], seen[0])]


def _plus(emit: Emitter, state: State, seen: State) -> State:
    return [emit.builder.fadd(state[0], seen[0])]


def _sooner(emit: Emitter, state: State, seen: State) -> State:
    """Take the larger pixel, of equal ones that in the upper line, else the one seen before.

    A pixel that is no number is never the larger one.
    """
    builder = emit.builder
    equal = builder.fcmp_ordered("==", seen[0], state[0])
    above = builder.and_(equal, builder.fcmp_ordered("<", seen[1], state[1]))
    wins = builder.or_(builder.fcmp_ordered(">", seen[0], state[0]), above)
    return [builder.select(wins, new, old) for new, old in zip(seen, state)]


_INF = float("inf")
LARGER = Fold("larger", _larger, (-_INF,), (-_INF,))
SUM = Fold("sum", _plus, (0.0,), (0.0,))
FIND = Fold("find", _sooner, (-_INF, 0.0), (-_INF, _INF, 0.0))


def _all(emit: Emitter, numbers: tuple[float, ...]) -> State:
    return [emit.splat(emit.element(number)) for number in numbers]


def _number(emit: Emitter, index: ir.Value) -> ir.Value:
    return emit.splat(emit.builder.sitofp(index, emit.element))


def _in_vectors(emit: Emitter, count: ir.Value, some: Callable[..., Any]) -> None:
    """Do ``some(k, mask)`` for `count` places, a vector at a time; the last one may need a mask."""
    builder = emit.builder
    (end,) = emit.loop(count, [], lambda k, _: some(k, None), emit.lanes)
    rest = builder.sub(count, end)
    emit.when(builder.icmp_signed(">", rest, INT(0)), [], lambda: some(end, emit.mask(rest)))


def _emit_down(fold: Fold) -> Callable[[ir.Function, ir.Type, int], None]:
    def write(function: ir.Function, element: ir.Type, lanes: int) -> None:
        x, at, width, lines, room, place, gap = function.args
        emit = Emitter(function, element, lanes)
        builder = emit.builder
        beside = _all(emit, fold.beside)

        def some(k: ir.Value, mask: ir.Value | None) -> State:
            first = builder.add(at, k)

            def more(u: ir.Value, state: State) -> State:
                pixel = emit.load(emit.at(x, builder.add(first, builder.mul(u, width))), mask)
                return fold.apply(emit, state, [pixel, _number(emit, u)])

            *state, _ = emit.loop(lines, _all(emit, fold.start), more)
            goal = builder.add(place, k)
            for found, empty in zip(state, beside):
                kept = builder.select(mask, found, empty) if mask else found
                emit.store(kept, emit.at(room, goal))
                goal = builder.add(goal, gap)
            return []

        _in_vectors(emit, width, some)
        builder.ret_void()

    return write


Reach = Callable[[ir.Value], ir.Value]


def _reaches(emit: Emitter, step: ir.Value) -> list[tuple[ir.Value, Reach]]:
    """Return ways to load every `step`-th number, and when to go them."""
    builder, lanes = emit.builder, emit.lanes
    one, two = (builder.icmp_signed("==", step, INT(number)) for number in (1, 2))

    def every_other(pointer: ir.Value) -> ir.Value:
        halves = emit.load(pointer), emit.load(emit.at(pointer, INT(lanes)))
        return emit.shuffle(*halves, list(range(0, 2 * lanes, 2)))

    def single(pointer: ir.Value) -> ir.Value:
        found = emit.zero()
        for lane in range(lanes):
            number = builder.load(emit.at(pointer, builder.mul(step, INT(lane))))
            found = builder.insert_element(found, number, ir.IntType(32)(lane))
        return found

    more = builder.icmp_signed(">", step, INT(2))
    return [(one, emit.load), (two, every_other), (more, single)]


def _emit_along(fold: Fold) -> Callable[[ir.Function, ir.Type, int], None]:
    def write(function: ir.Function, element: ir.Type, lanes: int) -> None:
        room, begin, gap, columns, size, step, out, start, apart = function.args
        emit = Emitter(function, element, lanes)
        builder = emit.builder

        def some(reach: Reach, k: ir.Value, mask: Any) -> State:
            first = builder.add(begin, builder.mul(k, step))

            def more(v: ir.Value, state: State) -> State:
                here, seen = builder.add(first, v), []
                for _ in fold.start:
                    seen.append(reach(emit.at(room, here)))
                    here = builder.add(here, gap)
                return fold.apply(emit, state, [*seen, _number(emit, v)])

            *state, _ = emit.loop(size, _all(emit, fold.beside), more)
            goal = builder.add(start, k)
            for found in state:
                emit.store(found, emit.at(out, goal), mask)
                goal = builder.add(goal, apart)
            return []

        def line(reach: Reach) -> State:
            _in_vectors(emit, columns, partial(some, reach))
            return []

        for fits, reach in _reaches(emit, step):
            emit.when(fits, [], partial(line, reach))
        builder.ret_void()

    return write


def _kernels(fold: Fold) -> tuple[Any, Any]:
    """Return the two kernels of a fold: down the lines of a map, and along what came out."""
    down_code = emitted(f"{fold.name}_down", _emit_down(fold))
    along_code = emitted(f"{fold.name}_along", _emit_along(fold))

    @intrinsic
    def down(typing, x, at, width, lines, room, place, gap):
        """Fold `lines` lines of x, of `width` pixels, the first at `at`, into `room` from `place`.

        What else a state holds is written `gap` further on. All places count through whole arrays.
        """
        return types.none(x, at, width, lines, room, place, gap), down_code

    @intrinsic
    def along(typing, room, begin, gap, columns, size, step, out, start, apart):
        """Fold `size` neighbours in `room`, for each of `columns` windows, the first at `begin`.

        The windows are `step` apart. The first number of the states is written to `out` from
        `start` on, others `apart` from it.
        """
        return types.none(room, begin, gap, columns, size, step, out, start, apart), along_code

    return down, along


larger_down, larger_along = _kernels(LARGER)
sum_down, sum_along = _kernels(SUM)
find_down, find_along = _kernels(FIND)


def _emit_pairs(function: ir.Function, element: ir.Type, lanes: int) -> None:
    """Write `mean_pairs`: two vectors of sums down the lines, their even lanes and their odd."""
    x, at, width, out, start, rows, columns = function.args
    function.attributes.add("noinline")  # compiled once for all that call it
    emit = Emitter(function, element, lanes)
    builder = emit.builder
    quarter = emit.splat(element(0.25))
    even, odd = (list(range(first, 2 * lanes, 2)) for first in (0, 1))

    def line(i: ir.Value, _: State) -> State:
        top = builder.add(at, builder.mul(builder.shl(i, INT(1)), width))
        goal = builder.add(start, builder.mul(i, columns))

        def some(k: ir.Value, mask: ir.Value | None) -> State:
            left, sums = builder.shl(builder.sub(columns, k), INT(1)), []
            for half in (0, lanes):
                edge = emit.mask(builder.sub(left, INT(half))) if mask else None
                here = builder.add(builder.add(top, builder.shl(k, INT(1))), INT(half))
                upper, lower = (emit.at(x, pixel) for pixel in (here, builder.add(here, width)))
                sums.append(builder.fadd(emit.load(upper, edge), emit.load(lower, edge)))
            near, far = sums
            whole = builder.fadd(emit.shuffle(near, far, even), emit.shuffle(near, far, odd))
            emit.store(builder.fmul(whole, quarter), emit.at(out, builder.add(goal, k)), mask)
            return []

        _in_vectors(emit, columns, some)
        return []

    emit.loop(rows, [], line)
    builder.ret_void()


_pairs_code = emitted("mean_pairs", _emit_pairs)


@intrinsic
def mean_pairs(typing, x, at, width, out, start, rows, columns):
    """Write `rows` lines of means of 2 x 2 pixels side by side, from `start` on.

    The first pixel is at `at`, its map's lines are `width` long. Places count through whole arrays.
    """
    return types.none(x, at, width, out, start, rows, columns), _pairs_code
