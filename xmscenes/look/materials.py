"""The materials that meshes name by index. Order is part of the file format of the cache: append, never reorder."""

from __future__ import annotations

from dataclasses import dataclass

THEMES = ("day", "dusk", "night")  # names of the KHR_materials_variants, in this order


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A glTF metallic-roughness material. ``texture`` names an atlas of ``look.atlas``; None: colour only."""

    name: str
    base_rgb: tuple[int, int, int] = (255, 255, 255)  # sRGB; multiplies the mesh's rgb
    alpha: float = 1.0
    roughness: float = 0.9  # multiplies the atlas' roughness where there is one
    metallic: float = 0.0
    alpha_mode: str = "OPAQUE"  # "MASK", "BLEND"
    alpha_cutoff: float = 0.5  # for MASK
    double_sided: bool = False
    texture: str | None = None
    emissive_rgb: tuple[float, float, float] = (0.0, 0.0, 0.0)  # linear; multiplies the atlas' emissive image
    emissive_by_theme: tuple[float, float, float] = (0.0, 0.0, 0.0)  # factor for day, dusk, night

    def emissive(self, theme: str) -> tuple[float, float, float]:
        """Give the linear emissive factor of a theme; an unknown theme raises ``ValueError``."""
        strength = self.emissive_by_theme[THEMES.index(theme)]
        r, g, b = (strength * channel for channel in self.emissive_rgb)
        return r, g, b


MATERIALS: tuple[Material, ...] = (
    Material(name="plain"),  # colour comes from the mesh
    Material(name="water", base_rgb=(255, 255, 255), alpha=1.0, roughness=0.12),
    Material(
        name="facade",
        texture="facade",
        roughness=1.0,
        metallic=1.0,
        emissive_rgb=(1.0, 1.0, 1.0),
        emissive_by_theme=(0.0, 0.7, 1.0),
    ),
    Material(name="foliage", alpha_mode="MASK", double_sided=True, texture="foliage"),
    Material(name="roof", texture="roof", roughness=1.0),  # tile courses; repeats both ways
    Material(name="ground", texture="ground"),  # neutral grain for terrain, rock and concrete; repeats both ways
    Material(name="paving", texture="paving"),  # neutral stone slabs; repeats both ways
    Material(name="glow", emissive_rgb=(1.0, 0.78, 0.48), emissive_by_theme=(0.0, 0.8, 1.0)),  # lamp heads
    Material(name="metal", roughness=0.35, metallic=0.6),  # bronze, steel; colour comes from the mesh
    Material(
        name="storeys",  # facades that repeat upwards
        texture="storeys",
        roughness=1.0,
        metallic=1.0,
        emissive_rgb=(1.0, 1.0, 1.0),
        emissive_by_theme=(0.0, 0.7, 1.0),
    ),
)

INDEX: dict[str, int] = {material.name: i for i, material in enumerate(MATERIALS)}
