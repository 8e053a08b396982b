"""A user's own GLB as a hero: read with care, because it comes from anywhere."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import InputError
from xmscenes.model.heroes.user_images import require_small_images
from xmscenes.records import Mesh, Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.options import HeroOptions

LARGEST_BYTES = 200_000_000
MOST_TRIANGLES = 2_000_000
LARGEST_IMAGE_PX = 8192
TALLEST_M, SMALLEST_M = 1200.0, 0.3  # a landmark outside of these is in other units
READABLE = {
    "KHR_mesh_quantization",
    "KHR_texture_transform",
    "KHR_materials_unlit",
    "KHR_materials_specular",
    "KHR_materials_ior",
    "KHR_materials_emissive_strength",
    "EXT_texture_webp",
    "KHR_materials_variants",
}


def read_hero_glb(path: str | Path, options: HeroOptions) -> Mesh:
    """Read a GLB as a mesh in local metres about its own zero: x right, y ahead, z up, scaled by ``options.scale``.

    glTF's front (+z) becomes +y. Textures become colours at the corners. ``InputError`` says what is wrong with a
    file that is missing, huge, broken, needs a decoder, points outside of its folder, holds NaN, or whose size
    shows other units or another up axis.
    """
    file = Path(path)
    tree, binary_bytes = _read_json(file)
    _require_readable(file, tree, binary_bytes)
    require_small_images(file, tree, LARGEST_IMAGE_PX)
    vertices, faces, rgb = _load(file)
    if options.up == "z":
        vertices = vertices[:, [0, 2, 1]] * [1, 1, -1]
    local = vertices[:, [0, 2, 1]] * [-1, 1, 1] * options.scale
    _require_plausible(file, local, options)
    return Mesh(
        vertices=local,
        faces=faces.astype("i4"),
        surface=np.full(len(faces), int(Surface.DETAIL), "u1"),
        material=np.zeros(len(faces), "u1"),
        rgb=rgb[faces],
        uv=np.zeros((len(faces), 3, 2), "f4"),
        smooth=np.zeros(len(faces), bool),
    )


def _read_json(file: Path) -> tuple[dict[str, Any], int]:
    if not file.is_file():
        raise InputError(f"{file}: no such model; set hero.model to a GLB file")
    size = file.stat().st_size
    if size > LARGEST_BYTES:
        raise InputError(
            f"{file}: {size / 1e6:.0f} MB is too large for a hero; keep it under {LARGEST_BYTES / 1e6:.0f} MB"
        )
    with file.open("rb") as stream:
        head = stream.read(20)
        if len(head) < 20 or head[:4] != b"glTF":
            raise InputError(f"{file}: not a binary glTF; export it as GLB (glTF 2.0 binary)")
        version, total, length, kind = struct.unpack("<IIII", head[4:20])
        if version != 2 or kind != 0x4E4F534A or total > size or length > size - 20:
            raise InputError(f"{file}: broken GLB header (version {version}, {total} of {size} bytes); export it again")
        text = stream.read(length)
        rest = stream.read(8)
    try:
        tree = json.loads(text.decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{file}: its JSON is broken ({error}); export it again") from error
    if not isinstance(tree, dict):
        raise InputError(f"{file}: its JSON is not an object; export it again")
    return tree, struct.unpack("<I", rest[:4])[0] if len(rest) == 8 else 0


def _require_readable(file: Path, tree: dict[str, Any], binary_bytes: int) -> None:
    needed = sorted(set(tree.get("extensionsRequired", ())) - READABLE)
    if needed:
        raise InputError(f"{file}: needs {', '.join(needed)}, which is not decoded here; export it without compression")
    folder = file.parent.resolve()
    for key in ("buffers", "images"):
        for k, item in enumerate(_items(tree, key)):
            uri = str(item.get("uri", ""))
            if uri and not uri.startswith("data:"):
                target = (folder / uri).resolve()
                if "://" in uri or uri.startswith("//") or not target.is_relative_to(folder):
                    raise InputError(
                        f"{file}: {key}/{k} points outside of its folder ({uri[:80]}); embed it in the GLB"
                    )
                if not target.is_file():
                    raise InputError(f"{file}: {key}/{k} is missing ({uri[:80]}); embed it in the GLB")
    _require_sizes(file, tree, binary_bytes)


def _require_sizes(file: Path, tree: dict[str, Any], binary_bytes: int) -> None:
    for k, view in enumerate(_items(tree, "bufferViews")):
        if view.get("buffer", 0) == 0 and not _items(tree, "buffers")[0].get("uri"):
            end = int(view.get("byteOffset", 0)) + int(view.get("byteLength", 0))
            if end > binary_bytes:
                raise InputError(f"{file}: bufferViews/{k} ends at byte {end} of {binary_bytes}; export it again")
    triangles = sum(int(a.get("count", 0)) for a in _items(tree, "accessors") if a.get("type") == "SCALAR") // 3
    most = max((int(a.get("count", 0)) for a in _items(tree, "accessors")), default=0)
    if triangles > MOST_TRIANGLES or most > 3 * MOST_TRIANGLES:
        raise InputError(f"{file}: about {max(triangles, most // 3):,} triangles; simplify it below {MOST_TRIANGLES:,}")


def _items(tree: dict[str, Any], key: str) -> list[dict[str, Any]]:
    items = tree.get(key, [])
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _load(file: Path) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.uint8]]:
    import PIL.Image
    import trimesh

    try:
        scene = trimesh.load(file, file_type="glb", force="scene", process=False)
        parts = [g for g in scene.dump() if isinstance(g, trimesh.Trimesh) and len(g.faces)]
        colours = [_colours(part) for part in parts]
    except (
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        struct.error,
        PIL.UnidentifiedImageError,
    ) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{file}: cannot be read ({type(error).__name__}: {str(error)[:120]}); export it again"
        ) from error
    if not parts:
        raise InputError(f"{file}: holds no triangles; export the mesh, not only lights or empties")
    starts = np.cumsum([0] + [len(p.vertices) for p in parts])
    vertices = np.concatenate([np.asarray(p.vertices, dtype=np.float64) for p in parts])
    faces = np.concatenate([np.asarray(p.faces, dtype=np.int64) + n for p, n in zip(parts, starts[:-1], strict=True)])
    if not np.isfinite(vertices).all():
        bad = int((~np.isfinite(vertices)).any(axis=1).sum())
        raise InputError(f"{file}: {bad} vertices are not numbers (NaN or infinite); repair the model")
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise InputError(
            f"{file}: faces name vertices that are not there ({faces.max()} of {len(vertices)}); export it again"
        )
    return vertices, faces, np.concatenate(colours)


def _colours(part: Any) -> NDArray[np.uint8]:
    """One sRGB colour a vertex: from vertex colours, from the texture, or from the material."""
    visual = part.visual
    if visual.kind == "texture":
        visual = visual.to_color()
    colours = np.asarray(visual.vertex_colors)
    if colours.shape[0] != len(part.vertices):
        colours = np.tile(np.array([200, 200, 200, 255], "u1"), (len(part.vertices), 1))
    rgb: NDArray[np.uint8] = np.ascontiguousarray(colours[:, :3], dtype=np.uint8)
    return rgb


def _require_plausible(file: Path, local: NDArray[np.float64], options: HeroOptions) -> None:
    size = np.ptp(local, axis=0)
    largest = float(size.max())
    if largest > TALLEST_M:
        factor, units = (0.001, "millimetres") if largest > 40_000 else (0.01, "centimetres")
        raise InputError(
            f"{file}: {largest:,.0f} m across looks like {units}; set hero.scale = {factor * options.scale:g}"
        )
    if largest < SMALLEST_M:
        raise InputError(f"{file}: {largest * 1000:.1f} mm across is too small for a landmark; set hero.scale")
    y, z = local[:, 1], local[:, 2]
    stands_on_y = min(abs(y.min()), abs(y.max())) < 0.02 * max(size[1], 1e-9)
    centred_in_z = abs(z.min() + z.max()) < 0.12 * max(size[2], 1e-9)
    if stands_on_y and centred_in_z and size[1] > 0.25 * largest:
        other = "z" if options.up == "y" else "y"
        size_text = f"{size[1]:.1f} m along the ground, centred in height"
        raise InputError(f'{file}: lies on its back ({size_text}): Y and Z are swapped; set hero.up = "{other}"')
