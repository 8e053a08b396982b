"""Meshes of a compressed file: quantised primitives, one a material, in shared streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.export.materials import MaterialTable
from xmscenes.export.quantize import Grid, Packed, pack
from xmscenes.export.shares import Part, Share, looks_of, one_behind_the_other
from xmscenes.export.streams import Streams
from xmscenes.export.textures import ImageRules, TextureTable
from xmscenes.look.atlas import ATLASES
from xmscenes.look.covers import COVER_M
from xmscenes.look.materials import MATERIALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.export.gltf import GltfWriter
    from xmscenes.records import Mesh

Json = dict[str, Any]
PackedPart = tuple[int, Packed]
NORMAL_BITS, FAR_BITS = 8, 7  # within half a degree and within one
UV_STEPS = (4096.0, 4096.0)  # a picture: half a pixel of the facade sheet
FAR_STEPS = (16.0, 32.0)  # of cut-outs, cards of a few pixels: on these steps lie the edges of the painted trees and
# the middle of the white patch
COVER_STEPS = (128.0, 128.0)  # of pictures that repeat every 6 m: 5 cm; nothing in them has to meet an edge
TANGENT_BITS = 6  # within 2 degrees: they turn the grain of a surface, no more


class PackedMeshes:
    """Adds meshes to a file that uses KHR_mesh_quantization and EXT_meshopt_compression."""

    def __init__(self, writer: GltfWriter, images: ImageRules, *, variants: bool = True) -> None:
        self.writer = writer
        self.streams = Streams(writer)
        self._materials = MaterialTable(writer, TextureTable(writer, images), variants=variants)
        self.shared: dict[str, int] = {}  # meshes that several nodes show
        writer.use("KHR_mesh_quantization", required=True)

    def add(
        self,
        name: str,
        parts: Sequence[Part],
        grid: Grid,
        extensions: Json | None = None,
        *,
        facets: bool = False,
        far: bool = False,
    ) -> int:
        """Add a mesh of parts (material, mesh, feature rows); ``extensions`` go on every primitive.

        With ``facets`` flat plain faces go without normals: clients shade them flat. ``far`` meshes have coarser
        coordinates of cut-outs, cards of a few pixels, and no normals there either.
        """
        return self.put(name, self.packed(parts, grid, facets=facets, far=far), extensions, far=far)

    def packed(self, parts: Sequence[Part], grid: Grid, *, facets: bool = False, far: bool = False) -> list[PackedPart]:
        """Parts as ``put`` takes them; the same for all files with the same images."""
        found: list[PackedPart] = []
        for material, normals, members in looks_of([parts], facets=facets, far=far):
            packed = self._pack(material, *members[0], grid, normals=normals)
            if packed is not None:
                found.append((material, packed))
        return found

    def put(self, name: str, parts: Sequence[PackedPart], extensions: Json | None = None, *, far: bool = False) -> int:
        """Add a mesh of packed parts."""
        primitives = [self._primitive(packed, material, extensions, far=far) for material, packed in parts]
        return self.writer.append("meshes", {"name": name, "primitives": primitives})

    def add_pieces(
        self,
        name: str,
        pieces: Sequence[Sequence[Part]],
        grid: Grid,
        extensions: Json | None = None,
        *,
        facets: bool = False,
        far: bool = False,
    ) -> tuple[int, list[list[Share]]]:
        """Add one mesh of several pieces, and give each piece's shares of its primitives, for ``add_share``."""
        primitives: list[Json] = []
        shares: list[list[Share]] = [[] for _ in pieces]
        for material, normals, members in looks_of(pieces, facets=facets, far=far):
            packs: dict[int, Packed] = {}
            for number, (mesh, feature) in members.items():
                packed = self._pack(material, mesh, feature, grid, normals=normals)
                if packed is not None:
                    packs[number] = packed
            if not packs:
                continue
            whole = one_behind_the_other(list(packs.values()))
            primitives.append(self._primitive(whole, material, extensions, far=far))
            first = 0
            for number, packed in packs.items():
                shares[number].append(Share(primitives[-1], first, packed.position, packed.faces))
                first += len(packed.position)
        return self.writer.append("meshes", {"name": name, "primitives": primitives}), shares

    def add_share(self, name: str, shares: Sequence[Share]) -> int:
        """Add a piece of a mesh that is flushed as a mesh of its own: only its triangles are stored again."""
        primitives = []
        for share in shares:
            attributes = {
                key: self.streams.some_of(whole, share.first, share.position, bounds=key == "POSITION")
                for key, whole in share.primitive["attributes"].items()
            }
            indices = self.streams.triangles(share.faces, len(share.position))
            primitives.append({**share.primitive, "attributes": attributes, "indices": indices})
        return self.writer.append("meshes", {"name": name, "primitives": primitives})

    def flush(self) -> None:
        """Write what was added since the last flush."""
        self.streams.flush()

    def _pack(
        self, material: int, mesh: Mesh, feature: NDArray[np.int32] | None, grid: Grid, *, normals: bool
    ) -> Packed | None:
        tangents = normals and self._materials.wants_tangents(material)
        alike = MATERIALS[material].alpha_mode == "OPAQUE"
        return pack(mesh, feature, grid, tangents=tangents, normals=normals, alike=alike)

    def _primitive(self, packed: Packed, material: int, extensions: Json | None, *, far: bool) -> Json:
        add = self.streams.vertices
        attributes = {
            "POSITION": add(f"POSITION{packed.position.itemsize}", packed.position, bounds=True, width=3),
        }
        octahedral, turned = ("OCTAHEDRAL", FAR_BITS if far else NORMAL_BITS), ("OCTAHEDRAL", TANGENT_BITS)
        if packed.normal is not None:
            attributes["NORMAL"] = add(
                "NORMAL", packed.normal, normalized=True, width=3, filtered=octahedral, stored="i1"
            )
        if packed.tangent is not None:
            attributes["TANGENT"] = add("TANGENT", packed.tangent, normalized=True, filtered=turned, stored="i1")
        transform = None
        if packed.uv is not None:
            repeats = ATLASES[str(MATERIALS[material].texture)].repeat
            rows, transform = quantized_uv(packed.uv, repeats=repeats, steps=self._uv_steps(material, far=far))
            attributes["TEXCOORD_0"] = add(f"TEXCOORD{rows.itemsize}", rows, normalized=True, width=2)
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

    @staticmethod
    def _uv_steps(material: int, *, far: bool) -> tuple[float, float]:
        texture = str(MATERIALS[material].texture)
        if texture in COVER_M:
            return COVER_STEPS
        return UV_STEPS if ATLASES[texture].repeat or not far else FAR_STEPS

    def _feature(self, rows: NDArray[np.int32]) -> int:
        if len(rows) and int(rows.max()) > 65535:
            return self.streams.vertices("FEATURE_F4", rows.astype(np.float32)[:, None])
        padded = np.column_stack([rows, np.zeros_like(rows)]).astype(np.uint16)
        return self.streams.vertices("FEATURE", padded, width=1)


def quantized_uv(
    uv: NDArray[np.float32], *, repeats: bool, steps: tuple[float, float] = UV_STEPS
) -> tuple[NDArray[np.uint16] | NDArray[np.uint8], Json]:
    """Texture coordinates as 16-bit fractions, and the KHR_texture_transform that stretches them back.

    A repeating texture may be shifted by whole repeats. The span is a power of two, so few transforms occur. Steps
    are ``1 / steps`` of the picture as long as 16 bits reach: finer ones cost bytes and show nothing. At most 255 of
    them take 8 bits, with two columns of padding behind them.
    """
    columns = uv.T.astype(np.float64, order="C")
    least = columns.min(axis=1)
    low = np.floor(least + 1e-6) if repeats else np.minimum(np.floor(least), 0.0)
    span = float((columns.max(axis=1) - low).max())
    scale = 1.0
    while scale < span - 1e-6:
        scale *= 2.0
    finest = np.array(steps) * scale
    small = bool(finest.max() <= 255.0)
    most = 255.0 if small else 65535.0
    finest = np.minimum(finest, most)
    rows = np.zeros(uv.shape, np.uint16)
    for k, column in enumerate(columns):
        rows[:, k] = np.rint(np.clip((column - low[k]) / scale, 0.0, 1.0) * finest[k])
    if small:
        rows = np.hstack([rows, np.zeros_like(rows)]).astype(np.uint8)
    transform: Json = {"scale": [float(f"{scale * most / step:.9g}") for step in finest.tolist()]}
    if not repeats:
        transform["offset"] = low.tolist()
    return rows, transform
