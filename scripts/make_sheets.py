"""Draw the sheets of building styles and of heroes for docs/pictures, by the project's own previewer."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from xmscenes.export.plain import write_plain
from xmscenes.frame import Frame
from xmscenes.look.dress import dress_building, plain_building
from xmscenes.look.parts import Bench, circle, prism
from xmscenes.look.prototypes import PROTOTYPES
from xmscenes.look.samples import SAMPLES, sample
from xmscenes.look.style import styles
from xmscenes.model.heroes import HEROES
from xmscenes.options import BuildingLookOptions, LookOptions
from xmscenes.preview.camera import Camera
from xmscenes.preview.glb import load_scene
from xmscenes.preview.quality import Quality
from xmscenes.preview.render import renderer
from xmscenes.preview.sheet import font
from xmscenes.preview.style import light_at
from xmscenes.records import LodChain, LodLevel, Mesh, Scene, Surface, TileKey, TileLods

ROOT = Path(__file__).parents[1]
CELL, GROUND = (400, 300), (150, 148, 138)
# azimuth and elevation of the camera, azimuth of the sun, all in degrees
STYLE_VIEWS = ((-62, 10, 215), (28, 12, 130), (118, 12, 60), (208, 12, 280), (-62, 52, 215))  # camera, sun: degrees
HERO_VIEWS = ((62, 9, 60), (140, 16, 330), (-105, 34, 215))
SLENDER = 25  # wider than so many heights: one more look from close by


def scene_of(name: str, meshes: list[Mesh], floor_m: float = 0.0) -> Scene:
    """A scene of some meshes on a round floor, each its own node."""
    chains = [
        LodChain(id=f"{name}/{k}", kind="building", levels=(LodLevel(index=0, mesh=m, error_m=0.0),))
        for k, m in enumerate(meshes)
    ]
    points = np.concatenate([m.vertices for m in meshes])
    middle, reach = (points.min(0) + points.max(0)) / 2, float(np.linalg.norm(np.ptp(points, axis=0))) * 0.75
    floor = Bench()
    shape = prism(circle(reach, 64) + middle[:2], floor_m - 0.4, floor_m)
    floor.add(shape, GROUND, material="ground", surface=Surface.GROUND)
    chains.append(LodChain(id="terrain/0", kind="terrain", levels=(LodLevel(index=0, mesh=floor.mesh(), error_m=0.0),)))
    box = (-1e3, -1e3, 1e3, 1e3)
    tile = TileLods(key=TileKey(column=0, row=0), bounds_m=box, chains=tuple(chains))
    return Scene(
        name=name,
        title=name,
        title_en=name,
        licence="CC0-1.0",
        frame=Frame(lon_deg=118.07, lat_deg=24.45),
        tiles=(tile,),
    )


def camera_at(
    mesh: Mesh, azimuth_deg: float, elevation_deg: float, floor_m: float = 0.0, margin: float = 1.24
) -> Camera:
    """Look at the middle of what stands above the ground, near enough to fill the picture."""
    points = mesh.vertices[mesh.vertices[:, 2] > floor_m - 0.5]
    middle = (points.min(0) + points.max(0)) / 2
    a, e = np.radians(azimuth_deg), np.radians(elevation_deg)
    back = np.array([np.cos(a) * np.cos(e), np.sin(a) * np.cos(e), np.sin(e)])
    right = np.array([-np.sin(a), np.cos(a), 0.0])
    up = np.cross(back, right)
    offset = points - middle
    half = np.tan(np.radians(17.0))
    aspect = CELL[0] / CELL[1]
    depth = offset @ back
    distance = (
        max(
            float((np.abs(offset @ up) / half + depth).max()),
            float((np.abs(offset @ right) / (half * aspect) + depth).max()),
        )
        * margin
    )
    eye = middle + back * distance
    eye[2] = max(eye[2], floor_m + 0.6)
    return Camera(name=f"{azimuth_deg}", eye_m=tuple(eye.tolist()), target_m=tuple(middle.tolist()), fov_deg=34.0)


def draw(scene: Scene, cameras: list[tuple[Camera, float]]) -> list[Image.Image]:
    """Write the scene as a GLB, read it again, and draw it from the cameras."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_plain(scene, Path(folder), ROOT / "assets")[0]
        loaded = load_scene(path)
        with renderer(loaded, Quality(backdrop=False)) as drawer:
            return [
                Image.fromarray(drawer.picture(camera, light_at(sun, 46.0, "day"), *CELL)) for camera, sun in cameras
            ]


def labelled(rows: list[tuple[str, list[Image.Image]]], columns: int) -> Image.Image:
    """Rows of pictures with their names."""
    w, h = CELL
    sheet = Image.new("RGB", (w * columns, (h + 26) * len(rows)), (246, 245, 241))
    pen = ImageDraw.Draw(sheet)
    for r, (text, pictures) in enumerate(rows):
        pen.text((10, r * (h + 26) + 3), text, font=font(16), fill=(40, 40, 40))
        for c, picture in enumerate(pictures):
            sheet.paste(picture, (c * w, r * (h + 26) + 26))
    return sheet


def style_row(name: str) -> tuple[str, list[Image.Image]]:
    """One style from four sides, from above, and its plain level."""
    feature = sample(name)
    override = BuildingLookOptions(id=feature.id, style=name)
    dressed = dress_building(feature, LookOptions(), override, path_xy=np.array([1.0, -40.0]))
    plain = plain_building(feature, LookOptions(), override)
    pictures = draw(scene_of(name, [dressed.mesh]), [(camera_at(dressed.mesh, a, e), sun) for a, e, sun in STYLE_VIEWS])
    pictures += draw(scene_of(name, [plain]), [(camera_at(dressed.mesh, -62, 10), 215.0)])
    style = styles()[name]
    return (
        f"{style.title}  {style.title_en}  LOD0 {len(dressed.mesh.faces)} triangles, LOD1 {len(plain.faces)} triangles",
        pictures,
    )


def hero_cameras(mesh: Mesh, floor_m: float) -> list[tuple[Camera, float]]:
    """Three views of a landmark; of a long low one two from close by."""
    feet = (max(floor_m, 0.0), floor_m, floor_m)  # the first view leaves out the rock below a figure
    views = [(camera_at(mesh, a, e, foot), float(sun)) for (a, e, sun), foot in zip(HERO_VIEWS, feet, strict=True)]
    span = np.ptp(mesh.vertices, axis=0)
    if span[:2].max() > SLENDER * mesh.vertices[:, 2].max():
        middle = (mesh.vertices.min(0) + mesh.vertices.max(0)) / 2
        near = mesh.vertices[np.argsort(np.abs(mesh.vertices[:, 0] - middle[0]))[:40]].mean(0)
        for k, (dx, dy, dz) in enumerate(((30.0, 42.0, 9.0), (-60.0, -34.0, 3.0))):
            eye = (float(near[0] + dx), float(near[1] + dy), dz)
            target = (float(near[0] - dx * 0.6), float(near[1]), 3.0)
            views[k] = (Camera(name="near", eye_m=eye, target_m=target, fov_deg=50.0), 40.0 if dy > 0 else 215.0)
    return views


def hero_row(name: str) -> tuple[str, list[Image.Image]]:
    """One landmark from three sides."""
    hero = HEROES[name]
    meshes = [hero.make(level) for level in range(4)]
    counts = " / ".join(f"{len(m.faces)}" for m in meshes)
    floor_m = min((seat.level_m for seat in hero.seats), default=0.0)
    pictures = draw(scene_of(name, meshes[:1], floor_m), hero_cameras(meshes[0], floor_m))
    return f"{hero.name}  {hero.name_en}  {counts} triangles", pictures


def prototype_row(names: list[str]) -> list[tuple[str, list[Image.Image]]]:
    """Every prototype at every level."""
    rows = []
    for name in names:
        meshes = PROTOTYPES[name]()
        pictures = [draw(scene_of(name, [m]), [(camera_at(meshes[0], -60, 12), 215.0)])[0] for m in meshes]
        rows.append((f"{name}  " + " / ".join(str(len(m.faces)) for m in meshes) + " triangles", pictures))
    return rows


def save(image: Image.Image, path: Path, width: int) -> None:
    """Write a small JPEG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS).save(
        path, quality=84, optimize=True
    )


def main() -> None:
    """Draw the sheets that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sheets", nargs="*", default=["styles", "heroes", "prototypes"])
    parser.add_argument("--only", nargs="*", help="names of styles, heroes or prototypes")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures")
    arguments = parser.parse_args()
    only = arguments.only
    if "styles" in arguments.sheets:
        save(
            labelled([style_row(n) for n in only or SAMPLES], len(STYLE_VIEWS) + 1), arguments.out / "styles.jpg", 1800
        )
    if "heroes" in arguments.sheets:
        names = only or list(HEROES)
        rows = [hero_row(n) for n in names]
        half = (len(rows) + 1) // 2
        parts = (
            [labelled(rows[:half], len(HERO_VIEWS)), labelled(rows[half:], len(HERO_VIEWS))]
            if len(rows) > 1
            else [labelled(rows, len(HERO_VIEWS))]
        )
        for k, part in enumerate(parts, start=1):
            save(part, arguments.out / f"heroes-{k}.jpg", 1200)
    if "prototypes" in arguments.sheets:
        save(labelled(prototype_row(only or list(PROTOTYPES)), 4), arguments.out / "prototypes.jpg", 1120)


if __name__ == "__main__":
    main()
