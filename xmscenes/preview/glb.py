"""Read a written GLB back, strictly: core glTF 2.0 triangles, and a refusal in one line for anything else.

trimesh is not used here: it drops COLOR_0 of textured meshes, loses MASK and silently mis-scales quantized files.
"""

from __future__ import annotations

import json
import struct
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import RenderError
from xmscenes.preview.scene import Draw, Geometry, RenderMaterial, RenderScene, RenderTexture

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

KNOWN_EXTENSIONS = frozenset({"KHR_materials_unlit", "KHR_materials_emissive_strength", "KHR_lights_punctual"})
_DTYPES = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_TRIANGLES = 4

Json = dict[str, Any]


def load_scene(path: Path) -> RenderScene:
    """Read one written file for the renderer. Raises ``RenderError`` with the place and the remedy."""
    try:
        blob = path.read_bytes()
    except OSError as error:
        raise RenderError(f"{path}: cannot be read ({error.strerror}); build the scene first") from error
    document, binary = split_glb(blob, str(path))
    return _Reader(document, binary, path).scene()


def split_glb(blob: bytes, where: str) -> tuple[Json, memoryview]:
    """Take a GLB apart into its JSON and its binary chunk (empty when there is none)."""
    if len(blob) < 20 or blob[:4] != b"glTF":
        raise RenderError(f"{where}: not a GLB ({blob[:4]!r} at its start); build the scene again")
    version, length, json_bytes, json_type = struct.unpack_from("<4xIIII", blob)
    if version != 2 or length > len(blob) or json_type != 0x4E4F534A or 20 + json_bytes > length:
        raise RenderError(f"{where}: damaged GLB (version {version}, {length} of {len(blob)} bytes); build again")
    try:
        document = json.loads(blob[20 : 20 + json_bytes])
    except ValueError as error:
        raise RenderError(f"{where}: its JSON is damaged ({error}); build the scene again") from error
    start = 20 + json_bytes
    if start + 8 > length:
        return document, memoryview(b"")
    bin_bytes, bin_type = struct.unpack_from("<II", blob, start)
    if bin_type != 0x004E4942 or start + 8 + bin_bytes > length:
        raise RenderError(f"{where}: its binary chunk is damaged ({bin_bytes} bytes); build the scene again")
    return document, memoryview(blob)[start + 8 : start + 8 + bin_bytes]


class _Reader:
    """Walks one document. Every failure names the file and the JSON pointer."""

    def __init__(self, document: Json, binary: memoryview, path: Path) -> None:
        self.doc, self.bin, self.path = document, binary, path
        unknown = sorted(set(document.get("extensionsRequired", [])) - KNOWN_EXTENSIONS)
        if unknown:
            self.fail("/extensionsRequired", f"{', '.join(unknown)} not supported here; preview the plain file")
        self.geometries: list[Geometry] = []
        self.geometry_of: dict[tuple[int, int], int] = {}

    def fail(self, pointer: str, message: str) -> None:
        raise RenderError(f"{self.path}#{pointer}: {message}")

    def scene(self) -> RenderScene:
        instances = self.instances()
        draws = [draw for mesh, placed in instances.items() for draw in self.draws(mesh, placed)]
        if not draws:
            raise RenderError(f"{self.path}: nothing to draw (no triangles in its scene); check the inputs")
        scenes = self.doc.get("scenes", [{}])
        extras = {**self.doc.get("asset", {}).get("extras", {}), **scenes[self.doc.get("scene", 0)].get("extras", {})}
        return RenderScene(
            name=self.path.stem,
            geometries=tuple(self.geometries),
            draws=tuple(draws),
            materials=(*(self.material(m) for m in self.doc.get("materials", [])), RenderMaterial()),
            textures=tuple(self.texture(i) for i in range(len(self.doc.get("textures", [])))),
            extras=extras,
        )

    # ── nodes ────────────────────────────────────────────────────────────────────────────────────────────────
    def instances(self) -> dict[int, list[tuple[str, NDArray[np.float64]]]]:
        """Mesh index → where it stands, in depth-first node order of the default scene."""
        nodes = self.doc.get("nodes", [])
        scenes = self.doc.get("scenes") or [{"nodes": []}]
        found: dict[int, list[tuple[str, NDArray[np.float64]]]] = {}
        stack = [(i, "", np.eye(4), 0) for i in reversed(scenes[self.doc.get("scene", 0)].get("nodes", []))]
        while stack:
            index, trail, parent, depth = stack.pop()
            if not 0 <= index < len(nodes) or depth > 64:
                self.fail(f"/nodes/{index}", "node missing or nested in itself; build the scene again")
            node = nodes[index]
            name = f"{trail}/{node.get('name', index)}".lstrip("/")
            world = parent @ _local_matrix(node)
            if not np.isfinite(world).all():
                self.fail(f"/nodes/{index}", "its transform is not finite; build the scene again")
            if "mesh" in node:
                found.setdefault(node["mesh"], []).append((name, world))
            stack.extend((i, name, world, depth + 1) for i in reversed(node.get("children", [])))
        return found

    def draws(self, mesh: int, placed: list[tuple[str, NDArray[np.float64]]]) -> list[Draw]:
        matrices = np.array([m for _, m in placed])
        mirrored = np.linalg.det(matrices[:, :3, :3]) < 0
        draws = []
        for k, primitive in enumerate(self.at("meshes", mesh).get("primitives", [])):
            geometry = self.geometry(primitive, f"/meshes/{mesh}/primitives/{k}")
            for flip in (False, True):  # mirrored instances wind the other way round and are drawn apart
                chosen = np.flatnonzero(mirrored == flip)
                if len(chosen) and geometry is not None:
                    draws.append(
                        Draw(geometry=geometry, matrices=matrices[chosen].astype("f4"), name=placed[chosen[0]][0])
                    )
        return draws

    # ── geometry ─────────────────────────────────────────────────────────────────────────────────────────────
    def geometry(self, primitive: Json, pointer: str) -> int | None:
        if primitive.get("mode", _TRIANGLES) != _TRIANGLES:
            self.fail(pointer, f"mode {primitive['mode']} is not triangles; write triangles")
        attributes = primitive.get("attributes", {})
        if "POSITION" not in attributes:
            self.fail(pointer, "no POSITION; build the scene again")
        positions = self.floats(attributes["POSITION"], pointer)
        if not len(positions):
            return None
        if not np.isfinite(positions).all():
            bad = int(np.flatnonzero(~np.isfinite(positions).all(axis=1))[0])
            self.fail(f"{pointer}/attributes/POSITION", f"vertex {bad} is not finite; build the scene again")
        indices = self.indices(primitive, len(positions), pointer)
        if not len(indices):
            return None
        self.geometries.append(
            Geometry(
                positions=positions,
                indices=indices,
                normals=self.optional(attributes, "NORMAL", pointer, len(positions)),
                uv=self.optional(attributes, "TEXCOORD_0", pointer, len(positions)),
                colors=self.colors(attributes, pointer, len(positions)),
                material=primitive.get("material", len(self.doc.get("materials", []))),
                low=positions.min(axis=0).astype("f8"),
                high=positions.max(axis=0).astype("f8"),
            )
        )
        return len(self.geometries) - 1

    def indices(self, primitive: Json, count: int, pointer: str) -> NDArray[np.uint32]:
        if "indices" in primitive:
            indices = self.accessor(primitive["indices"]).reshape(-1).astype("u4", copy=False)
        else:
            indices = np.arange(count, dtype="u4")
        if len(indices) % 3 or (len(indices) and int(indices.max()) >= count):
            self.fail(f"{pointer}/indices", f"{len(indices)} indices do not make triangles of {count} vertices")
        return np.ascontiguousarray(indices)

    def optional(self, attributes: Json, key: str, pointer: str, count: int) -> NDArray[np.float32] | None:
        if key not in attributes:
            return None
        values = self.floats(attributes[key], f"{pointer}/attributes/{key}")
        if len(values) != count:
            self.fail(f"{pointer}/attributes/{key}", f"{len(values)} values for {count} vertices")
        return values

    def colors(self, attributes: Json, pointer: str, count: int) -> NDArray[Any] | None:
        if "COLOR_0" not in attributes:
            return None
        values = self.accessor(attributes["COLOR_0"])
        if len(values) != count or values.ndim != 2 or values.shape[1] not in (3, 4):
            self.fail(f"{pointer}/attributes/COLOR_0", f"shape {values.shape} for {count} vertices")
        return np.ascontiguousarray(values)

    def floats(self, index: int, pointer: str) -> NDArray[np.float32]:
        values = self.accessor(index)
        if values.dtype.kind != "f":
            if not self.at("accessors", index).get("normalized"):
                self.fail(pointer, f"component type {values.dtype} without KHR_mesh_quantization")
            values = (values / np.float32(np.iinfo(values.dtype).max)).astype("f4")
        return np.ascontiguousarray(values, dtype="f4")

    def accessor(self, index: int) -> NDArray[Any]:
        accessor = self.at("accessors", index)
        where = f"/accessors/{index}"
        if "sparse" in accessor or "bufferView" not in accessor:
            self.fail(where, "sparse or empty accessors are not written by xmscenes; build the scene again")
        dtype, width = np.dtype(_DTYPES[accessor["componentType"]]), _WIDTHS[accessor["type"]]
        view = self.at("bufferViews", accessor["bufferView"])
        if view.get("buffer", 0) != 0 or "uri" in self.at("buffers", 0):
            self.fail(where, "data outside the GLB; write one file")
        start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
        item = dtype.itemsize * width
        stride, count = view.get("byteStride", item), accessor["count"]
        end = view.get("byteOffset", 0) + view["byteLength"]
        if end > len(self.bin) or (count and start + stride * (count - 1) + item > end):
            self.fail(where, "reaches beyond its buffer; build the scene again")
        shape, strides = (count, width), (stride, dtype.itemsize)
        flat = np.ndarray(shape, dtype, buffer=self.bin, offset=start, strides=strides) if count else None
        return flat if flat is not None else np.zeros(shape, dtype)

    # ── looks ────────────────────────────────────────────────────────────────────────────────────────────────
    def material(self, material: Json) -> RenderMaterial:
        pbr = material.get("pbrMetallicRoughness", {})
        strength = material.get("extensions", {}).get("KHR_materials_emissive_strength", {}).get("emissiveStrength", 1)
        emissive = tuple(float(v) * strength for v in material.get("emissiveFactor", (0, 0, 0)))
        return RenderMaterial(
            name=material.get("name", ""),
            base=tuple(float(v) for v in pbr.get("baseColorFactor", (1, 1, 1, 1))),  # type: ignore[arg-type]
            texture=pbr.get("baseColorTexture", {}).get("index"),
            emissive=emissive,  # type: ignore[arg-type]
            emissive_texture=material.get("emissiveTexture", {}).get("index"),
            roughness=float(pbr.get("roughnessFactor", 1)),
            metallic=float(pbr.get("metallicFactor", 1)),
            alpha_mode=material.get("alphaMode", "OPAQUE"),
            cutoff=float(material.get("alphaCutoff", 0.5)),
            double_sided=bool(material.get("doubleSided", False)),
        )

    def texture(self, index: int) -> RenderTexture:
        from PIL import Image, UnidentifiedImageError

        texture = self.at("textures", index)
        where = f"/textures/{index}"
        if "source" not in texture:
            self.fail(where, "has no picture; build the scene again")
        image = self.at("images", texture["source"])
        if "bufferView" not in image:
            self.fail(f"/images/{texture['source']}", f"picture {image.get('uri', '')!r:.80} is not in the file")
        view = self.at("bufferViews", image["bufferView"])
        start = view.get("byteOffset", 0)
        try:
            picture = Image.open(BytesIO(self.bin[start : start + view["byteLength"]]))
            pixels = np.asarray(picture.convert("RGBA"))
        except (UnidentifiedImageError, OSError) as error:
            raise RenderError(f"{self.path}#{where}: picture cannot be decoded ({error}); build again") from error
        sampler = self.at("samplers", texture["sampler"]) if "sampler" in texture else {}
        repeat = tuple(sampler.get(key, 10497) != 33071 for key in ("wrapS", "wrapT"))
        return RenderTexture(name=image.get("name", ""), pixels=pixels, repeat=repeat)  # type: ignore[arg-type]

    def at(self, table: str, index: int) -> Json:
        rows = self.doc.get(table, [])
        if not isinstance(index, int) or not 0 <= index < len(rows):
            self.fail(f"/{table}/{index}", "is missing; build the scene again")
        row: Json = rows[index]
        return row


def _local_matrix(node: Json) -> NDArray[np.float64]:
    if "matrix" in node:
        return np.array(node["matrix"], dtype="f8").reshape(4, 4).T
    matrix = np.eye(4)
    x, y, z, w = node.get("rotation", (0, 0, 0, 1))
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, :3] *= np.array(node.get("scale", (1, 1, 1)), dtype="f8")
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix
