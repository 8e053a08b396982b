"""Materials of the scene as glTF: metallic-roughness, colours linear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.look.materials import MATERIALS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.export.gltf import GltfWriter


def linear_from_srgb(rgb: NDArray[Any]) -> NDArray[np.float64]:
    """SRGB bytes to linear light in [0, 1] (IEC 61966-2-1)."""
    value = np.asarray(rgb, dtype=np.float64) / 255.0
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


class MaterialTable:
    """The glTF materials of one file, made when a mesh first asks for them."""

    def __init__(self, writer: GltfWriter) -> None:
        self._writer = writer
        self._index: dict[int, int] = {}

    def index(self, material: int) -> int:
        """Index in the file of one of ``look.materials.MATERIALS``."""
        if material not in self._index:
            self._index[material] = self._writer.append("materials", self._json(material))
        return self._index[material]

    def _json(self, index: int) -> dict[str, Any]:
        look = MATERIALS[index]
        colour = [round(float(c), 6) for c in linear_from_srgb(np.array(look.base_rgb))]
        item: dict[str, Any] = {
            "name": look.name,
            "pbrMetallicRoughness": {
                "baseColorFactor": [*colour, look.alpha],
                "metallicFactor": look.metallic,
                "roughnessFactor": look.roughness,
            },
        }
        if look.alpha_mode != "OPAQUE":
            item["alphaMode"] = look.alpha_mode
        if look.double_sided:
            item["doubleSided"] = True
        return item
