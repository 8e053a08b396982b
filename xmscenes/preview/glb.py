"""Read a written GLB for the renderer: its triangles, copies and looks, at one rendering level.

``plain`` and ``xr`` files both come in here, so that what is shipped is what is judged. trimesh is not used: it drops
COLOR_0 of textured meshes, loses MASK and silently mis-scales quantised files.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from xmscenes.errors import RenderError
from xmscenes.gltf_drawn import instance_matrices, shown_nodes
from xmscenes.gltf_read import Glb, Json, load_glb
from xmscenes.preview.scene import Draw, Geometry, RenderMaterial, RenderScene, RenderTexture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

KNOWN_EXTENSIONS = frozenset(
    {
        "EXT_mesh_gpu_instancing",
        "EXT_meshopt_compression",
        "EXT_texture_webp",
        "KHR_lights_punctual",
        "KHR_materials_emissive_strength",
        "KHR_materials_unlit",
        "KHR_materials_variants",
        "KHR_mesh_quantization",
        "KHR_texture_transform",
        "MSFT_lod",
    }
)
_TRIANGLES = 4
_VARIANTS = "KHR_materials_variants"
_CLAMP_TO_EDGE = 33071
Known = dict[tuple[bytes, tuple[bool, bool]], RenderTexture]  # file bytes, how it repeats → decoded


def load_scene(path: Path, level: int = 0, known: Known | None = None) -> RenderScene:
    """Read one written file for the renderer, at a rendering level where the file holds several.

    Broken files raise ``InputError``; required extensions that the renderer does not know, vertices that are not
    finite and scenes without a triangle raise ``RenderError``. ``known`` takes and gives decoded pictures: levels
    of a build wear the same ones.
    """
    known = {} if known is None else known
    glb = load_glb(path, str(path))
    unknown = sorted(set(glb.json.get("extensionsRequired", [])) - KNOWN_EXTENSIONS)
    if unknown:
        raise RenderError(f"{path}: requires {', '.join(unknown)}, which the preview cannot draw; use the plain file")
    geometries: list[Geometry] = []
    draws = [draw for mesh, placed in _instances(glb, level).items() for draw in _draws(glb, mesh, placed, geometries)]
    if not draws:
        raise RenderError(f"{path}: nothing to draw (no triangle in its scene); check the inputs of the build")
    scene = glb.item("scenes", glb.json.get("scene", 0))
    return RenderScene(
        name=path.stem,
        geometries=tuple(geometries),
        draws=tuple(draws),
        materials=(*_materials(glb), RenderMaterial()),
        textures=tuple(_texture(glb, i, known) for i in range(len(glb.items("textures")))),
        origins=_origins(glb),
        copyright=str(glb.json.get("asset", {}).get("copyright", "")),
        extras={**glb.json.get("asset", {}).get("extras", {}), **scene.get("extras", {})},
    )


def _origins(glb: Glb) -> tuple[str, ...]:
    """Every origin label of the nodes and of the features in them."""
    found = set()
    for node in glb.items("nodes"):
        extras = node.get("extras", {})
        rows = [extras, *extras.get("features", [])] if isinstance(extras, dict) else []
        found |= {str(row["origin"]) for row in rows if isinstance(row, dict) and "origin" in row}
    return tuple(sorted(found))


Placed = tuple[str, str, "NDArray[np.float64]"]  # name, kind, transforms (N, 4, 4)


def _instances(glb: Glb, level: int) -> dict[int, list[Placed]]:
    """Mesh index → where it stands, in node order."""
    found: dict[int, list[Placed]] = {}
    if not glb.items("scenes"):
        return found
    for index, matrix in shown_nodes(glb, level):
        node = glb.item("nodes", index)
        if "mesh" not in node:
            continue
        placed = matrix @ instance_matrices(glb, node)
        if not np.isfinite(placed).all():
            raise RenderError(f"{glb.where}#/nodes/{index}: its transform is not finite; build the scene again")
        name = str(node.get("name", index))
        kind = str(node.get("extras", {}).get("kind", name.split("/")[0])).lower()
        found.setdefault(node["mesh"], []).append((name, kind, placed))
    return found


def _draws(glb: Glb, mesh: int, placed: list[Placed], geometries: list[Geometry]) -> Iterator[Draw]:
    matrices = np.concatenate([m for _, _, m in placed])
    mirrored = np.linalg.det(matrices[:, :3, :3]) < 0
    for k, primitive in enumerate(glb.item("meshes", mesh).get("primitives", [])):
        geometry = read_geometry(glb, primitive, f"{glb.where}#/meshes/{mesh}/primitives/{k}")
        if geometry is None:
            continue
        geometries.append(geometry)
        for flip in (False, True):  # mirrored copies wind the other way round and are drawn apart
            chosen = matrices[mirrored == flip]
            if len(chosen):
                name, kind, _ = placed[0]
                yield Draw(geometry=len(geometries) - 1, matrices=chosen.astype("f4"), name=name, kind=kind)


def read_geometry(glb: Glb, primitive: Json, where: str) -> Geometry | None:
    """Triangles of one primitive; None when it has none. What does not fit together raises ``RenderError``."""
    attributes = primitive.get("attributes", {})
    if primitive.get("mode", _TRIANGLES) != _TRIANGLES or "POSITION" not in attributes:
        raise RenderError(f"{where}: not triangles with positions; write triangles")
    positions = glb.numbers(attributes["POSITION"])
    count = len(positions)
    finite = np.isfinite(positions).all(axis=1)
    if not finite.all():
        raise RenderError(f"{where}: vertex {int(np.argmin(finite))} is not finite; build the scene again")
    indices = glb.accessor(primitive["indices"]) if "indices" in primitive else np.arange(count, dtype="u4")
    if len(indices) % 3 or (len(indices) and int(indices.max()) >= count):
        raise RenderError(f"{where}: {len(indices)} indices do not make triangles of {count} vertices; build again")
    if not len(indices):
        return None
    material = primitive.get("material", len(glb.items("materials")))
    if "material" in primitive:
        glb.item("materials", material)
    uv = _attribute(glb, attributes, "TEXCOORD_0", where, count)
    return Geometry(
        positions=np.ascontiguousarray(positions),
        indices=np.ascontiguousarray(indices, dtype="u4"),
        normals=_attribute(glb, attributes, "NORMAL", where, count),
        uv=uv if uv is None else _dequantised(uv, glb.items("materials")[material] if "material" in primitive else {}),
        colors=_colors(glb, attributes, where, count),
        material=material,
        low=positions.min(axis=0).astype("f8"),
        high=positions.max(axis=0).astype("f8"),
    )


def _attribute(glb: Glb, attributes: Json, key: str, where: str, count: int) -> NDArray[np.float32] | None:
    if key not in attributes:
        return None
    values = glb.numbers(attributes[key])
    if len(values) != count:
        raise RenderError(f"{where}: {len(values)} values of {key} for {count} vertices; build the scene again")
    return np.ascontiguousarray(values)


def _colors(glb: Glb, attributes: Json, where: str, count: int) -> NDArray[Any] | None:
    """Linear colours as stored, bytes and shorts included: the GPU scales them."""
    if "COLOR_0" not in attributes:
        return None
    values = glb.accessor(attributes["COLOR_0"])
    if len(values) != count or values.ndim != 2 or values.shape[1] not in (3, 4):
        raise RenderError(f"{where}: COLOR_0 has shape {values.shape} for {count} vertices; build the scene again")
    # OpenGL wants rows on four-byte borders: three bytes or shorts grow an alpha
    if values.dtype.kind == "u" and values.shape[1] == 3:
        values = np.column_stack([values, np.full(count, np.iinfo(values.dtype).max, values.dtype)])
    return np.ascontiguousarray(values)


def _dequantised(uv: NDArray[np.float32], material: Json) -> NDArray[np.float32]:
    transform = _slot(material.get("pbrMetallicRoughness", {}), "baseColorTexture").get("extensions", {})
    transform = transform.get("KHR_texture_transform", {})
    scale, offset = transform.get("scale", (1, 1)), transform.get("offset", (0, 0))
    return np.asarray(uv * np.array(scale, "f4") + np.array(offset, "f4"), dtype="f4")


def _slot(parent: Json, key: str) -> Json:
    return cast("Json", parent.get(key, {}))


def _materials(glb: Glb) -> list[RenderMaterial]:
    """Materials by day; what shines by night alone keeps the picture of its lights, for the hour to decide."""
    items = glb.items("materials")
    by_day = [_material(item) for item in items]
    for day, night in _night_of(glb).items():
        if day < len(items) and night < len(items) and not any(by_day[day].emissive):
            by_day[day] = replace(by_day[day], emissive_texture=_slot(items[night], "emissiveTexture").get("index"))
    return by_day


def _night_of(glb: Glb) -> dict[int, int]:
    """Material by day → its variant named night (KHR_materials_variants)."""
    names = [v.get("name") for v in _slot(glb.json.get("extensions", {}), _VARIANTS).get("variants", [])]
    found: dict[int, int] = {}
    for mesh in glb.items("meshes") if "night" in names else []:
        for primitive in mesh.get("primitives", []):
            for mapping in _slot(primitive.get("extensions", {}), _VARIANTS).get("mappings", []):
                if names.index("night") in mapping.get("variants", []) and "material" in primitive:
                    found[primitive["material"]] = mapping["material"]
    return found


def _material(item: Json) -> RenderMaterial:
    pbr = item.get("pbrMetallicRoughness", {})
    strength = item.get("extensions", {}).get("KHR_materials_emissive_strength", {}).get("emissiveStrength", 1.0)
    r, g, b, a = map(float, pbr.get("baseColorFactor", (1, 1, 1, 1)))
    er, eg, eb = (float(v) * strength for v in item.get("emissiveFactor", (0, 0, 0)))
    return RenderMaterial(
        name=item.get("name", ""),
        base=(r, g, b, a),
        emissive=(er, eg, eb),
        roughness=float(pbr.get("roughnessFactor", 1)),
        metallic=float(pbr.get("metallicFactor", 1)),
        texture=_slot(pbr, "baseColorTexture").get("index"),
        surface_texture=_slot(pbr, "metallicRoughnessTexture").get("index"),
        normal_texture=_slot(item, "normalTexture").get("index"),
        normal_scale=float(_slot(item, "normalTexture").get("scale", 1.0)),
        emissive_texture=_slot(item, "emissiveTexture").get("index"),
        alpha_mode=item.get("alphaMode", "OPAQUE"),
        cutoff=float(item.get("alphaCutoff", 0.5)),
        double_sided=bool(item.get("doubleSided", False)),
    )


def _texture(glb: Glb, index: int, known: Known) -> RenderTexture:
    from PIL import Image, UnidentifiedImageError

    texture = glb.item("textures", index)
    where = f"{glb.where}#/textures/{index}"
    source = texture.get("extensions", {}).get("EXT_texture_webp", {}).get("source", texture.get("source"))
    if source is None:
        raise RenderError(f"{where}: has no picture that the preview can decode; use the plain file")
    image = glb.item("images", source)
    if "bufferView" not in image:
        raise RenderError(f"{where}: picture {str(image.get('uri', ''))[:60]!r} is not in the file; build again")
    sampler = glb.item("samplers", texture["sampler"]) if "sampler" in texture else {}
    data, repeat = glb.view_bytes(image["bufferView"]), (_repeats(sampler, "wrapS"), _repeats(sampler, "wrapT"))
    if (data, repeat) not in known:
        try:
            pixels = np.asarray(Image.open(BytesIO(data)).convert("RGBA"))
        except (UnidentifiedImageError, OSError) as error:
            raise RenderError(f"{where}: its picture cannot be decoded ({error}); build the scene again") from error
        known[data, repeat] = RenderTexture(name=str(image.get("name", "")), pixels=pixels, repeat=repeat)
    return known[data, repeat]


def _repeats(sampler: Json, key: str) -> bool:
    return bool(sampler.get(key) != _CLAMP_TO_EDGE)
