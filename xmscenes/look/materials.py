"""The materials that meshes name by index. Order is part of the file format of the cache: append, never reorder."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A glTF metallic-roughness material. ``texture`` names an atlas of ``look.atlas``; None: colour only."""

    name: str
    base_rgb: tuple[int, int, int] = (255, 255, 255)  # sRGB; multiplies the mesh's rgb
    alpha: float = 1.0
    roughness: float = 0.9
    metallic: float = 0.0
    alpha_mode: str = "OPAQUE"  # "MASK", "BLEND"
    double_sided: bool = False
    texture: str | None = None


MATERIALS: tuple[Material, ...] = (
    Material(name="plain"),  # colour comes from the mesh
    Material(name="water", base_rgb=(58, 104, 112), alpha=1.0, roughness=0.12),
    Material(name="facade", texture="facade"),
    Material(name="foliage", alpha_mode="MASK", double_sided=True, texture="foliage"),
)

INDEX: dict[str, int] = {material.name: i for i, material in enumerate(MATERIALS)}
