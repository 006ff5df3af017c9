"""The wire: what goes in comes out, bit for bit; what does not fit is refused before it costs."""

from __future__ import annotations

import contextlib
import random
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from autograder.sandbox import wire
from autograder.sandbox.wire import (
    Callback,
    Caps,
    GeneratorSeed,
    WireError,
    WrongType,
    decode,
    encode,
)

DTYPES = (*("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"),)
SIZES = nps.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
ARRAYS = st.sampled_from(DTYPES).flatmap(lambda dtype: nps.arrays(dtype, SIZES))
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**127), 2**127 - 1)
    | st.floats()
    | st.complex_numbers()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | ARRAYS
    | ARRAYS.filter(lambda array: array.size).map(lambda array: array.reshape(-1)[0])
)
KEYS = st.integers(-(2**127), 2**127 - 1) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=5
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


def through(value, caps=wire.INPUTS):
    return decode(bytearray(encode(value, caps)), caps)


def same(a, b) -> bool:
    """Compare types and bits, layouts of memory apart."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray | np.generic):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, float):
        return struct.pack("d", a) == struct.pack("d", b)
    if isinstance(a, complex):
        return same((a.real, a.imag), (b.real, b.imag))
    return a == b


@settings(suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(VALUES)
def test_what_goes_in_comes_out(value):
    assert same(value, through(value))
    assert same(value, through(value, wire.OUTPUTS))


@given(ARRAYS, st.integers(0, 4))
def test_a_layout_survives(array, kind):
    if array.ndim and kind == 1:
        array = np.asfortranarray(array)
    if array.ndim and kind == 2:
        array = np.repeat(array, 2, axis=-1)[..., ::2]
    if array.ndim and kind == 3:
        array = array[::-1]
    if array.ndim and kind == 4:
        array = array[..., ::-1]
    there = through(array)
    assert same(array, there)
    assert array.flags.c_contiguous == there.flags.c_contiguous
    assert array.flags.f_contiguous == there.flags.f_contiguous
    if not (array.flags.c_contiguous or array.flags.f_contiguous):
        assert (array.strides[-1] < 0) == (there.strides[-1] < 0)
    assert there.flags.writeable
    assert there.flags.aligned


def test_not_a_number_keeps_its_payload():
    odd = np.array([0x7FF8_0000_0000_1234, 0xFFF0_0000_0000_0001], np.uint64).view(float)
    assert odd.tobytes() == through(odd).tobytes()


def test_another_byte_order_becomes_the_machine_s_own():
    there = through(np.arange(3, dtype=">i4"))
    assert np.dtype("i4") == there.dtype
    assert there.tolist() == [0, 1, 2]


def test_inputs_carry_seeds_and_callbacks():
    callback = Callback(3, ("step",), {"action_space.n": 4})
    assert [GeneratorSeed(7), callback] == through([GeneratorSeed(7), callback])
    data = bytearray(encode((GeneratorSeed(7), callback)))
    assert decode(
        data,
        special=lambda item: item.value * 2 if type(item) is GeneratorSeed else item.methods[0],
    ) == (14, "step")


@pytest.mark.parametrize("item", [GeneratorSeed(1), Callback(1)])
def test_outputs_do_not(item):
    with pytest.raises(WrongType):
        encode(item, wire.OUTPUTS)
    with pytest.raises(WireError, match="unknown tag"):
        decode(encode(item), wire.OUTPUTS)


class Sub(np.ndarray):
    pass


class Text(str):
    pass


class Hostile:
    @property
    def __class__(self):
        raise RuntimeError("no questions")


WRONG = {
    "Sub": np.zeros(2).view(Sub),
    "MaskedArray": np.ma.masked_all(2),
    "ndarray of dtype object": np.array([None]),
    "ndarray of dtype str": np.array(["a"]),
    "ndarray of dtype void": np.zeros(1, [("a", float)]),
    "ndarray of dtype M64": np.zeros(1, "M8[s]"),
    "ndarray of 9 dimensions": np.zeros((1,) * 9),
    "Text": Text("a"),
    "Hostile": Hostile(),
    "set": {1},
    "generator": (i for i in ()),
    "function": lambda: 0,
    "dict with keys of type float": {1.0: 1},
    "int of more than 128 bits": 1 << 200,
    "str with lone surrogates": "\ud800",
    "object": type("x" * 70, (), {})(),
}


@pytest.mark.parametrize("name", WRONG)
def test_other_types_are_named_and_refused(name):
    with pytest.raises(WrongType, match=f"^{name}$"):
        encode([WRONG[name]], wire.OUTPUTS)


def test_a_type_with_a_hostile_name_is_an_object():
    for name in ("<b>", "a b", "é", "a\n"):
        assert wire.type_name(type(name, (), {})()) == "object"


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


def test_sizes_are_capped_before_anything_is_made():
    endless: list = []
    endless.append(endless)
    for value, caps in (
        (nested(40), wire.OUTPUTS),
        (endless, wire.OUTPUTS),
        ([0] * 100_001, wire.OUTPUTS),
        ("x" * 100_001, wire.OUTPUTS),
        (["x" * 100_000] * 17, wire.OUTPUTS),
        (np.broadcast_to(0.0, (10**6, 10**6)), wire.OUTPUTS),
        (np.zeros(200), Caps(size=1000)),
    ):
        tracemalloc.start()
        with pytest.raises(WireError):
            encode(value, caps)
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
        tracemalloc.stop()


def array_claiming(shape, order=0, code=11):
    head = struct.pack(f"<cBBB{len(shape)}Q", b"A", code, order, len(shape), *shape)
    return head + bytes(-len(head) % 16) + bytes(64)


LIES = {
    "nothing": b"",
    "a lone tag": b"i",
    "an unknown tag": b"?",
    "two values": b"NN",
    "four billion items": b"l" + struct.pack("<I", 2**32 - 1),
    "more items than bytes": b"t" + struct.pack("<I", 90_000) + b"N" * 100,
    "a long text": b"s" + struct.pack("<I", 2**31) + b"x",
    "a text that is not UTF-8": b"s" + struct.pack("<I", 2) + b"\xff\xfe",
    "an exabyte": array_claiming((2**60,)),
    "an overflow": array_claiming((2**32, 2**32)),
    "an overflow to nothing": array_claiming((2**63, 2)),
    "an absurd empty array": array_claiming((2**62, 0)),
    "an empty array of absurd axes": array_claiming((0, *[2**26] * 3))[:-64],
    "an empty array of absurd axes, in columns": array_claiming((0, *[2**26] * 3), order=1)[:-64],
    "too many axes": array_claiming((1,) * 9),
    "an unknown dtype": array_claiming((8,), code=99),
    "an unknown order": array_claiming((8,), order=7),
    "a scalar with axes": array_claiming((8,), order=3),
    "more than it holds": array_claiming((9,)),
    "less than it holds": array_claiming((7,)),
    "a key of the wrong type": b"d" + struct.pack("<I", 1) + b"NN",
    "depth": b"l\1\0\0\0" * 40 + b"N",
    "a seed that is none": b"SN",
    "a callback that is none": b"CN",
}


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("caps", [wire.INPUTS, wire.OUTPUTS])
def test_lies_are_refused_before_anything_is_allocated(lie, caps):
    tracemalloc.start()
    with pytest.raises(WireError):
        decode(LIES[lie], caps)
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


EXTREMES = (0, 1, 2**16, 2**24, 2**26, 2**31, 2**32 - 1, 2**63, 2**64 - 1)


def mutate(data: bytes, rng: random.Random) -> bytes:
    """Damage a message: flip, cut, repeat, splice, or put in an extreme number."""
    raw = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(raw) + 1)
        kind = rng.randrange(6)
        if kind == 0 and raw:
            raw[at % len(raw)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del raw[at : at + rng.randint(1, 9)]
        elif kind == 2:
            raw[at:at] = raw[at : at + rng.randint(1, 30)]
        elif kind == 3:
            raw[at : at + 8] = struct.pack("<Q", rng.choice(EXTREMES))
        elif kind == 4:
            raw[at:at] = rng.choice([b"A", b"l", b"d", b"t", b"s", b"C", b"S", b"i", b"\xff" * 4])
        else:
            raw[at : at + 4] = rng.randbytes(4)
    return bytes(raw)


SAMPLES = [
    encode(value)
    for value in (
        None,
        [1, 2.5, "text", {"a": 1, 2: (True, 1j)}],
        (np.arange(12.0).reshape(3, 4), np.float32(1.5), np.zeros((2, 0), bool)),
        {"x": np.asfortranarray(np.ones((2, 3))), "y": np.arange(8)[::2]},
        (GeneratorSeed(3), Callback(1, ("reset", "step"), {"action_space.n": 2})),
        [[[[["deep"]]]]],
    )
]


def fuzz(count: int, seed: int) -> int:
    """Decode damaged messages; return how many were still values."""
    rng = random.Random(seed)
    survived = 0
    for number in range(count):
        data = mutate(rng.choice(SAMPLES), rng)
        caps = wire.INPUTS if number % 2 else wire.OUTPUTS
        if number % 50 == 0:
            tracemalloc.start()
        try:
            value = decode(bytearray(data), caps)
        except WireError:
            pass
        else:
            survived += 1
            assert len(encode(value)) < 10_000
        if number % 50 == 0:
            assert tracemalloc.get_traced_memory()[1] < 1 << 20
            tracemalloc.stop()
    return survived


def test_damaged_messages_raise_nothing_unexpected():
    assert 0 < fuzz(4000, 1) < 4000


@pytest.mark.slow
def test_a_hundred_thousand_damaged_messages():
    assert 0 < fuzz(100_000, 2) < 100_000


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200))
def test_noise_raises_nothing_unexpected(data):
    for caps in (wire.INPUTS, wire.OUTPUTS):
        with contextlib.suppress(WireError):
            decode(data, caps)


def test_the_number_a_tuple_begins_with_is_read_alone():
    def handle(value) -> int | None:
        return wire.handle_of(np.frombuffer(wire.encode(value), np.uint8))

    assert handle((77, "anything", np.ones(3))) == 77
    assert handle((-1,)) == -1
    assert [handle(value) for value in ((), ("a",), [1], 1, "text of some length")] == [None] * 5
    assert wire.handle_of(np.frombuffer(wire.encode((1,))[:-1], np.uint8)) is None
