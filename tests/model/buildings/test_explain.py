"""The story of one building, in two languages and a picture."""

import numpy as np

from xmscenes.model.buildings import explain_building
from xmscenes.options import BuildingOptions
from xmscenes.records import Footprint, PointCloud

RING = np.array([[0.0, 0.0], [12.0, 0.0], [12.0, 8.0], [0.0, 8.0]])


def gable_cloud():
    xy = np.random.default_rng(0).uniform([0, 0], [12, 8], (900, 2))
    z = 5 + 0.6 * np.minimum(xy[:, 1], 8 - xy[:, 1])
    return PointCloud(xyz=np.column_stack([xy, z]), point_class=np.full(900, 6, dtype=np.uint8))


def test_a_gable_is_told_in_english_and_chinese():
    house = Footprint(id="way/1", ring=RING, tags={"name": "三一堂"})
    english = "\n".join(explain_building(house, gable_cloud(), 0.0, BuildingOptions(), language="en").sentences)
    assert "way/1 三一堂" in english
    assert "Planes: 2 found, 2 used: 31° south" in english
    assert "roofed (LoD2.2)" in english
    chinese = explain_building(house, gable_cloud(), 0.0, BuildingOptions()).sentences
    assert any("坡度 31° 朝南" in sentence for sentence in chinese)


def test_the_reason_of_a_fallback_is_told():
    empty = PointCloud(xyz=np.zeros((0, 3)), point_class=np.zeros(0, dtype=np.uint8))
    story = explain_building(Footprint(id="a", ring=RING), empty, 0.0, BuildingOptions())
    assert "比要求的形式简单，原因：没有屋顶点。" in story.sentences


def test_the_picture_shows_the_plan_with_coloured_points():
    picture = explain_building(Footprint(id="a", ring=RING), gable_cloud(), 0.0, BuildingOptions(), size_px=300).picture
    assert picture.width == 300
    assert len(set(picture.get_flattened_data() if hasattr(picture, "get_flattened_data") else picture.getdata())) > 3


def test_an_outline_of_nothing_gives_an_empty_page():
    nothing = Footprint(id="a", ring=np.zeros((0, 2)))
    story = explain_building(nothing, gable_cloud(), 0.0, BuildingOptions(), language="en")
    assert "the footprint has no usable vertex" in " ".join(story.sentences)
