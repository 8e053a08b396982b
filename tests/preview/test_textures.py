from __future__ import annotations

import numpy as np
import pytest

from xmscenes.bench.city import leaf_pixels
from xmscenes.preview.scene import RenderTexture
from xmscenes.preview.textures import fill_transparent, mip_chain


def test_transparent_texels_take_the_colour_of_their_neighbours() -> None:
    pixels = np.zeros((8, 8, 4), "u1")
    pixels[2:4, 2:4] = (90, 160, 60, 255)
    filled = fill_transparent(pixels)
    assert (filled[..., :3] == (90, 160, 60)).all()
    assert (filled[..., 3] == pixels[..., 3]).all()


def test_opaque_pictures_stay_as_they_are() -> None:
    pixels = np.full((4, 4, 4), 255, "u1")
    assert fill_transparent(pixels) is pixels
    assert fill_transparent(np.zeros((4, 4, 4), "u1")).sum() == 0


def test_leaves_do_not_thin_out_in_coarse_levels() -> None:
    texture = RenderTexture(name="leaf", pixels=leaf_pixels(128))
    chain = mip_chain(texture, 0.5)
    shares = [float((level[..., 3] >= 127).mean()) for level in chain[:5]]
    assert shares == pytest.approx([shares[0]] * 5, abs=0.06)


def test_the_chain_ends_with_one_texel_for_odd_sizes_too() -> None:
    chain = mip_chain(RenderTexture(name="odd", pixels=np.full((5, 3, 4), 77, "u1")), 0.1)
    assert [level.shape[:2] for level in chain] == [(5, 3), (2, 1), (1, 1)]
    assert (chain[-1] == 77).all()


def test_colours_average_in_linear_light() -> None:
    pixels = np.zeros((2, 2, 4), "u1")
    pixels[..., 3] = 255
    pixels[0] = 255
    assert mip_chain(RenderTexture(name="x", pixels=pixels), 0.5)[1][0, 0, 0] == pytest.approx(186, abs=2)
