"""What colour a dressed face has when one is too far away to see its texture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.colour import albedo_over, linear_from_srgb, srgb_from_linear
from xmscenes.look.materials import INDEX, MATERIALS

if TYPE_CHECKING:
    from xmscenes.records import Mesh


def without_textures(mesh: Mesh) -> Mesh:
    """Turn opaque looks into vertex colours of the one plain material; water and cut-outs stay what they are."""
    material = np.zeros(len(mesh.faces), np.uint8) if mesh.material is None else mesh.material
    rgb = np.full((len(mesh.faces), 3, 3), 255, np.uint8) if mesh.rgb is None else mesh.rgb.copy()
    worn = material.copy()
    for index in np.unique(material).tolist():
        look = MATERIALS[index]
        if look.alpha_mode != "OPAQUE" or index == INDEX["water"]:
            continue
        at = material == index
        base = np.broadcast_to(linear_from_srgb(np.array(look.base_rgb)), (int(at.sum()), 3))
        if look.texture and mesh.uv is not None:
            base = base * albedo_over(look.texture, mesh.uv[at])
        if not np.allclose(base, 1.0):
            rgb[at] = srgb_from_linear(linear_from_srgb(rgb[at]) * base[:, None])
        worn[at] = INDEX["plain"]
    textured = [i for i, look in enumerate(MATERIALS) if look.texture]
    uv = mesh.uv if mesh.uv is not None and np.isin(worn, textured).any() else None
    return replace(mesh, material=worn, rgb=rgb, uv=uv)
