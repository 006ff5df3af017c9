"""How messages are cut: a header with the run's nonce, the request's number, kind and length."""

import struct
from typing import Final, NamedTuple

HEADER: Final = struct.Struct("<16sIBQ")
NONCE: Final = 16

# the judge speaks
LOAD, CALL, PROVIDE, ANSWER, REFUSAL, PARSE, NOTEBOOK, WITHHOLD, APPLY, REHEARSE = range(1, 11)
READY, DONE, FAILED, LOADED, ASK = range(17, 22)  # the worker speaks
SMALL: Final = 1 << 20  # bytes of any message but a value


class Header(NamedTuple):
    """The first bytes of a message."""

    nonce: bytes
    number: int
    kind: int
    length: int

    def pack(self) -> bytes:
        """Write it as bytes."""
        return HEADER.pack(*self)


def read_header(data: bytes) -> Header:
    """Read a header from its bytes."""
    return Header(*HEADER.unpack(data))
