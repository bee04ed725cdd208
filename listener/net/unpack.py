"""Bodies, unpacked as they arrive and never beyond their limit."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Protocol

import brotli

# 473 bytes of brotli become 300 MB: no step may give out more than this at once
STEP = 65536


class TooLarge(Exception):
    """The unpacked body passed its limit."""


class Garbled(Exception):
    """The body is not packed as its header says."""


class Unpacker(Protocol):
    def feed(self, data: bytes) -> Iterable[bytes]:
        """What comes out for these bytes, in pieces of at most about STEP."""

    def end(self) -> None:
        """Raises Garbled when the packed body stopped in the middle."""


class Plain:
    """Not packed at all."""

    def feed(self, data: bytes) -> Iterable[bytes]:
        yield data

    def end(self) -> None:
        return


class Zipped:
    """gzip (also of several members) and deflate (with or without the zlib header)."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._inflate = zlib.decompressobj(window)
        self._begun = False

    def feed(self, data: bytes) -> Iterable[bytes]:
        # the standard's deflate has a zlib header, whose low bits say 8; half the servers leave it out
        if not self._begun and data and self._window == zlib.MAX_WBITS and data[0] & 0x0F != zlib.DEFLATED:
            self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        self._begun = self._begun or bool(data)
        part = b""
        # a full step may leave output behind although all input is taken
        while data or len(part) == STEP:
            if self._inflate.eof:
                if not data.startswith(b"\x1f"):  # padding after the last member
                    return
                self._inflate = zlib.decompressobj(self._window)
            part = self._inflate.decompress(data, STEP)
            yield part
            data = self._inflate.unconsumed_tail or self._inflate.unused_data

    def end(self) -> None:
        if self._begun and not self._inflate.eof:
            raise Garbled("it stops in the middle")


class Brotli:
    """br."""

    def __init__(self) -> None:
        self._inflate = brotli.Decompressor()
        self._begun = False

    def feed(self, data: bytes) -> Iterable[bytes]:
        self._begun = self._begun or bool(data)
        part = self._inflate.process(data, output_buffer_limit=STEP)
        yield part
        # after a full step the end mark may still wait, although more data would be accepted
        while not self._inflate.is_finished() and (part or not self._inflate.can_accept_more_data()):
            part = self._inflate.process(b"", output_buffer_limit=STEP)
            yield part

    def end(self) -> None:
        if self._begun and not self._inflate.is_finished():
            raise Garbled("it stops in the middle")


def unpacker(encoding: str) -> Unpacker:
    """The unpacker for a Content-Encoding. Raises Garbled for one that was not asked for."""
    match encoding.strip().lower():
        case "" | "identity":
            return Plain()
        case "gzip" | "x-gzip":
            return Zipped(zlib.MAX_WBITS | 16)
        case "deflate":
            return Zipped(zlib.MAX_WBITS)
        case "br":
            return Brotli()
    raise Garbled(f"{encoding[:40]!r} was not asked for")


def unpack(pieces: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """The whole body. Raises TooLarge past `limit` bytes and Garbled when it cannot be unpacked."""
    way, body = unpacker(encoding), bytearray()
    try:
        for piece in pieces:
            for part in way.feed(piece):
                body += part
                if len(body) > limit:
                    raise TooLarge
    except (zlib.error, brotli.error) as error:
        raise Garbled(str(error)) from error
    way.end()
    return bytes(body)
