"""Vertex and index data of many primitives in few compressed bufferViews (EXT_meshopt_compression, version 0).

One view a kind of row and group of meshes: the JSON stays small, and a group that is written first is also first
in the file. Version 0 and not KHR_meshopt_compression, because Babylon.js refuses the latter (9.34) and it saves
12 % raw but nothing after gzip.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.export.gltf import ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER, GltfWriter

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXTENSION = "EXT_meshopt_compression"


@dataclass(slots=True)
class _Stream:
    rows: list[NDArray[Any]] = field(default_factory=list)
    accessors: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0


class Streams:
    """Collects rows, hands out accessors at once, and writes the views on ``flush``."""

    def __init__(self, writer: GltfWriter) -> None:
        self._writer = writer
        self._streams: dict[tuple[str, str, str], _Stream] = {}
        writer.use(EXTENSION, required=True)

    def vertices(
        self, name: str, rows: NDArray[Any], *, normalized: bool = False, bounds: bool = False, width: int = 0,
        filtered: tuple[str, int] | None = None, stored: str = "",
    ) -> int:  # fmt: skip
        """Queue vertex rows; returns the accessor. ``filtered`` is (filter, bits) and takes float32 rows.

        ``stored`` is the component type that a decoder sees after the filter; ``width`` leaves out padding columns.
        """
        seen = np.zeros((len(rows), rows.shape[1]), stored) if stored else rows
        index = self._writer.accessor(0, seen, normalized=normalized, bounds=bounds, width=width)
        filter_name, bits = filtered or ("NONE", 0)
        return self._queue((name, filter_name, str(bits)), rows, index)

    def triangles(self, faces: NDArray[np.uint32], vertices: int) -> int:
        """Queue triangles of a primitive that has so many vertices; 16-bit where that fits."""
        small = vertices < 65535
        indices = faces.reshape(-1).astype(np.uint16 if small else np.uint32)
        index = self._writer.accessor(0, indices)
        return self._queue(("TRIANGLES16" if small else "TRIANGLES32", "NONE", "0"), indices, index)

    def some_of(self, whole: int, first: int, rows: NDArray[Any], *, bounds: bool = False) -> int:
        """Give an accessor of these rows, which lie from ``first`` on in a flushed one; with ``bounds`` their own."""
        accessors = self._writer.json["accessors"]
        item = {**accessors[whole], "count": len(rows)}
        at = item.pop("byteOffset", 0) + first * self._writer.json["bufferViews"][item["bufferView"]]["byteStride"]
        if at:
            item["byteOffset"] = at
        if bounds:
            columns = rows.T[: len(item["min"])]
            item["min"] = [column.min().item() for column in columns]
            item["max"] = [column.max().item() for column in columns]
        return self._writer.append("accessors", item)

    def _queue(self, key: tuple[str, str, str], rows: NDArray[Any], index: int) -> int:
        stream = self._streams.setdefault(key, _Stream())
        accessor = self._writer.json["accessors"][index]
        accessor["byteOffset"] = stream.count  # rows before it; turned to bytes by flush
        stream.accessors.append(accessor)
        stream.rows.append(rows)
        stream.count += len(rows)
        return index

    def flush(self) -> None:
        """Compress what was queued and write it; the next rows go into new views."""
        for (name, filter_name, bits), stream in self._streams.items():
            rows = np.concatenate(stream.rows)
            view, stride = (
                self._write_triangles(rows)
                if name.startswith("TRIANGLES")
                else self._write_rows(rows, filter_name, int(bits))
            )
            for accessor in stream.accessors:
                accessor["bufferView"] = view
                accessor["byteOffset"] *= stride
                if not accessor["byteOffset"]:
                    del accessor["byteOffset"]
        self._streams = {}

    def _write_triangles(self, indices: NDArray[Any]) -> tuple[int, int]:
        import meshopt

        data = meshopt.encode_index_buffer(indices)
        packed = {"byteStride": indices.itemsize, "mode": "TRIANGLES", "count": len(indices)}
        return self._view(data, packed, indices.itemsize, len(indices), ELEMENT_ARRAY_BUFFER), indices.itemsize

    def _write_rows(self, rows: NDArray[Any], filter_name: str, bits: int) -> tuple[int, int]:
        import meshopt

        if filter_name == "OCTAHEDRAL":
            rows = meshopt.encode_filter_oct(rows, 4, bits)
        elif filter_name == "QUATERNION":
            rows = meshopt.encode_filter_quat(rows, 8, bits)
        elif filter_name == "EXPONENTIAL":
            rows = meshopt.encode_filter_exp(rows, bits, "SharedComponent")
        stride = rows.nbytes // len(rows)
        data = meshopt.encode_vertex_buffer_level(rows, 3, 0)
        packed: dict[str, Any] = {"byteStride": stride, "mode": "ATTRIBUTES", "count": len(rows)}
        if filter_name != "NONE":
            packed["filter"] = filter_name
        return self._view(data, packed, stride, len(rows), ARRAY_BUFFER), stride

    def _view(self, data: bytes, packed: dict[str, Any], stride: int, count: int, target: int) -> int:
        item: dict[str, Any] = {"target": target, "extensions": {EXTENSION: {**self._writer.blob(data), **packed}}}
        if target == ARRAY_BUFFER:
            item["byteStride"] = stride
        return self._writer.fallback_view(item, stride, count)
