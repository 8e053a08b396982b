"""The story of one building: why it looks as it does, in words (Chinese or English) and in a plan view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.model.buildings.reconstruct import Story, tell_building
from xmscenes.records import Form

if TYPE_CHECKING:
    from PIL import Image

    from xmscenes.options import BuildingOptions
    from xmscenes.records import Footprint, PointCloud

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "outline": "Outline: {corners} corners, {holes} courtyards, {area:.1f} m²{parts}.",
        "parts": ", repaired into {n} parts",
        "points": "Points: {n} on the roof ({density:.1f} per m²), noise {noise:.1f} cm; limit {eps:.0f} cm.",
        "no points": "Points: {n} on the roof, too few to see a shape.",
        "smeared": "The cloud rounds its edges as image matching does: narrow ramps were not taken for roofs.",
        "ground": "Ground: {z:.2f} m, from {source}.",
        "planes": "Planes: {n} found, {used} used: {list}.",
        "plane": "{slope:.0f}° {towards} ({points} points)",
        "flat": "flat ({points} points)",
        "curve": "Curved: a {kind} fits with {rms:.1f} cm and is cut into regular facets.",
        "cuts": "Cuts: {ridges} ridges or valleys and {steps} steps tried, {faces} faces in the partition.",
        "form": "Form: {form}; eaves to ridge {height:.2f} m above ground.",
        "fallback": "Simpler than asked for, because: {reason}.",
        "fit": "Fit: RMSE {rmse:.3f} m, 95 % of the points within {p95:.3f} m.",
        "source": "Height from: {source} ({origin}).",
    },
    "zh": {
        "outline": "轮廓：{corners} 个角点，{holes} 个天井，面积 {area:.1f} 平方米{parts}。",
        "parts": "，修复后分为 {n} 块",
        "points": "点云：屋顶点 {n} 个（{density:.1f} 点/平方米），噪声 {noise:.1f} 厘米；平面容差 {eps:.0f} 厘米。",
        "no points": "点云：屋顶点只有 {n} 个，看不出形状。",
        "smeared": "点云边缘被抹圆（影像匹配的特征）：窄坡带不作屋面。",
        "ground": "地面：高程 {z:.2f} 米，取自{source}。",
        "planes": "屋面：找到 {n} 个平面，采用 {used} 个：{list}。",
        "plane": "坡度 {slope:.0f}° 朝{towards}（{points} 点）",
        "flat": "平屋面（{points} 点）",
        "curve": "曲面：{kind}，误差 {rms:.1f} 厘米，切成规则的小平面。",
        "cuts": "分割：尝试屋脊或天沟 {ridges} 条、高差线 {steps} 条，剖分得 {faces} 个面。",
        "form": "形式：{form}；最高处离地 {height:.2f} 米。",
        "fallback": "比要求的形式简单，原因：{reason}。",
        "fit": "吻合：均方根误差 {rmse:.3f} 米，95% 的点在 {p95:.3f} 米以内。",
        "source": "高度来源：{source}（{origin}）。",
    },
}
TOWARDS = {
    "en": ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east"),
    "zh": ("东", "东北", "北", "西北", "西", "西南", "南", "东南"),
}
FORMS = {
    "en": {
        Form.BLOCK: "block (LoD1.2)",
        Form.STEPPED: "stepped (LoD1.3)",
        Form.ROOFED: "roofed (LoD2.2)",
    },
    "zh": {
        Form.BLOCK: "平顶块体（LoD1.2）",
        Form.STEPPED: "阶梯块体（LoD1.3）",
        Form.ROOFED: "有屋面（LoD2.2）",
    },
}
CURVES_ZH = {"dome": "穹顶", "cone": "圆锥顶", "barrel": "筒拱", "tent": "攒尖顶"}
REASONS_ZH = {
    "no roof points": "没有屋顶点",
    "no roof plane found": "找不到屋面平面",
    "a part has no roof plane": "有一块找不到屋面平面",
    "the footprint has no usable vertex": "轮廓没有可用的顶点",
    "an edge belongs to more than two faces": "有一条边属于两个以上的面",
    "the surface is not closed": "表面不封闭",
    "a face is not flat": "有一个面不平",
    "a face's ring meets itself": "有一个面的边界自交",
    "an edge is shorter than 1.5 mm": "有一条边短于 1.5 毫米",
    "the volume is not positive": "体积不为正",
    "a face folds over": "有一个面折叠",
}
SOURCES_ZH = {
    "terrain": "地形",
    "ground points": "地面点",
    "layer": "图层",
    "lowest points": "最低的点",
    "none": "无",
    "points": "点云",
    "height of the layer": "图层的高度",
    "storeys of the layer": "图层的层数",
    "measured": "实测",
    "openstreetmap": "开放街道图",
    "digitised": "数字化",
    "simulated": "模拟",
    "inferred": "推断",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One building's story: sentences, and the picture."""

    sentences: tuple[str, ...]
    picture: Image.Image


def explain_building(
    footprint: Footprint,
    points: PointCloud,
    ground_z: float | None,
    options: BuildingOptions,
    *,
    language: str = "zh",
    size_px: int = 900,
) -> Explanation:
    """Tell how one building came about, from the same inputs as ``reconstruct_building``.

    ``language`` is "zh" or "en". The picture is a plan view, north up: points by plane (black: no plane, magenta:
    wall), ridges red, steps blue, the partition grey, the final roof black.
    """
    from xmscenes.model.buildings.plan_view import draw_plan

    story = tell_building(footprint, points, ground_z, options)
    return Explanation(tuple(_sentences(footprint, story, language)), draw_plan(story, size_px))


def _sentences(footprint: Footprint, story: Story, language: str) -> list[str]:
    words = WORDS[language]
    outcome = story.feature.outcome
    quality: dict[str, Any] = dict(outcome.quality)
    told = [f"{footprint.id} {story.feature.name}".strip()]
    parts = words["parts"].format(n=len(story.polygons)) if len(story.polygons) > 1 else ""
    told.append(
        words["outline"].format(
            corners=len(footprint.ring), holes=len(footprint.holes), area=quality.get("area_m2", 0.0), parts=parts
        )
    )
    if story.scan is not None:
        told += _measured(story, quality, language)
    told.append(
        words["form"].format(
            form=FORMS[language].get(story.feature.form or Form.BLOCK, ""), height=quality.get("height_m", 0.0)
        )
    )
    if outcome.fallback:
        reason = REASONS_ZH.get(outcome.fallback, outcome.fallback) if language == "zh" else outcome.fallback
        told.append(words["fallback"].format(reason=reason))
    if outcome.rmse_m is not None:
        told.append(words["fit"].format(rmse=outcome.rmse_m, p95=quality["p95_m"]))
    told.append(words["source"].format(source=_name(outcome.source, language), origin=_name(outcome.origin, language)))
    return told


def _name(word: str, language: str) -> str:
    return SOURCES_ZH.get(word, word) if language == "zh" else str(word)


def _measured(story: Story, quality: dict[str, Any], language: str) -> list[str]:
    words = WORDS[language]
    stories = [part for part in story.parts if part is not None]
    told = [words["ground"].format(z=quality["ground_m"], source=_name(str(quality["ground_source"]), language))]
    n = story.feature.outcome.point_count
    if not stories:
        return [words["no points"].format(n=n), *told]
    roofs = [part.roof for part in stories]
    noise, eps = max(r.sigma_m for r in roofs), max(r.eps_m for r in roofs)
    told.insert(0, words["points"].format(n=n, density=quality["density_per_m2"], noise=100 * noise, eps=100 * eps))
    if any(r.smeared for r in roofs):
        told.append(words["smeared"])
    used = [(part, f) for part in stories for f in np.unique(part.labels).tolist()]
    used = [(part, f) for part, f in used if f < len(part.roof.planes) - (len(part.curve.planes) if part.curve else 0)]
    listed = [_plane(part.roof.planes[f], int((part.roof.labels == f).sum()), language) for part, f in used]
    told.append(
        words["planes"].format(
            n=sum(len(r.planes) for r in roofs), used=len(used), list=("；" if language == "zh" else "; ").join(listed)
        )
    )
    for part in stories:
        if part.curve is not None:
            kind = CURVES_ZH[part.curve.kind] if language == "zh" else part.curve.kind
            told.append(words["curve"].format(kind=kind, rms=100 * part.curve.rms_m))
    ridges = sum(int(part.cuts.meets.sum()) for part in stories)
    told.append(
        words["cuts"].format(
            ridges=ridges,
            steps=sum(len(part.cuts.rows) for part in stories) - ridges,
            faces=sum(part.partition.face_count for part in stories),
        )
    )
    return told


def _plane(plane: Any, points: int, language: str) -> str:
    slope = float(np.degrees(np.arccos(min(1.0, plane[2]))))
    if slope < 3.0:
        return WORDS[language]["flat"].format(points=points)
    towards = TOWARDS[language][int(np.round(np.arctan2(plane[1], plane[0]) / (np.pi / 4))) % 8]
    return WORDS[language]["plane"].format(slope=slope, towards=towards, points=points)
