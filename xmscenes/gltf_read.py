"""Read GLB files back: accessors (also meshopt-compressed and quantised ones), nodes, levels, instances.

The bytes of a file are never trusted: every offset and count is checked before it is used.
"""

from __future__ import annotations

import json
import struct
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

Json = dict[str, Any]
DTYPE = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
MESHOPT = "EXT_meshopt_compression"


@dataclass(slots=True)
class Glb:
    """A GLB file in memory: its JSON, its BIN chunk, and the bufferViews decoded so far."""

    where: str
    json: Json
    bin: bytes
    _decoded: dict[int, bytes] = field(default_factory=dict)

    def items(self, kind: str) -> list[Json]:
        """Return a top-level list, empty when the file has none."""
        found = self.json.get(kind, [])
        return found if isinstance(found, list) else []

    def item(self, kind: str, index: Any) -> Json:
        """Return one item of a top-level list; an index out of range is an ``InputError``."""
        items = self.items(kind)
        if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < len(items):
            raise self.fault(f"{kind}/{index} does not exist (there are {len(items)})")
        if not isinstance(items[index], dict):
            raise self.fault(f"{kind}/{index} is not an object")
        return items[index]

    def fault(self, message: str) -> InputError:
        """Make the error that this file is broken."""
        return InputError(f"{self.where}: {message}; write the file again with a glTF 2.0 exporter")

    def view_bytes(self, index: int) -> bytes:
        """Return the bytes of a bufferView, decompressed if need be."""
        if index not in self._decoded:
            view = self.item("bufferViews", index)
            packed = view.get("extensions", {}).get(MESHOPT)
            self._decoded[index] = self._unpack(packed, index) if packed else self._slice(view, index)
        return self._decoded[index]

    def _slice(self, view: Json, index: int) -> bytes:
        start, length = view.get("byteOffset", 0), view.get("byteLength", 0)
        if view.get("buffer") != 0 or self.items("buffers")[:1] == [] or "uri" in self.items("buffers")[0]:
            raise self.fault(f"bufferViews/{index} is not in the file's own binary chunk")
        if not (isinstance(start, int) and isinstance(length, int)) or start < 0 or length < 0:
            raise self.fault(f"bufferViews/{index} has a bad range ({start}, {length})")
        if start + length > len(self.bin):
            raise self.fault(f"bufferViews/{index} ends at {start + length}, the binary chunk at {len(self.bin)}")
        return self.bin[start : start + length]

    def _unpack(self, packed: Json, index: int) -> bytes:
        import meshopt

        count, stride, mode = packed.get("count", 0), packed.get("byteStride", 0), packed.get("mode", "")
        # meshopt stores at least one bit for each 16-byte group and axis: a count far beyond that is a trap
        if not isinstance(count, int) or not isinstance(stride, int) or count * stride > 1 << 31:
            raise self.fault(f"bufferViews/{index} claims {count} x {stride} bytes")
        data = self._slice({**packed, "byteLength": packed.get("byteLength", 0)}, index)
        try:
            rows = meshopt.decode_gltf_buffer(data, count, stride, mode, packed.get("filter", "NONE"))
        except (ValueError, RuntimeError) as error:
            raise self.fault(f"bufferViews/{index}: meshopt payload does not decode ({error})") from error
        return bytes(np.ascontiguousarray(rows).tobytes())

    def accessor(self, index: int) -> NDArray[Any]:
        """Return the values of an accessor as stored, (N,) or (N, K); not yet dequantised."""
        item = self.item("accessors", index)
        kind, width, count = item.get("componentType"), WIDTH.get(item.get("type", "")), item.get("count", 0)
        if kind not in DTYPE or width is None or not isinstance(count, int) or count < 0:
            raise self.fault(f"accessors/{index} has an unknown type")
        if "sparse" in item or "bufferView" not in item:
            raise self.fault(f"accessors/{index} is sparse or empty, which is not supported")
        data = self.view_bytes(item["bufferView"])
        dtype = np.dtype(DTYPE[kind])
        start = item.get("byteOffset", 0)
        stride = self.item("bufferViews", item["bufferView"]).get("byteStride") or dtype.itemsize * width
        if count and start + stride * (count - 1) + dtype.itemsize * width > len(data):
            raise self.fault(f"accessors/{index} reads beyond its bufferView")
        values = np.ndarray((count, width), dtype, data, start, (stride, dtype.itemsize))
        return values[:, 0] if width == 1 else values

    def numbers(self, index: int) -> NDArray[np.float32]:
        """Return the values of an accessor as float32, normalised integers as [0, 1] or [-1, 1]."""
        values = self.accessor(index)
        if self.items("accessors")[index].get("normalized"):
            return np.maximum(values.astype(np.float32) / np.iinfo(values.dtype).max, -1.0)
        return values.astype(np.float32)


@contextmanager
def trusting(glb: Glb) -> Iterator[None]:
    """Turn what goes wrong while a file is taken at its word (missing keys, wrong types) into its fault."""
    try:
        yield
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise glb.fault(f"its JSON does not fit glTF ({type(error).__name__}: {error})") from error


def load_glb(path: Path, where: str = "") -> Glb:
    """Load a GLB; a file that is none, or whose chunks do not add up, is an ``InputError``."""
    where = where or path.name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{where}: cannot be read ({error.strerror})") from error
    broken = Glb(where, {}, b"")
    if len(data) < 20 or data[:4] != b"glTF":
        raise broken.fault("not a GLB file")
    version, total, length, kind = struct.unpack_from("<IIII", data, 4)
    if version != 2 or total != len(data) or kind != 0x4E4F534A or 20 + length > total:
        raise broken.fault(f"header says version {version}, {total} bytes; the file has {len(data)} bytes")
    try:
        body = json.loads(data[20 : 20 + length])
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise broken.fault(f"its JSON does not parse ({error})") from error
    if not isinstance(body, dict):
        raise broken.fault("its JSON is not an object")
    rest = data[20 + length :]
    size = struct.unpack_from("<I", rest)[0] if len(rest) >= 8 and rest[4:8] == b"BIN\0" else 0
    return Glb(where, body, rest[8 : 8 + size])


def node_matrix(node: Json) -> NDArray[np.float64]:
    """Local 4 x 4 transform of a node, for column vectors."""
    if "matrix" in node:
        return np.array(node["matrix"], dtype=np.float64).reshape(4, 4).T
    a, b, c = node.get("scale", (1, 1, 1))
    turn = _turn(*node.get("rotation", (0, 0, 0, 1)))
    rows = [(x * a, y * b, z * c, at) for (x, y, z), at in zip(turn, node.get("translation", (0, 0, 0)), strict=True)]
    return np.array([*rows, (0, 0, 0, 1)], dtype=np.float64)


def _turn(x: Any, y: Any, z: Any, w: Any) -> list[list[Any]]:
    """Rows of the rotation by a quaternion: of plain numbers for a node, of arrays for copies."""
    return [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]


def compose(
    translation: NDArray[np.float64], rotation: NDArray[np.float64], scale: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Compose (N, 4, 4) matrices from translations (N, 3), quaternions xyzw (N, 4) and scales (N, 3)."""
    turn = np.array(_turn(*rotation.T)).transpose(2, 0, 1)
    out = np.zeros((len(rotation), 4, 4))
    out[:, :3, :3] = turn * scale[:, None, :]
    out[:, :3, 3] = translation
    out[:, 3, 3] = 1.0
    return out
