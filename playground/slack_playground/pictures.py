"""Pictures of people and apps: one colour each, made when somebody asks for them."""

import struct
import zlib
from hashlib import blake2b

from slack_playground.state import Record

# https://docs.slack.dev/reference/objects/user-object
OF_PEOPLE = (24, 32, 48, 72, 192, 512)
OF_APPS = (36, 48, 72)
OF_TEAMS = (34, 44, 68, 88, 102, 132, 230)
MOST_PIXELS = 1024


def pictures(address: str, thing: str, sizes: tuple[int, ...]) -> Record:
    """Return `image_24` and its siblings: where the picture of a person or app is."""
    return {f"image_{size}": f"{address}/pictures/{thing}/{size}.png" for size in sizes}


def colour_of(thing: str) -> bytes:
    """Return three bytes that are always the same for one id, none too dark or too bright."""
    return bytes(64 + byte // 2 for byte in blake2b(thing.encode(), digest_size=3).digest())


def draw_picture(thing: str, pixels: int) -> bytes:
    """Return a square PNG in the colour of a person or app."""
    row = b"\0" + colour_of(thing) * pixels
    header = struct.pack(">IIBBBBB", pixels, pixels, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check
