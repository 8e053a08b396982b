"""Materials of the scene as glTF: metallic-roughness, colours linear, night by KHR_materials_variants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.look.colour import linear_from_srgb
from xmscenes.look.materials import MATERIALS, THEMES

if TYPE_CHECKING:
    from xmscenes.export.gltf import GltfWriter
    from xmscenes.export.textures import TextureTable

Json = dict[str, Any]
VARIANTS = "KHR_materials_variants"


class MaterialTable:
    """The glTF materials of one file, made when a mesh first asks for them. The day is the default look."""

    def __init__(self, writer: GltfWriter, textures: TextureTable, *, variants: bool = False) -> None:
        self._writer = writer
        self._textures = textures
        self._variants = variants
        self._index: dict[tuple[int, str, str], int] = {}

    def worn(self, material: int, uv_transform: Json | None = None) -> Json:
        """Give the ``material`` member of a primitive that wears one of ``MATERIALS``, with its variants."""
        item: Json = {"material": self._one(material, THEMES[0], uv_transform)}
        look = MATERIALS[material]
        if self._variants and len({look.emissive(theme) for theme in THEMES}) > 1:
            self._writer.use(VARIANTS)
            mappings = [
                {"material": self._one(material, theme, uv_transform), "variants": [number]}
                for number, theme in enumerate(THEMES)
            ]
            item["extensions"] = {VARIANTS: {"mappings": mappings}}
            names = {"variants": [{"name": theme} for theme in THEMES]}
            self._writer.json.setdefault("extensions", {})[VARIANTS] = names
        return item

    def wants_tangents(self, material: int) -> bool:
        """Whether a material has a normal map in this file."""
        texture = MATERIALS[material].texture
        return texture is not None and "normal" in self._textures.kinds(texture)

    def _one(self, material: int, theme: str, uv_transform: Json | None) -> int:
        key = (material, theme, repr(uv_transform))
        if key not in self._index:
            self._index[key] = self._writer.append("materials", self._json(material, theme, uv_transform))
        return self._index[key]

    def _json(self, index: int, theme: str, uv_transform: Json | None) -> Json:
        look = MATERIALS[index]
        colour = [round(float(c), 6) for c in linear_from_srgb(np.array(look.base_rgb))]
        glow = look.emissive(theme)
        wanted = {"albedo", "normal", "orm"} | ({"emissive"} if max(glow) > 0 else set())
        maps = self._textures.maps(look.texture, wanted) if look.texture else {}
        factors: Json = {
            "baseColorFactor": [*colour, look.alpha],
            "metallicFactor": look.metallic if "orm" in maps or not look.texture else 0.0,
            "roughnessFactor": look.roughness,
        }
        item: Json = {
            "name": look.name if theme == THEMES[0] else f"{look.name} {theme}",
            "pbrMetallicRoughness": factors,
        }
        refer = {kind: self._reference(number, uv_transform) for kind, number in maps.items()}
        if "albedo" in refer:
            factors["baseColorTexture"] = refer["albedo"]
        if "orm" in refer:
            factors["metallicRoughnessTexture"] = refer["orm"]
            item["occlusionTexture"] = refer["orm"]
        if "normal" in refer:
            item["normalTexture"] = refer["normal"]
        if max(glow) > 0 and ("emissive" in refer or not look.texture):
            item["emissiveFactor"] = list(glow)
            if "emissive" in refer:
                item["emissiveTexture"] = refer["emissive"]
        if look.alpha_mode != "OPAQUE":
            item["alphaMode"] = look.alpha_mode
        if look.alpha_mode == "MASK":
            item["alphaCutoff"] = look.alpha_cutoff
        if look.double_sided:
            item["doubleSided"] = True
        return item

    def _reference(self, texture: int, uv_transform: Json | None) -> Json:
        if uv_transform is None:
            return {"index": texture}
        self._writer.use("KHR_texture_transform", required=True)
        return {"index": texture, "extensions": {"KHR_texture_transform": uv_transform}}
