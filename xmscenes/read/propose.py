"""A commented scene spec for a user's own files: what ``xmscenes new`` writes."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import InputError
from xmscenes.frame import Frame
from xmscenes.read import check_layers_meet, open_points, read_footprints
from xmscenes.read.info import describe
from xmscenes.spec import Layer

if TYPE_CHECKING:
    from pathlib import Path

    from xmscenes.records import Footprint

_PURPOSES = {
    "id": "编号字段 id of a building",
    "name": "名称字段 its name",
    "height_m": "建筑高度（米）height above ground, metres",
    "levels": "层数 storeys",
    "ground_m": "地面高程（米）elevation of the ground, metres",
}
_NO_POINTS = "没有点云：高度来自层数或类型的默认值，记为 inferred / no points: heights come from storeys or defaults"


@dataclass(frozen=True, slots=True)
class _Input:
    """One of the user's files, looked at."""

    key: str
    path: Path
    facts: dict[str, Any]
    needs_crs: bool


def propose_spec(
    name: str,
    points: Path | None,
    footprints: Path | None,
    *,
    crs: str | None = None,
    relative_to: Path | None = None,
) -> str:
    """Look at a user's files and write a spec (TOML, comments in Chinese and English) that builds as it stands.

    ``crs`` is for files that name none themselves; ``relative_to`` is the folder that the spec will lie in.
    ``InputError`` when there is no file, or one names no CRS and ``crs`` is missing; ``FrameError`` when points and
    footprints do not meet, with the probable mistake.
    """
    inputs = [_looked_at(key, path, crs) for key, path in (("points", points), ("footprints", footprints)) if path]
    if not inputs:
        raise InputError(f"{name}: nothing to build from; give --points FILE or --footprints FILE")
    west, south, east, north = _extent_deg(inputs)
    frame = Frame(lon_deg=round((west + east) / 2, 6), lat_deg=round((south + north) / 2, 6))
    outlines = _outlines(inputs, crs, frame)
    if len(inputs) == 2:
        check_layers_meet([open_points(inputs[0].path, crs if inputs[0].needs_crs else None)], outlines, frame)
    lines = [
        f"# {name}: 由 xmscenes new 根据数据生成，可直接构建，随意修改 / proposed from the data, builds as it stands.",
        *(f"# {text}" for item in inputs for text in _summary(item)),
        *([] if points else [f"# {_NO_POINTS}"]),
        "",
        f"title = {_toml(name)}",
        'title_en = ""',
        "",
        "[frame]  # 局部坐标原点，在场景中央 / the local zero, in the middle of the scene",
        f"lon_deg = {frame.lon_deg}",
        f"lat_deg = {frame.lat_deg}",
        "undulation_m = 0.0  # 高程异常，仅用于地球浏览器 / from survey heights to the ellipsoid, for globes",
        "",
        "# [area]  # 缺省为建筑轮廓的范围 / default: the extent of the footprints",
        f"# bounds_deg = [{west}, {south}, {east}, {north}]  # 西南东北 west, south, east, north",
        "",
        "[inputs]",
        *(text for item in inputs for text in _layer_lines(item, crs, relative_to)),
        "",
        *_camera_lines(outlines, inputs, frame, crs),
    ]
    return "\n".join(lines) + "\n"


def _looked_at(key: str, path: Path, crs: str | None) -> _Input:
    facts = describe(path)
    needs_crs = facts["crs"] is None
    if needs_crs and crs is None:
        raise InputError(f"{path.name}: no CRS in the file; give --crs, for example --crs EPSG:4548 or --crs GCJ-02")
    if needs_crs:
        facts = describe(path, crs=crs)
    if facts["kind"] != {"points": "points", "footprints": "vector"}[key]:
        raise InputError(f"{path.name}: {facts['format']} is no format for {key}; see 'xmscenes info {path.name}'")
    if facts["extent_deg"] is None:
        problem = next((p["message"] for p in facts["problems"]), "it lies nowhere on the globe")
        raise InputError(f"{path.name}: {problem}; give --crs with the right system")
    return _Input(key, path, facts, needs_crs)


def _extent_deg(inputs: list[_Input]) -> tuple[float, float, float, float]:
    """Extent of the footprints, or of the points when there are none."""
    west, south, east, north = inputs[-1].facts["extent_deg"]
    return west, south, east, north


def _outlines(inputs: list[_Input], crs: str | None, frame: Frame) -> tuple[Footprint, ...]:
    for item in inputs:
        if item.key == "footprints":
            layer = Layer(path=str(item.path), crs=crs if item.needs_crs else None, **item.facts["proposals"])
            return read_footprints(item.path, layer, frame)[0]
    return ()


def _summary(item: _Input) -> list[str]:
    facts = item.facts
    size = " x ".join(f"{v:,.0f}" for v in facts["size_m"])
    where = f"{facts['crs']['name']}, {size} m"
    if item.key == "points":
        found = facts["points"]
        texts = [f"点云 points: {found['count']:,}, {found['density_per_m2']:.1f} /m2, {facts['format']}, {where}"]
    else:
        texts = [f"轮廓 footprints: {facts['features']['count']:,}, {facts['format']}, {where}"]
        texts += [f"  编码 encoding: {facts['encoding']['name']} ({facts['encoding']['reason']})"]
    return texts + [f"  {p['severity']}: {p['message']}; {p['hint']}".rstrip("; ") for p in facts["problems"]]


def _layer_lines(item: _Input, crs: str | None, relative_to: Path | None) -> list[str]:
    parts = [f"path = {_toml(_spelled(item.path, relative_to))}"]
    notes = []
    if item.needs_crs:
        parts.append(f"crs = {_toml(crs or '')}")
    for purpose, field in item.facts.get("proposals", {}).items():
        parts.append(f"{purpose} = {_toml(field)}")
        notes.append(f"# {purpose}: {_PURPOSES[purpose]}")
    for purpose, meaning in _PURPOSES.items() if item.key == "footprints" else ():
        if purpose not in item.facts["proposals"]:
            notes.append(f'# 未找到 not found: {purpose} = "字段名 field"  {meaning}')
    return [*notes, f"{item.key} = {{ {', '.join(parts)} }}"]


def _spelled(path: Path, relative_to: Path | None) -> str:
    """Path as it stands in the spec: relative to the spec's folder where it lies below it, else absolute."""
    whole = path.resolve()
    if relative_to is not None and whole.is_relative_to(relative_to.resolve()):
        return whole.relative_to(relative_to.resolve()).as_posix()
    return str(whole).replace(os.sep, "/")


def _camera_lines(outlines: tuple[Footprint, ...], inputs: list[_Input], frame: Frame, crs: str | None) -> list[str]:
    if outlines:
        xy = np.concatenate([outline.ring for outline in outlines])
    else:
        xy = open_points(inputs[0].path, crs if inputs[0].needs_crs else None).corners(frame)
    low, high = xy.min(axis=0), xy.max(axis=0)
    x, y = ((low + high) / 2).round(1) + 0.0  # no minus zero
    half = max(20.0, float((high - low).max()) / 2)
    base = _base_m(inputs, outlines)
    hero = [round(float(v), 1) for v in (x - 0.9 * half, y - 1.5 * half, base + 0.9 * half)]
    top = [round(float(v), 1) for v in (x, y - 1.0, base + 2.6 * half)]
    target = [float(x), float(y), round(base + 5.0, 1)]
    return [
        "[[camera]]  # 主视角：从西南俯瞰 / the main view, from the south-west",
        'name = "hero"',
        f"position_m = {hero}",
        f"target_m = {target}",
        "fov_deg = 48.0",
        "",
        "[[camera]]  # 俯视 / from above",
        'name = "top"',
        f"position_m = {top}",
        f"target_m = {target}",
        "fov_deg = 48.0",
    ]


def _base_m(inputs: list[_Input], outlines: tuple[Footprint, ...]) -> float:
    """Elevation to look at: the low end of the points, or the median ground of the footprints."""
    if inputs[0].key == "points" and inputs[0].facts["points"]["z"] is not None:
        return float(inputs[0].facts["points"]["z"][0])
    grounds = [outline.ground_m for outline in outlines if outline.ground_m is not None]
    return float(np.median(grounds)) if grounds else 0.0


def _toml(text: str) -> str:
    """Basic string of TOML; its escapes are those of JSON, save for the slash."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
