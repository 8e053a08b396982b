"""What the shaders need to know of one picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.preview.camera import NEAR_M
from xmscenes.preview.shadows import Cascade, Shadows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.preview.backdrop import Backdrop
    from xmscenes.preview.quality import Quality
    from xmscenes.preview.style import Light
    from xmscenes.preview.view import View

    Corner = NDArray[np.float64]

CASCADES = 3


def frame_uniforms(
    view: View,
    light: Light,
    shadows: Shadows,
    bounds: tuple[Corner, Corner],
    around: Backdrop,
    quality: Quality,
) -> dict[str, Any]:
    """Values of light, air, shadows and surroundings, by the names that the shaders give them."""
    cascades, whole = shadows.cascades, shadows.whole
    padded = [*cascades, *[Cascade(matrix=np.eye(4), texel_m=1.0)] * (CASCADES - len(cascades))]
    x, y, z = light.sun
    low, high = bounds
    diagonal = float(np.linalg.norm(high - low))
    start, far = view.depth_range
    span = max(far - start, 0.35 * diagonal, 500.0)
    return view.rays | {
        "u_eye": tuple(view.eye.tolist()),
        "u_sun": (x, z, -y),
        "u_sun_rgb": light.sun_rgb,
        "u_sky_rgb": light.sky_rgb,
        "u_ground_rgb": light.ground_rgb,
        "u_zenith_rgb": light.zenith_rgb,
        "u_horizon_rgb": light.horizon_rgb,
        "u_glow_rgb": light.glow_rgb,
        "u_cloud_rgb": light.cloud_rgb,
        "u_sky": (light.cloud_cover, light.disc, light.stars, light.windows),
        "u_air": (-float(np.log(1 - light.haze)) / span, start, 1.0 / max(0.5 * diagonal, 100.0), float(low[1])),
        "u_view_projection": view.view_projection,
        "u_near": NEAR_M,
        "u_pixel": view.sample,
        "u_shadow_matrix": np.array([c.matrix for c in padded]),
        "u_shadow_texel": tuple(c.texel_m for c in padded),
        "u_cascades": len(cascades),
        "u_whole_matrix": whole.matrix if whole else np.eye(4),
        "u_whole_texel": whole.texel_m if whole else 0.0,
        "u_outline": (quality.outline, float(quality.supersample)),
        "u_backdrop": (*around.rgb, around.level_m),
        "u_scene": (*((low + high) / 2)[[0, 2]].tolist(), 0.5 * float(np.hypot(*(high - low)[[0, 2]]))),
    }
