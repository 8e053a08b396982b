"""What is written under and into pictures, in Chinese where the word is known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from xmscenes.preview.picture import tool_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xmscenes.preview.camera import Camera
    from xmscenes.preview.hours import Hour
    from xmscenes.preview.scene import RenderScene
    from xmscenes.spec import Spec

CAMERA_WORDS = {
    "hero": "主景", "top": "俯视", "ne": "东北", "se": "东南", "sw": "西南", "nw": "西北", "street": "街景",
    "harbour": "港口", "aerial": "鸟瞰", "lake": "湖面", "skyline": "天际线", "bridge": "桥",
    "north": "北面", "south": "南面", "east": "东面", "west": "西面",
}  # fmt: skip
ORIGIN_WORDS = {
    "measured": "实测", "openstreetmap": "开放街图", "digitised": "数字化", "simulated": "模拟", "inferred": "推断",
}  # fmt: skip
THEME_WORDS = {"day": "白天", "dusk": "黄昏", "night": "夜晚"}


def camera_caption(name: str) -> str:
    """Name of a camera as a caption, in Chinese where the name is known."""
    word = CAMERA_WORDS.get(name)
    return f"{word} {name}" if word else name


def origins_caption(origins: Sequence[str]) -> str:
    """Origin labels in words."""
    return "、".join(ORIGIN_WORDS.get(o, o) for o in origins) or "未标注"


def about_picture(scene: RenderScene, spec: Spec | None, camera: Camera, hour: Hour, level: int) -> dict[str, str]:
    """What a PNG says about itself."""
    title = spec.title if spec else scene.name
    view = {"eye_m": camera.eye_m, "target_m": camera.target_m, "fov_deg": camera.fov_deg}
    about = {
        "Title": f"{title} · {camera_caption(camera.name)}",
        "Software": f"xmscenes {tool_version()}",
        "Copyright": scene.copyright,
        "xmscenes:scene": scene.name,
        "xmscenes:level": str(level),
        "xmscenes:camera": json.dumps({"name": camera.name, **view}, ensure_ascii=False),
        "xmscenes:light": f"{hour.moment.isoformat()} {hour.theme}",
        "xmscenes:origins": ",".join(scene.origins),
        "Comment": camera.note,
    }
    return {key: value for key, value in about.items() if value}
