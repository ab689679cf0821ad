"""Files to send when a test or the chat page has none at hand. Pure."""

import struct
import zlib

WIDTH, HEIGHT = 480, 320
VOICE = b"OggS" + bytes(60)


def photo(shade: int = 0) -> bytes:
    """A small PNG: a street under an evening sky, in a colour that `shade` moves."""
    rows = b"".join(b"\0" + _row(y, shade) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    body = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _row(y: int, shade: int) -> bytes:
    if y < HEIGHT * 3 // 5:
        warm = y * 90 // HEIGHT
        return bytes((120 + warm + shade % 60, 150 + warm, 200 - warm)) * WIDTH
    line = bytes((230, 220, 190)) * 12 if y % 40 < 5 else bytes((88, 86, 90)) * 12
    road = bytes((88, 86, 90)) * (WIDTH // 2 - 6)
    return road + line + road


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
