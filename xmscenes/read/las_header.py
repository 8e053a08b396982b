"""Look at the bytes of a LAS header before laspy trusts them.

One flipped bit in a count makes a reader loop over four thousand million records that are not there. Layout: ASPRS,
"LAS Specification 1.4 - R15", 2019, tables 3 and 6; LASzip chunk table: M. Isenburg, "LASzip", 2013.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from xmscenes.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

_HEADER_BYTES = {0: 227, 1: 227, 2: 227, 3: 235, 4: 375}
_VLR_BYTES, _EVLR_BYTES = 54, 60
_COMPRESSED = 0x80
_MOST_POINTS = 50_000_000  # in one chunk; 50,000 is usual, and a chunk is decoded whole


def require_sound_header(path: Path) -> None:
    """Raise ``InputError`` unless signature, sizes and counts of a LAS or LAZ file fit its length."""
    held = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(375)
        if head[:4] != b"LASF":
            raise InputError(f"{path.name}: not a LAS file (it begins with {head[:4]!r}); check the suffix")
        if len(head) < 227:
            raise _damaged(path, f"cut off at {held} bytes, inside the header")
        minor, size = head[25], struct.unpack_from("<H", head, 94)[0]
        start, vlr_count = struct.unpack_from("<II", head, 96)
        if head[24] != 1 or minor not in _HEADER_BYTES:
            raise InputError(f"{path.name}: LAS version {head[24]}.{minor}; 1.0 to 1.4 can be read")
        if not _HEADER_BYTES[minor] <= size <= start <= held:
            raise _damaged(path, f"its header puts the points at byte {start} of {held}")
        if vlr_count * _VLR_BYTES > start - size:
            raise _damaged(path, f"its header counts {vlr_count} records in {start - size} bytes")
        if minor == 4:
            evlr_start, evlr_count = struct.unpack_from("<QI", head, 235)
            if evlr_count and (evlr_start > held or evlr_count * _EVLR_BYTES > held - evlr_start):
                raise _damaged(path, f"its header counts {evlr_count} extended records from byte {evlr_start}")
        if head[104] & _COMPRESSED:
            _chunk_table_at(path, stream, start, held)


def _chunk_table_at(path: Path, stream: BinaryIO, start: int, held: int) -> int:
    """Where the chunk table of a LAZ file begins, once it is sure that it lies inside the file."""
    stream.seek(start)
    pointer = stream.read(8)
    if len(pointer) < 8:
        raise _damaged(path, "cut off before the first point")
    at = int(struct.unpack("<q", pointer)[0])
    if at == -1:  # written by a stream that could not seek: the pointer stands at the end
        stream.seek(held - 8)
        at = int(struct.unpack("<q", stream.read(8))[0])
    if not start + 8 <= at <= held - 8:
        raise _damaged(path, f"its chunk table should be at byte {at} of {held}")
    stream.seek(at + 4)
    chunks = struct.unpack("<I", stream.read(4))[0]
    # A chunk holds at least one point, written out in full, 20 bytes or more.
    if chunks * 20 > held:
        raise _damaged(path, f"its chunk table counts {chunks} chunks in {held} bytes")
    return at


def require_sound_chunks(path: Path, start: int, point_count: int, point_bytes: int, laszip_record: bytes) -> list[int]:
    """Count the points of each chunk; ``InputError`` unless the chunks of a LAZ file fit into it and hold all points.

    ``start`` is where the points begin, ``laszip_record`` the content of the LASzip VLR. lazrs trusts the table:
    a damaged one makes it reserve memory until the process dies.
    """
    import lazrs

    settings = lazrs.LazVlr(laszip_record)
    if settings.item_size() != point_bytes:
        raise _damaged(path, f"LASzip packs points of {settings.item_size()} bytes, the header says {point_bytes}")
    with path.open("rb") as stream:
        at = _chunk_table_at(path, stream, start, path.stat().st_size)
        stream.seek(start)
        chunks = lazrs.read_chunk_table(stream, settings)
    held_bytes, held_points = sum(size for _, size in chunks), sum(points for points, _ in chunks)
    spare = 0 if settings.uses_variable_size_chunks() else settings.chunk_size() - 1
    if held_bytes > at - start - 8 or not point_count <= held_points <= point_count + spare:
        raise _damaged(path, f"its chunk table covers {held_bytes} of {at - start - 8} bytes, {held_points} points")
    if chunks and max(points for points, _ in chunks) > _MOST_POINTS:
        raise _damaged(path, f"a chunk of {max(points for points, _ in chunks)} points")
    return [int(points) for points, _ in chunks]


def _damaged(path: Path, what: str) -> InputError:
    return InputError(f"{path.name}: cut off or damaged: {what}; copy or export the file again")
