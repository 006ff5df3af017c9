# mypy: allow-untyped-defs
"""Exponentials and their relatives as polynomials that LLVM turns into vector code.

`math.exp` is a call, and a loop with a call in it runs one number at a time. These have neither
branch nor call: a loop over them becomes vector instructions. Each keeps the type of its argument
(float32 or float64), returns NaN for NaN and the limit for an infinity. Largest errors, in units in
the last place of the result, as ``tests/reference/test_vector.py`` measures them:

========  =======  =======
function  float32  float64
========  =======  =======
exp       1.1      1.1
expm1     2.3      2.3
log       1        1
sigmoid   2.5      2.5      (0 where exp(-x) overflows)
tanh      2.5      2.5
normal    3.8      3.8      (both; the probability down to 1e-30)
sin       2.5      2.5      (while abs(x) < 10000; beyond, digits are lost as x grows)
========  =======  =======
"""

from __future__ import annotations

import ctypes
import math
import struct
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from reference.compiler.emit import FREE_MASKS, INT, NAME, Emitter, emitted
from reference.compiler.jit import INLINE, INSERTED, SERIAL, njit
from reference.compiler.late import in_python

__all__ = [
    "STRETCH",
    "exp",
    "exp_normal",
    "expm1",
    "jobs",
    "larger",
    "largest",
    "like",
    "log",
    "normal",
    "parts",
    "relu",
    "sigmoid",
    "sin",
    "stretch",
    "stretches",
    "tanh",
    "total",
    "weight",
]

_POLYNOMIALS = {
    # (exp(r) - 1 - r) / r**2 for abs(r) <= log(2) / 2
    "exp": (
        (0.5000000026943624, 0.16666576968592153, 0.041666375177962754, 0.00836318147576816,
         0.0013941120335311215),
        (0.5000000000000001, 0.16666666666666674, 0.04166666666662413, 0.008333333333322422,
         0.0013888888917206966, 0.00019841269886264475, 2.48015213070615e-05,
         2.7557242491177345e-06, 2.7620083186884356e-07, 2.5110049217101324e-08),
    ),
    # (log((1 + s) / (1 - s)) - 2 s) / s**3 in s**2, for arguments between sqrt(1/2) and sqrt(2)
    "log": (
        (0.666666665526114, 0.40000123090287215, 0.28550698989043777, 0.23333418332539363),
        (0.6666666666666667, 0.400000000000013, 0.28571428570604623, 0.22222222428063346,
         0.1818179240905971, 0.15386389397462438, 0.13265294034008865, 0.13118687485008773),
    ),
    # (1 + 2 x) exp(x**2) erfc(x) in (x - k) / (x + k), k = 2 or 4, for every x >= 0 that matters
    "normal": (
        (1.2769783928722696, -0.0927639097650563, -0.16603142976250207, 0.16405335678570981,
         -0.05420424189079485, -0.008044913589212829, 0.008634855749066875,
         0.0012711116431697463, -0.0012496941126554336, -0.00035957846417098,
         2.8193176097752963e-05),
        (1.2329951186255526, -0.13962111684056291, 0.015379652102620586,
         0.06809705425473878, -0.10103906603634277, 0.09373283499675149,
         -0.06633036581175114, 0.03716751556303078, -0.016197734056436767,
         0.005031969752596358, -0.0007577733599525075, -0.00019925549868453872,
         0.00015062232141448083, -2.4403166372052325e-05, -1.1224985864331773e-05,
         5.717804265241236e-06, 3.0164062654146585e-07, -8.349424755659345e-07,
         6.249622245998977e-08, 1.1509887689578888e-07, -7.688689663676662e-09,
         -1.3561071381252156e-08, -1.7863062842072734e-09),
    ),
    # (sin(x) - x) / x**3 in x**2, for abs(x) <= pi / 2
    "sin": (
        (-0.1666666666388402, 0.008333332768645601, -0.00019841086447826102,
         2.753645027827277e-06, -2.4079801721295238e-08),
        (-0.16666666666666666, 0.008333333333333406, -0.00019841269841309642,
         2.7557319234122924e-06, -2.5052109778924755e-08, 1.6059152792240497e-10,
         -7.651995157440608e-13, 2.9243064469591233e-15, -1.8934134120735316e-17),
    ),
}  # fmt: skip
"""Coefficients (float32, float64), lowest first, with evenly spread relative error."""


def _parts(value: str, kind: Any) -> list[float]:
    """Cut a decimal number into three floats of which the first two have few digits."""
    from decimal import Decimal

    left, parts = Decimal(value), []
    for bits in (12, 12, 24) if kind is np.float32 else (33, 33, 53):
        mantissa, exponent = np.frexp(float(left))
        part = float(np.ldexp(np.rint(np.ldexp(mantissa, bits)), int(exponent) - bits))
        parts.append(part)
        left -= Decimal(part)
    return parts


_LN2 = "0.693147180559945309417232121458176568075500134360255254"
_PI = "3.141592653589793238462643383279502884197169399375105821"

_CONSTANTS: dict[str, tuple[float, float]] = {
    "zero": (0.0, 0.0),
    "half": (0.5, 0.5),
    "one": (1.0, 1.0),
    "two": (2.0, 2.0),
    "log2(e)": (1.4426950408889634, 1.4426950408889634),
    "1/pi": (0.3183098861837907, 0.3183098861837907),
    "exp from": (-104.0, -746.0),
    "exp to": (89.0, 710.0),
    "weight from": (-86.0, -707.0),
    "expm1 from": (-40.0, -40.0),
    "tanh to": (10.0, 20.0),
    "normal to": (15.0, 40.0),
    "normal's middle": (2.0, 4.0),
    "1/sqrt(2)": (0.7071067811865476, 0.7071067811865476),
    "smallest": (float(np.finfo(np.float32).tiny), float(np.finfo(np.float64).tiny)),
    "lift": (2.0**24, 2.0**53),
    "lifted": (24.0, 53.0),
    **{
        f"{name} {i}": (_parts(value, np.float32)[i], _parts(value, np.float64)[i])
        for name, value in (("ln2", _LN2), ("pi", _PI))
        for i in range(3)
    },
}


# --- numbers and bits of the argument's type ------------------------------------------------------


@intrinsic(prefer_literal=True)
def _constant(typing, x, name):
    """Return the constant of that name in the type of x."""
    value = _CONSTANTS[name.literal_value][x != types.float32]

    def generate(context, builder, signature, args):
        return context.get_constant(x, value)

    return x(x, name), generate


@in_python(_constant)
def _double(x, name):
    """Return the constant of that name."""
    return np.float64(_CONSTANTS[name][1])


@intrinsic
def _like(typing, x, number):
    """See `like`."""

    def generate(context, builder, signature, args):
        return context.cast(builder, args[1], number, x)

    return x(x, number), generate


@in_python(_like)
def _as_double(x, number):
    """See `like`."""
    return np.float64(number) if isinstance(x, float) else int(number)


@intrinsic(prefer_literal=True)
def _polynomial(typing, x, name):
    """Return the polynomial of that name at x, by Horner's rule in fused steps."""
    coefficients = _POLYNOMIALS[name.literal_value][x != types.float32]

    def generate(context, builder, signature, args):
        *others, value = (context.get_constant(x, c) for c in coefficients)
        for coefficient in reversed(others):
            value = _fused(context, builder, x, (value, args[0], coefficient))
        return value

    return x(x, name), generate


def _fused(context: Any, builder: Any, kind: Any, args: Any) -> ir.Value:
    """Write a * b + c, rounded once where the processor can."""
    number = context.get_value_type(kind)
    name = f"llvm.fmuladd.f{32 if kind == types.float32 else 64}"
    function = builder.module.globals.get(name)
    if function is None:
        function = ir.Function(builder.module, ir.FunctionType(number, [number] * 3), name)
    return builder.call(function, args)


@intrinsic
def _fma(typing, a, b, c):
    """Return a * b + c, rounded once where the processor can."""

    def generate(context, builder, signature, args):
        return _fused(context, builder, a, args)

    return a(a, a, a), generate


def _layout(kind: Any) -> tuple[ir.Type, int, int, int]:
    """Return the integer type, the fraction's bits, the exponent's bias, the bits of 1/2**.5."""
    if kind == types.float32:
        return ir.IntType(32), 23, 127, 0x3F3504F3
    return ir.IntType(64), 52, 1023, 0x3FE6A09E667F3BCD


@intrinsic
def _power_of_two(typing, n):
    """Return 2**n for a whole number n, of which the power is a normal number."""

    def generate(context, builder, signature, args):
        integer, fraction, bias, _ = _layout(n)
        whole = builder.fptosi(args[0], integer)
        raised = builder.shl(builder.add(whole, integer(bias)), integer(fraction))
        return builder.bitcast(raised, context.get_value_type(n))

    return n(n), generate


@intrinsic
def _grown(typing, n, p):
    """Return 2**n * (1 + p) for a whole number n.

    In two steps: 2**n itself may be too large, or too small, for a float.
    """

    def generate(context, builder, signature, args):
        integer, fraction, bias, _ = _layout(n)
        whole, kind = builder.fptosi(args[0], integer), context.get_value_type(n)

        def power(exponent: ir.Value) -> ir.Value:
            raised = builder.shl(builder.add(exponent, integer(bias)), integer(fraction))
            return builder.bitcast(raised, kind)

        half = builder.ashr(whole, integer(1))
        first, second = power(half), power(builder.sub(whole, half))
        return builder.fmul(_fused(context, builder, n, (args[1], first, first)), second)

    return n(n, p), generate


@intrinsic
def _split(typing, x):
    """Return (m, e) with x = m * 2**e and m from sqrt(1/2) to sqrt(2), for a normal x > 0."""

    def generate(context, builder, signature, args):
        integer, fraction, _, root_half = _layout(x)
        bits = builder.bitcast(args[0], integer)
        exponent = builder.ashr(builder.sub(bits, integer(root_half)), integer(fraction))
        mantissa = builder.sub(bits, builder.shl(exponent, integer(fraction)))
        kind = context.get_value_type(x)
        pair = builder.bitcast(mantissa, kind), builder.sitofp(exponent, kind)
        return context.make_tuple(builder, signature.return_type, pair)

    return types.UniTuple(x, 2)(x), generate


# --- the same in Python ---------------------------------------------------------------------------

if llvm.get_host_cpu_features().get("fma") or NAME == "neon":
    _library = ctypes.CDLL(None)
    _rounded_once = _library.fma
    _rounded_once.argtypes, _rounded_once.restype = [ctypes.c_double] * 3, ctypes.c_double

    @in_python(_fma)
    def _fma_in_python(a, b, c):
        """See `_fma`."""
        return np.float64(_rounded_once(a, b, c))

    @in_python(_polynomial)
    def _polynomial_in_python(x, name):
        """See `_polynomial`."""
        *others, value = _POLYNOMIALS[name][1]
        for coefficient in reversed(others):
            value = _rounded_once(value, x, coefficient)
        return np.float64(value)

    @in_python(_grown)
    def _grown_in_python(n, p):
        """See `_grown`."""
        whole = int(n)
        first, second = math.ldexp(1, whole >> 1), math.ldexp(1, whole - (whole >> 1))
        return np.float64(_rounded_once(p, first, first) * second)


@in_python(_power_of_two)
def _power_in_python(n):
    """See `_power_of_two`."""
    return np.float64(math.ldexp(1, int(n)))


@in_python(_split)
def _split_in_python(x):
    """See `_split`."""
    (bits,) = struct.unpack("q", struct.pack("d", x))
    exponent = (bits - 0x3FE6A09E667F3BCD) >> 52
    (mantissa,) = struct.unpack("d", struct.pack("q", bits - (exponent << 52)))
    return np.float64(mantissa), np.float64(exponent)


# --- sums and maxima along a row ------------------------------------------------------------------


@intrinsic
def _larger(typing, a, b):
    """See `larger`."""

    def generate(context, builder, signature, args):
        number = context.get_value_type(a)
        name = f"llvm.maximum.f{32 if a == types.float32 else 64}"
        function = builder.module.globals.get(name)
        if function is None:
            function = ir.Function(builder.module, ir.FunctionType(number, [number] * 2), name)
        return builder.call(function, args)

    return a(a, a), generate


@in_python(_larger)
def _larger_in_python(a, b):
    """See `larger`."""
    return a if a != a or a > b or (a == b and not np.signbit(a)) else b


@njit(**INSERTED)
def larger(a, b):
    """Return the larger number; NaN if one is. A loop over it takes many numbers at a time."""
    return _larger(a, b)


STRANDS = 64
"""Partial sums of a row: number k takes the elements k, k + 64, k + 128 and so on."""

STRETCH = 1024
"""Terms that a loss sums together: so many stay in the first cache between two loops."""

BATCH = 16
"""Stretches that one job takes."""


def _emit_total(function: ir.Function, element: ir.Type, lanes: int) -> None:
    """Write the sum of a row: in one vector of all strands, then half of them on the other half.

    Nothing is left to the compiler to reorder, and strands are counted from the row's first
    element: neither where the row lies nor who sums it changes a bit.
    """
    row, count = function.args
    emit = Emitter(function, element, STRANDS)
    builder = emit.builder

    def more(i: ir.Value, sums: list[ir.Value], mask: Any = None) -> list[ir.Value]:
        return [builder.fadd(sums[0], emit.load(emit.at(row, i), mask))]

    sums, end = emit.loop(count, [emit.zero()], more, STRANDS)
    left = builder.sub(count, end)
    if FREE_MASKS:
        edge, ragged = emit.mask(left), builder.icmp_signed(">", left, INT(0))
        (sums,) = emit.when(ragged, [sums], lambda: more(end, [sums], edge))
    else:
        room = builder.alloca(emit.vector)
        builder.store(sums, room)
        strands = builder.bitcast(room, element.as_pointer())

        def single(k: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
            number = builder.load(emit.at(row, builder.add(end, k)))
            builder.store(builder.fadd(emit.entry(strands, k), number), emit.at(strands, k))
            return []

        emit.loop(left, [], single)
        sums = builder.load(room)
    step = STRANDS // 2
    while step:
        halves = list(range(step)), list(range(step, 2 * step))
        sums = builder.fadd(*(emit.shuffle(sums, sums, half) for half in halves))
        step //= 2
    builder.ret(builder.extract_element(sums, ir.IntType(32)(0)))


_total = emitted("total", _emit_total)

if NAME != "plain":

    @intrinsic
    def _total_code(typing, row, count):
        """See `total`."""
        return row.dtype(row, count), _total

else:

    @njit(**SERIAL)
    def _total_code(row, count):
        """See `total`."""
        sums = np.zeros(STRANDS, row.dtype)
        for i in range(count):
            sums[i % STRANDS] += row[i]
        half = STRANDS // 2
        while half:
            for k in range(half):
                sums[k] += sums[k + half]
            half //= 2
        return sums[0]


def _emit_largest(function: ir.Function, element: ir.Type, lanes: int) -> None:
    """Write the search for the largest number of a row, in one vector of all strands."""
    row, count = function.args
    emit = Emitter(function, element, STRANDS)
    builder = emit.builder
    truth = ir.VectorType(ir.IntType(1), STRANDS)
    least = ir.Constant(emit.vector, [element(-np.inf)] * STRANDS)

    def more(i: ir.Value, found: list[ir.Value], mask: Any = None) -> list[ir.Value]:
        top, lost = found
        numbers = emit.load(emit.at(row, i), mask)
        if mask is not None:
            numbers = builder.select(mask, numbers, least)
        lost = builder.or_(lost, builder.fcmp_unordered("uno", numbers, numbers))
        return [builder.select(builder.fcmp_ordered(">", numbers, top), numbers, top), lost]

    top, lost, end = emit.loop(count, [least, ir.Constant(truth, None)], more, STRANDS)
    left = builder.sub(count, end)
    ragged = builder.icmp_signed(">", left, INT(0))
    edge = emit.mask(left)
    top, lost = emit.when(ragged, [top, lost], lambda: more(end, [top, lost], edge))
    step = STRANDS // 2
    while step:
        halves = list(range(step)), list(range(step, 2 * step))
        one, other = (emit.shuffle(top, top, half) for half in halves)
        top = builder.select(builder.fcmp_ordered(">", one, other), one, other)
        step //= 2
    most = builder.extract_element(top, ir.IntType(32)(0))
    bits = builder.bitcast(lost, ir.IntType(STRANDS))
    nothing = builder.icmp_unsigned("==", bits, ir.IntType(STRANDS)(0))
    builder.ret(builder.select(nothing, most, element(np.nan)))


_largest = emitted("largest", _emit_largest)

if FREE_MASKS:

    @intrinsic
    def _largest_code(typing, row, count):
        """See `largest`."""
        return row.dtype(row, count), _largest

else:

    @njit(**SERIAL)
    def _largest_code(row, count):
        """See `largest`."""
        top = row[0]
        for i in range(count):
            top = _larger(top, row[i])
        return top


@njit(**SERIAL)
def largest(row):
    """Return the largest number of a row; NaN if one is."""
    return _largest_code(np.ascontiguousarray(row), row.size)


@njit(**SERIAL)
def total(row):
    """Return the sum of a row, in its type: the same bits wherever it lies and whoever asks.

    A loss writes its terms into a row of at most `STRETCH`, where the loop becomes vector code,
    then takes their sum: a sum inside that loop would have to wait for each addition, or let the
    compiler choose the order.
    """
    return _total_code(np.ascontiguousarray(row), row.size)


@njit(**INSERTED)
def stretches(terms):
    """Return room for the sums over stretches, in float64: it keeps the digits of many terms."""
    return np.empty((terms.size + STRETCH - 1) // STRETCH)


@njit(**INSERTED)
def jobs(sums):
    """Return how many jobs there are: each takes stretches enough to be worth its start."""
    return (sums.size + BATCH - 1) // BATCH


@njit(**INSERTED)
def parts(job, sums):
    """Return a job's first stretch, and the first one after them."""
    return job * BATCH, min((job + 1) * BATCH, sums.size)


@njit(**INSERTED)
def stretch(part, size):
    """Return where a stretch begins and ends in so many terms."""
    return part * STRETCH, min((part + 1) * STRETCH, size)


# --- the functions --------------------------------------------------------------------------------


@njit(**INSERTED)
def like(x, number):
    """Return a number in the type of x; one as it is written would make float64 of float32."""
    return _like(x, number)


@njit(**SERIAL)
def _powers(x):
    """Return (n, p) with exp(x) = 2**n * (1 + p) and n whole, for a number in range."""
    n = np.floor(_fma(x, _constant(x, "log2(e)"), _constant(x, "half")))
    r = _fma(-n, _constant(x, "ln2 1"), _fma(-n, _constant(x, "ln2 0"), x))  # exact, both
    r = _fma(-n, _constant(x, "ln2 2"), r)
    return n, _fma(r * r, _polynomial(r, "exp"), r)


@njit(**SERIAL)
def exp(x):
    """Return e**x."""
    low, high = _constant(x, "exp from"), _constant(x, "exp to")
    inside = x if x > low else low  # NaN too: it must not become an integer
    inside = inside if inside < high else high
    n, p = _powers(inside)
    result = _grown(n, p)
    return result if x == x else x


@njit(**SERIAL)
def exp_normal(x):
    """Return e**x where that is a normal number, in fewer steps than `exp`; x is finite."""
    n, p = _powers(x)
    scale = _power_of_two(n)
    return _fma(p, scale, scale)


@njit(**SERIAL)
def weight(x):
    """Return e**x for an x of at most 0, in fewer steps than `exp`; 0 where that is hardly normal.

    Numbers too small for their type are slow. NaN gets a number: who may meet it looks for it.
    """
    low = _constant(x, "weight from")
    found = exp_normal(x if x > low else low)  # NaN too: it must not become an integer
    return _constant(x, "zero") if x < low else found


@njit(**SERIAL)
def expm1(x):
    """Return e**x - 1, with all digits near 0."""
    low, high, half = _constant(x, "expm1 from"), _constant(x, "exp to"), _constant(x, "half")
    inside = x if x > low else low  # NaN too: it must not become an integer
    inside = inside if inside < high else high
    n, p = _powers(inside)
    scale = _power_of_two(n - _constant(x, "one"))  # 2**n itself may be too large for a float
    result = _constant(x, "two") * _fma(scale, p, scale - half)
    return result if abs(x) >= _constant(x, "smallest") else x  # NaN too


@njit(**SERIAL)
def log(x):
    """Return the natural logarithm."""
    zero, one = _constant(x, "zero"), _constant(x, "one")
    tiny = x < _constant(x, "smallest")
    lifted = x * _constant(x, "lift") if tiny else x
    m, e = _split(lifted)
    e = e - (_constant(x, "lifted") if tiny else zero)
    f = m - one
    s = f / (one + m)
    z = s * s
    # log(m) = f - s (f - z R(z)): the small part is small against f
    rest = s * (f - z * _polynomial(z, "log"))
    small = _fma(e, _constant(x, "ln2 1") + _constant(x, "ln2 2"), -rest)
    result = _fma(e, _constant(x, "ln2 0"), f + small)
    result = x if x == x + one and x > one and x - x != zero else result  # infinity
    result = -one / zero if x == zero else result
    return result if x >= zero else (x - x) / zero


@njit(**SERIAL)
def sigmoid(x):
    """Return 1 / (1 + exp(-x))."""
    one = _constant(x, "one")
    return one / (one + exp(-x))


@njit(**SERIAL)
def tanh(x):
    """Return the hyperbolic tangent, as e / (e + 2) with e = exp(2 abs(x)) - 1."""
    one, most = _constant(x, "one"), _constant(x, "tanh to")
    size = abs(x)
    size = size if size < most else most
    n, p = _powers(size + size)
    scale = _power_of_two(n)
    e = _fma(scale, p, scale - one)
    result = e / (e + _constant(x, "two"))
    result = result if x > _constant(x, "zero") else -result
    return result if x == x and x != _constant(x, "zero") else x


@njit(**INLINE)
def normal(x):
    """Return ``exp(-x**2 / 2)`` and the probability that a standard normal number is below x."""
    one, half, most = _constant(x, "one"), _constant(x, "half"), _constant(x, "normal to")
    size = abs(x)
    size = size if size < most else most  # NaN too
    square = size * size
    lost = _fma(size, size, -square)  # what rounding took from the square
    bell = exp(-half * square) * (one - half * lost)
    u, middle = size * _constant(x, "1/sqrt(2)"), _constant(x, "normal's middle")
    scaled = _polynomial((u - middle) / (u + middle), "normal") / (one + u + u)
    tail = half * bell * scaled
    below = one - tail if x > _constant(x, "zero") else tail
    return (bell if x == x else x), (below if x == x else x)


@njit(**SERIAL)
def sin(x):
    """Return the sine: x less a multiple of pi, and the sign of that multiple."""
    half, two = _constant(x, "half"), _constant(x, "two")
    n = np.floor(_fma(x, _constant(x, "1/pi"), half))
    r = _fma(-n, _constant(x, "pi 1"), _fma(-n, _constant(x, "pi 0"), x))
    r = _fma(-n, _constant(x, "pi 2"), r)
    z = r * r
    value = _fma(r * z, _polynomial(z, "sin"), r)
    odd = n - two * np.floor(n * half)
    result = value - two * odd * value
    return result if x != _constant(x, "zero") else x


@njit(**INSERTED)
def relu(x):
    """Return the larger of x and 0; NaN for NaN."""
    zero = _constant(x, "zero")
    return zero if x < zero else x
