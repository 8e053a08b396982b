"""A thin GLB writer: JSON lists, one binary chunk, nothing hidden. The same calls give the same bytes."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.export.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

Json = dict[str, Any]
ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963
COMPONENT = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
TYPE = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
FALLBACK = 1  # buffer that exists only for clients without a meshopt decoder; it has no bytes


class GltfWriter:
    """Collects the parts of one glTF file; ``save`` writes it. Blobs land in BIN in the order they are added."""

    def __init__(self, asset: Json) -> None:
        self.json: Json = {"asset": {"version": "2.0", **asset}}
        self._blobs: list[bytes] = []
        self._length = 0
        self._fallback_length = 0

    def append(self, kind: str, item: Json) -> int:
        """Add an item to a top-level list ("nodes", "meshes", …) and return its index."""
        items: list[Json] = self.json.setdefault(kind, [])
        items.append(item)
        return len(items) - 1

    def use(self, extension: str, *, required: bool = False) -> None:
        """Name an extension as used, or as required."""
        for key in ("extensionsUsed", "extensionsRequired")[: 2 if required else 1]:
            names = self.json.setdefault(key, [])
            if extension not in names:
                names.append(extension)

    def blob(self, data: bytes, align: int = 4) -> Json:
        """Put bytes into BIN at the next multiple of ``align``; returns buffer, byteOffset, byteLength."""
        gap = -self._length % align
        if gap:
            self._blobs.append(b"\0" * gap)
            self._length += gap
        place = {"buffer": 0, "byteOffset": self._length, "byteLength": len(data)}
        padded = data + b"\0" * (-len(data) % 4)
        self._blobs.append(padded)
        self._length += len(padded)
        return place

    def view(self, rows: NDArray[Any], target: int | None = None) -> int:
        """Store rows as a bufferView; vertex rows are given a stride when they are not tight."""
        item = self.blob(np.ascontiguousarray(rows).tobytes())
        if target == ARRAY_BUFFER:
            item["byteStride"] = rows.nbytes // len(rows)
        if target is not None:
            item["target"] = target
        return self.append("bufferViews", item)

    def fallback_view(self, item: Json, row_bytes: int, count: int) -> int:
        """Add a bufferView whose real bytes stand in an extension; it points into the fallback buffer."""
        place = {"buffer": FALLBACK, "byteOffset": self._fallback_length, "byteLength": row_bytes * count}
        self._fallback_length += -(-row_bytes * count // 4) * 4
        return self.append("bufferViews", {**place, **item})

    def accessor(
        self, view: int, values: NDArray[Any], *, normalized: bool = False, bounds: bool = False, width: int = 0
    ) -> int:
        """Add an accessor for (N,) or (N, K) values; ``width`` cuts padding columns off the end of a row."""
        columns = values.reshape(len(values), -1)
        columns = columns[:, : width or columns.shape[1]]
        item: Json = {
            "bufferView": view,
            "componentType": COMPONENT[values.dtype.str[1:]],
            "count": len(values),
            "type": TYPE[columns.shape[1]],
        }
        if normalized:
            item["normalized"] = True
        if bounds:
            item["min"] = [column.min().item() for column in columns.T]  # a column at a time: six times as fast
            item["max"] = [column.max().item() for column in columns.T]
        return self.append("accessors", item)

    def to_bytes(self) -> bytes:
        """Assemble header, JSON chunk and BIN chunk."""
        body = dict(self.json)
        if self._length:
            buffers: list[Json] = [{"byteLength": self._length}]
            if self._fallback_length:
                note = {"EXT_meshopt_compression": {"fallback": True}}
                buffers.append({"byteLength": self._fallback_length, "extensions": note})
            body["buffers"] = buffers
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        text += b" " * (-len(text) % 4)
        chunks = [struct.pack("<II", len(text), 0x4E4F534A), text]
        if self._length:
            chunks += [struct.pack("<II", self._length, 0x004E4942), *self._blobs]
        total = 12 + sum(map(len, chunks))
        return b"".join([struct.pack("<III", 0x46546C67, 2, total), *chunks])

    def save(self, path: Path) -> Path:
        """Write the file; it appears whole or not at all."""
        return write_atomic(path, self.to_bytes())
