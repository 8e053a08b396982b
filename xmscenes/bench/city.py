"""A generated city as a core GLB: terrain, textured houses, alpha-masked trees in copies, a lake.

It stands in for a real scene where a known triangle count matters: the preview benchmark and the preview tests.
"""

from __future__ import annotations

import json
import struct
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

Arrays = dict[str, "NDArray[Any]"]
_TREES_A_BLOCK = 250
_COMPONENT = {"f4": 5126, "u4": 5125, "u1": 5121}


class GlbBuilder:
    """Collects meshes, materials and nodes and writes them as one GLB."""

    def __init__(self) -> None:
        self.bin = bytearray()
        self.doc: dict[str, list[Any]] = {
            key: [] for key in ("accessors", "bufferViews", "meshes", "materials", "nodes", "images", "textures")
        }
        self.roots: list[int] = []

    def view(self, data: bytes) -> int:
        """Append bytes, aligned, and give their buffer view."""
        self.bin += bytes(-len(self.bin) % 4)
        self.doc["bufferViews"].append({"buffer": 0, "byteOffset": len(self.bin), "byteLength": len(data)})
        self.bin += data
        return len(self.doc["bufferViews"]) - 1

    def accessor(self, array: NDArray[Any]) -> int:
        """Append an array (N,) or (N, 2..4)."""
        width = 1 if array.ndim == 1 else array.shape[1]
        kind = "SCALAR" if array.ndim == 1 else f"VEC{width}"
        row: dict[str, Any] = {
            "bufferView": self.view(np.ascontiguousarray(array).tobytes()),
            "componentType": _COMPONENT[array.dtype.str.lstrip("<|")],
            "count": len(array),
            "type": kind,
        }
        if kind == "VEC3" and array.dtype == np.float32 and len(array):
            row |= {"min": array.min(axis=0).tolist(), "max": array.max(axis=0).tolist()}
        if array.dtype == np.uint8:
            row["normalized"] = True
        self.doc["accessors"].append(row)
        return len(self.doc["accessors"]) - 1

    def material(self, name: str, **gltf: Any) -> int:
        """Append a material; ``texture`` is u1 (H, W, 4) pixels."""
        pixels = gltf.pop("texture", None)
        pbr: dict[str, Any] = {"metallicFactor": 0.0, "roughnessFactor": gltf.pop("roughness", 0.9)}
        if "base" in gltf:
            pbr["baseColorFactor"] = list(gltf.pop("base"))
        if pixels is not None:
            pbr["baseColorTexture"] = {"index": self.picture(pixels)}
        self.doc["materials"].append({"name": name, "pbrMetallicRoughness": pbr, **gltf})
        return len(self.doc["materials"]) - 1

    def picture(self, pixels: NDArray[np.uint8]) -> int:
        """Append a PNG texture."""
        from PIL import Image

        stream = BytesIO()
        Image.fromarray(pixels).save(stream, "PNG")
        self.doc["images"].append({"bufferView": self.view(stream.getvalue()), "mimeType": "image/png"})
        self.doc["textures"].append({"source": len(self.doc["images"]) - 1})
        return len(self.doc["textures"]) - 1

    def mesh(self, arrays: Arrays, material: int) -> int:
        """Append a mesh of one primitive; ``arrays`` holds indices and glTF attributes."""
        attributes = {key: self.accessor(a) for key, a in arrays.items() if key != "indices"}
        primitive = {"attributes": attributes, "indices": self.accessor(arrays["indices"]), "material": material}
        self.doc["meshes"].append({"primitives": [primitive]})
        return len(self.doc["meshes"]) - 1

    def node(self, name: str, mesh: int, **place: Any) -> None:
        """Append a root node."""
        self.roots.append(len(self.doc["nodes"]))
        self.doc["nodes"].append({"name": name, "mesh": mesh, **place})

    def write(self, path: Path, **top: Any) -> Path:
        """Write the file; ``top`` adds or replaces top-level JSON members."""
        doc: dict[str, Any] = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": self.roots}]}
        doc |= {key: rows for key, rows in self.doc.items() if rows}
        doc["buffers"] = [{"byteLength": len(self.bin)}]
        text = json.dumps(doc | top, ensure_ascii=False).encode()
        text += b" " * (-len(text) % 4)
        blob = bytes(self.bin) + bytes(-len(self.bin) % 4)
        head = struct.pack("<4sIIII", b"glTF", 2, 28 + len(text) + len(blob), len(text), 0x4E4F534A)
        path.write_bytes(head + text + struct.pack("<II", len(blob), 0x004E4942) + blob)
        return path


def flat_shaded(triangles: NDArray[np.float64], rgb: NDArray[np.float64] | None = None) -> Arrays:
    """Positions, normals and colours of loose triangles (T, 3, 3); ``rgb`` is linear (T, 3)."""
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    out: Arrays = {
        "indices": np.arange(3 * len(triangles), dtype="u4"),
        "POSITION": triangles.reshape(-1, 3).astype("f4"),
        "NORMAL": np.repeat(normals, 3, axis=0).astype("f4"),
    }
    if rgb is not None:
        out["COLOR_0"] = np.repeat(np.column_stack([rgb, np.ones(len(rgb))]), 3, axis=0).astype("f4")
    return out


def ground_height_m(x: NDArray[np.float64], z: NDArray[np.float64], size_m: float) -> NDArray[np.float64]:
    """Elevation of the generated terrain: a hill in the north-west, a lake bed in the middle."""
    hill = 0.09 * size_m * np.exp(-((x + 0.3 * size_m) ** 2 + (z + 0.32 * size_m) ** 2) / (0.03 * size_m**2))
    off = (x - 0.05 * size_m) ** 2 / (0.03 * size_m**2) + (z - 0.12 * size_m) ** 2 / (0.006 * size_m**2)
    lake = 9.0 * np.exp(-off)
    return np.asarray(3.0 + hill - lake + 0.8 * np.sin(x / 37.0) * np.cos(z / 53.0))


def _terrain(builder: GlbBuilder, size_m: float, cells: int) -> None:
    axis = np.linspace(-size_m / 2, size_m / 2, cells + 1)
    x, z = np.meshgrid(axis, axis)
    y = ground_height_m(x, z, size_m)
    dz, dx = np.gradient(y, axis, axis)
    normals = np.stack([-dx, np.ones_like(y), -dz], axis=-1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    steep = np.clip((1 - normals[..., 1]) * 8, 0, 1)[..., None]
    rgb = (1 - steep) * np.array([0.16, 0.22, 0.08]) + steep * np.array([0.2, 0.17, 0.13])
    a = (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).reshape(-1, 1)
    quads = a + np.array([0, cells + 1, 1, 1, cells + 1, cells + 2])
    arrays: Arrays = {
        "indices": quads.reshape(-1).astype("u4"),
        "POSITION": np.stack([x, y, z], axis=-1).reshape(-1, 3).astype("f4"),
        "NORMAL": normals.reshape(-1, 3).astype("f4"),
        "COLOR_0": np.concatenate([rgb, np.ones_like(steep)], axis=-1).reshape(-1, 4).astype("f4"),
    }
    builder.node("terrain/0_0", builder.mesh(arrays, builder.material("plain")))


def facade_pixels(size: int = 128) -> NDArray[np.uint8]:
    """A wall of windows, tileable, u1 (size, size, 4)."""
    v, u = np.mgrid[0:size, 0:size] / (size / 4)
    glass = (np.abs(u % 1 - 0.5) < 0.27) & (np.abs(v % 1 - 0.45) < 0.3)
    out = np.full((size, size, 4), 255, "u1")
    out[..., :3] = np.where(glass[..., None], (54, 66, 78), (226, 214, 194))
    return out


def leaf_pixels(size: int = 128, seed: int = 3) -> NDArray[np.uint8]:
    """A round crown of leaves with holes, black where transparent, u1 (size, size, 4)."""
    rng = np.random.default_rng(seed)
    v, u = np.mgrid[0:size, 0:size] / (size / 2) - 1
    leaves = np.zeros((size, size))
    for cx, cy, r in np.column_stack([rng.uniform(-0.75, 0.75, (260, 2)), rng.uniform(0.05, 0.13, 260)]):
        if cx * cx + cy * cy < 0.55:
            leaves = np.maximum(leaves, (((u - cx) ** 2 + (v - cy) ** 2) < r * r) * rng.uniform(0.5, 1.0))
    out = np.zeros((size, size, 4), "u1")
    out[..., :3] = leaves[..., None] * np.array([92, 128, 52])
    out[..., 3] = (leaves > 0) * 255
    return out


def house(w_m: float, d_m: float, h_m: float, ridge_m: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Walls and gable roof of a house about the origin: triangles (T, 3, 3) each, y up."""
    x, z = w_m / 2, d_m / 2
    base = np.array([[-x, 0, z], [x, 0, z], [x, 0, -z], [-x, 0, -z]])
    top = base + np.array([0, h_m, 0])
    walls = []
    for i in range(4):
        j = (i + 1) % 4
        walls += [[base[i], base[j], top[j]], [base[i], top[j], top[i]]]
    ends = np.array([[-x, h_m + ridge_m, 0], [x, h_m + ridge_m, 0]])
    walls += [[top[3], top[0], ends[0]], [top[1], top[2], ends[1]]]
    roof = [[top[0], top[1], ends[1]], [top[0], ends[1], ends[0]]]
    roof += [[top[2], top[3], ends[0]], [top[2], ends[0], ends[1]]]
    return np.array(walls), np.array(roof)


def _houses(builder: GlbBuilder, size_m: float, count: int, rng: np.random.Generator) -> None:
    side = int(np.ceil(np.sqrt(count)))
    pitch_m = size_m * 0.9 / side
    facade = builder.material("facade", texture=facade_pixels(), roughness=0.7)
    plain = builder.material("roof", roughness=0.8)
    roofs_rgb = np.array([[0.42, 0.12, 0.07], [0.35, 0.33, 0.31], [0.5, 0.2, 0.1], [0.22, 0.25, 0.28]])
    blocks: dict[str, tuple[list[Any], list[Any], list[Any], list[Any]]] = {}
    for k in range(count):
        row, column = divmod(k, side)
        x, z = (np.array([column, row]) - side / 2 + 0.5 + rng.uniform(-0.12, 0.12, 2)) * pitch_m
        y = float(ground_height_m(np.array(x), np.array(z), size_m))
        w_m, d_m = pitch_m * rng.uniform(0.45, 0.7, 2)
        tall = np.exp(-((x - 0.1 * size_m) ** 2 + (z + 0.12 * size_m) ** 2) / (0.01 * size_m**2))
        h_m = rng.uniform(6, 13) + 55 * tall * rng.uniform(0.3, 1)
        tint, roof_tint = rng.uniform(0.55, 1.0, 3) ** 0.5, roofs_rgb[rng.integers(4)]
        if y < 1.0:
            continue
        walls, roof = house(w_m, d_m, h_m + 2, 0.0 if h_m > 25 else 0.3 * d_m)
        foot = np.array([x, y - 2, z])
        block = blocks.setdefault(f"buildings/{column // 8}_{row // 8}", ([], [], [], []))
        block[0].append(walls + foot)
        block[1].append(np.repeat(tint[None], len(walls), axis=0))
        block[2].append(roof + foot)
        block[3].append(np.repeat(roof_tint[None], len(roof), axis=0))
    for name, (walls_of, tint_of, roof_of, roof_tint_of) in blocks.items():
        triangles = np.concatenate(walls_of)
        arrays = flat_shaded(triangles, np.concatenate(tint_of))
        along = np.where(np.abs(arrays["NORMAL"][:, :1]) > 0.5, arrays["POSITION"][:, 2:], arrays["POSITION"][:, :1])
        arrays["TEXCOORD_0"] = (np.column_stack([along, -arrays["POSITION"][:, 1:2]]) / 13.0).astype("f4")
        builder.node(name, builder.mesh(arrays, facade))
        builder.node(name, builder.mesh(flat_shaded(np.concatenate(roof_of), np.concatenate(roof_tint_of)), plain))


def _trees(builder: GlbBuilder, size_m: float, count: int, rng: np.random.Generator, copies: bool) -> None:
    cards = []
    for turn in np.deg2rad([0, 60, 120]):
        c, s = np.cos(turn), np.sin(turn)
        q = np.array([[-c, 0, -s], [c, 0, s], [c, 2, s], [-c, 2, -s]])
        cards += [[q[0], q[1], q[2]], [q[0], q[2], q[3]]]
    arrays = flat_shaded(np.array(cards))
    arrays["NORMAL"] = np.repeat(np.array([[0, 1, 0]], "f4"), 18, axis=0)
    arrays["TEXCOORD_0"] = np.tile(np.array([[0, 1], [1, 1], [1, 0], [0, 1], [1, 0], [0, 0]], "f4"), (3, 1))
    leaves = builder.material(
        "foliage", texture=leaf_pixels(), alphaMode="MASK", alphaCutoff=0.5, doubleSided=True, roughness=1.0
    )
    places = []
    for _ in range(count):
        x, z = rng.uniform(-0.48, 0.48, 2) * size_m
        y = float(ground_height_m(np.array(x), np.array(z), size_m))
        size = rng.uniform(2.0, 4.5)
        if y > 0.8:
            places.append((np.array([x, y - 0.3, z]), np.array([size, size * 1.1, size])))
    if copies:
        mesh = builder.mesh(arrays, leaves)
        for k, (place, stretch) in enumerate(places):
            builder.node(f"trees/{k}", mesh, translation=place.tolist(), scale=stretch.tolist())
        return
    for k in range(0, len(places), _TREES_A_BLOCK):
        block = places[k : k + _TREES_A_BLOCK]
        many: Arrays = {key: np.tile(a, (len(block), 1)) for key, a in arrays.items() if key != "indices"}
        many["POSITION"] = np.concatenate([arrays["POSITION"] * size + place for place, size in block]).astype("f4")
        many["indices"] = np.arange(len(many["POSITION"]), dtype="u4")
        builder.node(f"trees/{k}", builder.mesh(many, leaves))


def write_city(
    path: Path,
    *,
    size_m: float = 600.0,
    terrain_cells: int = 64,
    houses: int = 400,
    trees: int = 500,
    copies: bool = True,
    water_alpha: float = 1.0,
    seed: int = 7,
) -> Path:
    """Write a city of about ``2 * terrain_cells**2 + 14 * houses + 6 * trees`` triangles.

    ``copies`` makes every tree a node of its own that shares a mesh; else trees are merged in blocks.
    """
    rng = np.random.default_rng(seed)
    builder = GlbBuilder()
    _terrain(builder, size_m, terrain_cells)
    _houses(builder, size_m, houses, rng)
    _trees(builder, size_m, trees, rng, copies)
    s = size_m * 0.499
    lake = np.array([[[-s, 0, s], [s, 0, s], [s, 0, -s]], [[-s, 0, s], [s, 0, -s], [-s, 0, -s]]])
    water = builder.material(
        "water", base=(0.042, 0.138, 0.162, water_alpha), roughness=0.12,
        alphaMode="OPAQUE" if water_alpha == 1 else "BLEND",
    )  # fmt: skip
    builder.node("water/0_0", builder.mesh(flat_shaded(lake), water))
    return builder.write(path)
