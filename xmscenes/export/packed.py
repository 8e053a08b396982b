"""Meshes of a compressed file: quantised primitives, one a material, in shared streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.export.materials import MaterialTable
from xmscenes.export.quantize import Grid, Packed, pack
from xmscenes.export.streams import Streams
from xmscenes.export.textures import ImageRules, TextureTable
from xmscenes.look.atlas import ATLASES
from xmscenes.look.materials import MATERIALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.export.gltf import GltfWriter
    from xmscenes.records import Mesh

Json = dict[str, Any]
Part = tuple[int, "Mesh", "NDArray[np.int32] | None"]
NORMAL_BITS = 8
UV_STEPS = 8192.0


class PackedMeshes:
    """Adds meshes to a file that uses KHR_mesh_quantization and EXT_meshopt_compression."""

    def __init__(self, writer: GltfWriter, images: ImageRules, *, variants: bool = True) -> None:
        self.writer = writer
        self.streams = Streams(writer)
        self._materials = MaterialTable(writer, TextureTable(writer, images), variants=variants)
        self.shared: dict[str, int] = {}  # meshes that several nodes show
        writer.use("KHR_mesh_quantization", required=True)

    def add(self, name: str, parts: Sequence[Part], grid: Grid, extensions: Json | None = None) -> int:
        """Add a mesh of parts (material, mesh, feature rows); ``extensions`` go on every primitive."""
        primitives = []
        for material, mesh, feature in parts:
            packed = pack(mesh, feature, grid, tangents=self._materials.wants_tangents(material))
            if packed is not None:
                primitives.append(self._primitive(packed, material, extensions))
        return self.writer.append("meshes", {"name": name, "primitives": primitives})

    def flush(self) -> None:
        """Write what was added since the last flush."""
        self.streams.flush()

    def _primitive(self, packed: Packed, material: int, extensions: Json | None) -> Json:
        add = self.streams.vertices
        attributes = {
            "POSITION": add(f"POSITION{packed.position.itemsize}", packed.position, bounds=True, width=3),
            "NORMAL": add(
                "NORMAL", packed.normal, normalized=True, width=3, filtered=("OCTAHEDRAL", NORMAL_BITS), stored="i1"
            ),
        }
        if packed.tangent is not None:
            octahedral = ("OCTAHEDRAL", NORMAL_BITS)
            attributes["TANGENT"] = add("TANGENT", packed.tangent, normalized=True, filtered=octahedral, stored="i1")
        transform = None
        if packed.uv is not None:
            rows, transform = quantized_uv(packed.uv, repeats=ATLASES[str(MATERIALS[material].texture)].repeat)
            attributes["TEXCOORD_0"] = add("TEXCOORD", rows, normalized=True)
        if packed.colour is not None:
            attributes["COLOR_0"] = add("COLOR", packed.colour, normalized=True)
        if packed.feature is not None:
            attributes["_FEATURE_ID_0"] = self._feature(packed.feature)
        item: Json = {
            "attributes": attributes,
            "indices": self.streams.triangles(packed.faces, len(packed.position)),
            **self._materials.worn(material, transform),
        }
        if extensions:
            item["extensions"] = item.get("extensions", {}) | extensions
        return item

    def _feature(self, rows: NDArray[np.int32]) -> int:
        if len(rows) and int(rows.max()) > 65535:
            return self.streams.vertices("FEATURE_F4", rows.astype(np.float32)[:, None])
        padded = np.column_stack([rows, np.zeros_like(rows)]).astype(np.uint16)
        return self.streams.vertices("FEATURE", padded, width=1)


def quantized_uv(uv: NDArray[np.float32], *, repeats: bool) -> tuple[NDArray[np.uint16], Json]:
    """Texture coordinates as 16-bit fractions, and the KHR_texture_transform that stretches them back.

    A repeating texture may be shifted by whole repeats. The span is a power of two, so few transforms occur. Steps
    are 1/8192 of the picture as long as 16 bits reach: finer ones cost bytes and show nothing.
    """
    wide = uv.astype(np.float64)
    low = np.floor(wide.min(axis=0) + 1e-6) if repeats else np.minimum(np.floor(wide.min(axis=0)), 0.0)
    span = float((wide - low).max())
    scale = 1.0
    while scale < span - 1e-6:
        scale *= 2.0
    steps = min(UV_STEPS * scale, 65535.0)
    rows = np.rint(np.clip((wide - low) / scale, 0.0, 1.0) * steps).astype(np.uint16)
    stretch = float(f"{scale * 65535.0 / steps:.9g}")
    transform: Json = {"scale": [stretch, stretch]}
    if not repeats:
        transform["offset"] = low.tolist()
    return rows, transform
