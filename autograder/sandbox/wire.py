"""Carry values between the judge and a worker without trusting either side's bytes.

Every value is a tag followed by its content. Types are exact: a subclass, an object array, a masked
array or anything lazy has no tag and cannot travel. Whatever a message claims about its size is
checked against `Caps` and against the bytes really there before anything is allocated; nothing is
ever unpickled. An array carries its memory layout: a non-contiguous case stays non-contiguous.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from autograder.values.nested import Array

Bytes: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]
DEPTH: Final = 32
DIMS: Final = 8
INT_BYTES: Final = 17  # 128 bits and a sign
ALIGN: Final = 16

_DTYPES: Final = tuple(
    np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
)
_CODES: Final = {(dtype.kind, dtype.itemsize): code for code, dtype in enumerate(_DTYPES)}
_SCALARS: Final = frozenset({dtype.type for dtype in _DTYPES} | {np.longlong, np.ulonglong})
_HEADS: Final = tuple(struct.Struct(f"<cBBB{ndim}Q") for ndim in range(DIMS + 1))
_FLOAT: Final = struct.Struct("<cd")
_COUNT: Final = struct.Struct("<cI")
_DOUBLE: Final = struct.Struct("<d")
_COMPLEX: Final = struct.Struct("<dd")
_KIND: Final = struct.Struct("<BBB")
_LENGTH: Final = struct.Struct("<I")
_SHAPES: Final = tuple(struct.Struct(f"<{ndim}Q") for ndim in range(DIMS + 1))
_TAGS: Final = tuple(bytes([number]) for number in range(256))
_LETTERS: Final[tuple[Literal["C", "F"], ...]] = ("C", "F", "C", "C", "C")  # by the order
_HANDLE: Final = 6  # bytes before the number: a tuple's tag and length, an int's tag
_C_ORDER, _F_ORDER, _STRIDED, _SCALAR, _BACKWARDS = range(5)


class WireError(ValueError):
    """A message is malformed or larger than its caps allow."""


class WrongType(WireError):
    """A value is of a type that does not travel; the message is the type's name."""


@dataclass(frozen=True)
class Caps:
    """What one message may cost its reader.

    Parameters
    ----------
    size : int
        Bytes of the whole message.
    nodes : int
        Values in it, nested ones counted.
    text : int
        Characters of one string; sixteen times as many of all together.
    special : bool
        Whether `GeneratorSeed` and `Callback` may occur: inputs carry them, outputs never.
    """

    size: int = 64 << 20
    nodes: int = 100_000
    text: int = 100_000
    special: bool = False


INPUTS: Final = Caps(size=256 << 20, text=1 << 20, special=True)  # a source is a text
OUTPUTS: Final = Caps()


@dataclass(frozen=True)
class GeneratorSeed:
    """Arrives in the worker as ``np.random.Generator(np.random.PCG64(value))``."""

    value: int


LASTING: Final = 1 << 56


@dataclass(frozen=True)
class Callback:
    """Arrives in the worker as a proxy: calling it, or one of its methods, asks the judge.

    Parameters
    ----------
    handle : int
        The key of the function in the judge's table of callbacks. One from `LASTING` on answers
        the same question alike in every call.
    methods : tuple of str
        Names that call the judge; a dotted name makes a nested proxy.
    attributes : dict
        Plain values read on the spot; a dotted name makes a nested proxy.
    """

    handle: int
    methods: tuple[str, ...] = ()
    attributes: dict[str, object] = field(default_factory=dict)


def encode(value: object, caps: Caps = INPUTS) -> bytes:
    """Write `value` as bytes.

    Raises
    ------
    WrongType
        A value in it has a type that does not travel.
    WireError
        It is too large, too deep or has too many parts.
    """
    writer = _Writer(caps)
    writer.put(value, 0)
    return b"".join(writer.chunks)


def decode(
    data: bytes | bytearray | Bytes,
    caps: Caps = INPUTS,
    special: Callable[[GeneratorSeed | Callback], object] | None = None,
) -> Any:
    """Read the value written in `data`; arrays share its memory where the layout allows.

    `special` turns a `GeneratorSeed` or a `Callback` into what stands for it here; without it they
    stay.

    Raises
    ------
    WireError
        The bytes are not exactly one value within the caps.
    """
    view = data.data if isinstance(data, np.ndarray) else memoryview(data)
    if len(view) > caps.size:
        raise WireError(f"expected at most {caps.size} bytes, got {len(view)}")
    reader = _Reader(view, caps, special)
    value = reader.get(0)
    if reader.at != len(view):
        raise WireError("bytes left over after the value")
    return value


def handle_of(data: Bytes) -> int | None:
    """Return the int that a written tuple begins with, reading nothing else; None without one."""
    head = bytes(data[: _HANDLE + INT_BYTES])
    if len(head) < _HANDLE + INT_BYTES or head[:1] != b"t" or head[_HANDLE - 1 : _HANDLE] != b"i":
        return None
    return int.from_bytes(head[_HANDLE:], "little", signed=True)


def arrays_in(value: object) -> Iterator[Array]:
    """Yield every array in a nested value of plain containers."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from arrays_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from arrays_in(item)


def type_name(value: object) -> str:
    """Name the type of `value` if the name is harmless, else ``"object"``."""
    name = type.__getattribute__(type(value), "__name__")
    harmless = type(name) is str and len(name) <= 60 and name.isascii() and name.isidentifier()
    return name if harmless else "object"


def _is_named_tuple(value: object) -> bool:
    """Tell whether it is a tuple with names for its places: it passes as the tuple it is."""
    kind = type(value)  # the value itself may be hostile: it is not asked
    return type.__getattribute__(kind, "__base__") is tuple and "_fields" in type.__getattribute__(
        kind, "__dict__"
    )


class _Writer:
    def __init__(self, caps: Caps) -> None:
        self.caps = caps
        self.chunks: list[bytes] = []
        self.size = 0
        self.text = 16 * caps.text
        self.nodes = 0

    def write(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self.size > self.caps.size:
            raise WireError(f"larger than {self.caps.size} bytes")
        self.chunks.append(chunk)

    def grow(self, size: int) -> None:
        self.size += size
        if self.size > self.caps.size:
            raise WireError(f"larger than {self.caps.size} bytes")

    def put(self, value: Any, depth: int) -> None:
        self.nodes += 1
        if self.nodes > self.caps.nodes:
            raise WireError(f"more than {self.caps.nodes} values")
        if depth > DEPTH:
            raise WireError(f"nested deeper than {DEPTH}")
        kind = type(value)
        if kind is np.ndarray:  # the most frequent first
            self.put_array(value, scalar=False)
        elif value is None:
            self.write(b"N")
        elif kind is bool:
            self.write(b"T" if value else b"F")
        elif kind is float:
            self.write(_FLOAT.pack(b"f", value))
        elif kind is int:
            self.put_int(value)
        elif kind is complex:
            self.write(b"c" + struct.pack("<dd", value.real, value.imag))
        elif kind is str:
            self.put_text(value)
        elif kind in _SCALARS:
            self.put_array(np.asarray(value), scalar=True)
        elif kind is tuple or kind is list or _is_named_tuple(value):
            self.write(_COUNT.pack(b"l" if kind is list else b"t", len(value)))
            for item in tuple.__iter__(value) if kind is not list else value:
                self.put(item, depth + 1)
        elif kind is dict:
            self.put_dict(value, depth)
        elif self.caps.special and kind is GeneratorSeed:
            self.write(b"S")
            self.put_int(value.value)
        elif self.caps.special and kind is Callback:
            self.write(b"C")
            self.put((value.handle, value.methods, value.attributes), depth + 1)
        else:
            raise WrongType(type_name(value))

    def put_int(self, value: int) -> None:
        if value.bit_length() > 128:
            raise WrongType("int of more than 128 bits")
        self.write(b"i" + value.to_bytes(INT_BYTES, "little", signed=True))

    def put_text(self, value: str) -> None:
        self.text -= len(value)
        if len(value) > self.caps.text or self.text < 0:
            raise WireError(f"text longer than {self.caps.text} characters")
        try:
            raw = value.encode()
        except UnicodeEncodeError:
            raise WrongType("str with lone surrogates") from None
        self.write(_COUNT.pack(b"s", len(raw)) + raw)

    def put_dict(self, value: dict[object, object], depth: int) -> None:
        self.write(_COUNT.pack(b"d", len(value)))
        for key, item in value.items():
            if type(key) is not str and type(key) is not int:
                raise WrongType(f"dict with keys of type {type_name(key)}")
            self.put(key, depth + 1)
            self.put(item, depth + 1)

    def put_array(self, array: Array, *, scalar: bool) -> None:
        dtype = array.dtype
        code = _CODES.get((dtype.kind, dtype.itemsize))
        if code is None:
            raise WrongType(f"ndarray of dtype {_dtype_name(dtype)}")
        if array.ndim > DIMS:
            raise WrongType(f"ndarray of {array.ndim} dimensions")
        order = _SCALAR if scalar else _layout(array)
        head = _HEADS[array.ndim].pack(b"A", code, order, array.ndim, *array.shape)
        self.write(head + bytes(-(self.size + len(head)) % ALIGN))
        self.grow(array.nbytes)
        native = array if dtype is _DTYPES[code] else array.astype(_DTYPES[code], copy=False)
        self.chunks.append(native.tobytes("F" if order == _F_ORDER else "C"))


def _layout(array: Array) -> int:
    if array.flags.c_contiguous:
        return _C_ORDER
    if array.flags.f_contiguous:
        return _F_ORDER
    return _BACKWARDS if array.strides[-1] < 0 else _STRIDED


def _dtype_name(dtype: np.dtype[Any]) -> str:
    return {"O": "object", "U": "str", "S": "bytes", "V": "void"}.get(
        dtype.kind, dtype.kind + str(dtype.itemsize * 8)
    )


class _Reader:
    def __init__(
        self,
        view: memoryview,
        caps: Caps,
        special: Callable[[GeneratorSeed | Callback], object] | None,
    ) -> None:
        self.view = view
        self.end = len(view)
        self.caps = caps
        self.special = special
        self.at = 0
        self.nodes = 0
        self.text = 16 * caps.text

    def take(self, size: int) -> memoryview:
        if size > self.end - self.at:
            raise WireError("message cut short")
        self.at += size
        return self.view[self.at - size : self.at]

    def unpack(self, form: struct.Struct) -> tuple[Any, ...]:
        if form.size > self.end - self.at:
            raise WireError("message cut short")
        self.at += form.size
        return form.unpack_from(self.view, self.at - form.size)

    def get(self, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > self.caps.nodes:
            raise WireError(f"more than {self.caps.nodes} values")
        if depth > DEPTH:
            raise WireError(f"nested deeper than {DEPTH}")
        if self.at == self.end:
            raise WireError("message cut short")
        tag = _TAGS[self.view[self.at]]
        self.at += 1
        if tag == b"A":  # the most frequent first
            return self.get_array()
        if tag == b"f":
            return self.unpack(_DOUBLE)[0]
        if tag == b"s":
            return self.get_text()
        if tag == b"t":
            return tuple([self.get(depth + 1) for _ in range(self.count(1))])
        if tag == b"N":
            return None
        if tag == b"i":
            return self.get_int()
        if tag in (b"T", b"F"):
            return tag == b"T"
        if tag == b"l":
            return [self.get(depth + 1) for _ in range(self.count(1))]
        if tag == b"c":
            return complex(*self.unpack(_COMPLEX))
        if tag == b"d":
            return self.get_dict(depth)
        if self.caps.special and tag in b"SC":
            return self.get_special(tag, depth)
        raise WireError(f"unknown tag {tag!r}")

    def count(self, least: int) -> int:
        """Read how many parts follow; each takes at least `least` bytes, or the claim is a lie."""
        (count,) = self.unpack(_LENGTH)
        if count > self.caps.nodes - self.nodes or count * least > self.end - self.at:
            raise WireError("more parts announced than the message holds")
        return int(count)

    def get_int(self) -> int:
        value = int.from_bytes(self.take(INT_BYTES), "little", signed=True)
        if value.bit_length() > 128:
            raise WireError("int of more than 128 bits")
        return value

    def get_text(self) -> str:
        (size,) = self.unpack(_LENGTH)
        if size > 4 * self.caps.text:
            raise WireError(f"text longer than {self.caps.text} characters")
        try:
            text = str(self.take(size), "utf-8")
        except UnicodeDecodeError:
            raise WireError("text is not UTF-8") from None
        self.text -= len(text)
        if len(text) > self.caps.text or self.text < 0:
            raise WireError(f"text longer than {self.caps.text} characters")
        return text

    def get_dict(self, depth: int) -> dict[str | int, object]:
        table: dict[str | int, object] = {}
        for _ in range(self.count(2)):
            key = self.get(depth + 1)
            if type(key) is not str and type(key) is not int:
                raise WireError("dict key is neither str nor int")
            table[key] = self.get(depth + 1)
        return table

    def get_special(self, tag: bytes, depth: int) -> object:
        item: GeneratorSeed | Callback
        if tag == b"S":
            if bytes(self.take(1)) != b"i":
                raise WireError("seed is not an int")
            item = GeneratorSeed(self.get_int())
        else:
            parts = self.get(depth + 1)
            if not (type(parts) is tuple and len(parts) == 3):
                raise WireError("callback is not of three parts")
            item = Callback(*parts)
        return item if self.special is None else self.special(item)

    def get_array(self) -> Any:
        code, order, ndim = self.unpack(_KIND)
        if code >= len(_DTYPES) or order > _BACKWARDS or ndim > DIMS or (order == _SCALAR and ndim):
            raise WireError("array header out of range")
        shape = self.unpack(_SHAPES[ndim])
        dtype = _DTYPES[code]
        self.take(-self.at % ALIGN)
        extent = size = dtype.itemsize
        for length in shape:  # Python ints do not overflow
            extent *= max(length, 1)
            size *= length
        if extent > self.caps.size:  # an empty axis does not excuse absurd ones: NumPy refuses them
            raise WireError("array larger than the caps allow")
        start = self.at
        self.take(size)
        array: Any = np.ndarray(
            shape, dtype, self.view if size else None, start if size else 0, None, _LETTERS[order]
        )
        if order == _SCALAR:
            return array[()]
        if not (self.caps.special and ndim):
            return array
        if order == _BACKWARDS:
            return array[..., ::-1].copy()[..., ::-1]
        return _spread(array) if order == _STRIDED else array


def _spread(array: Array) -> Array:
    """Copy `array` into every second place of its last axis, so that it is not contiguous."""
    base = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    base[..., ::2] = array
    return base[..., ::2]
