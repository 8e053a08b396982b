"""What must be built, and why: keys of results, and what changed since the last build."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xmscenes.cache import code_digest, digest_of
from xmscenes.model.heroes import locate_heroes
from xmscenes.model.landmarks import TileHeroes, reaches
from xmscenes.tile import BucketIndex, TilePlan, bucket_points, needed_box, plan_tiles, read_index

if TYPE_CHECKING:
    from xmscenes.cache import Cache
    from xmscenes.layers import Layers
    from xmscenes.model.heroes import Located
    from xmscenes.options import CleanOptions
    from xmscenes.progress import Progress
    from xmscenes.scenes import LoadedSpec
    from xmscenes.spec import Spec

_EVERYWHERE = ("records", "geometry", "frame.py", "options.py", "errors.py")
_READ_CODE = (*_EVERYWHERE, "read", "tile")
_MODEL_CODE = (*_EVERYWHERE, "tile", "clean", "model", "look")
_LOD_CODE = (*_EVERYWHERE, "lod", "look")
# Sections that no tile depends on: what they say is read elsewhere, or is part of the tile's own digest.
_NOT_MODEL = {
    "title", "title_en", "description", "licence", "frame", "area", "inputs", "tile", "lod", "export", "camera", "hero",
    "budget", "survey", "preview",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One tile and the keys of its two results."""

    tile: TilePlan
    heroes: TileHeroes
    model_key: str
    lod_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All steps of a build, sorted by tile, with the options as the tiles get them."""

    steps: tuple[Step, ...]
    spec: Spec
    index: BucketIndex | None

    def state(self) -> dict[str, Any]:
        """What the results depended on, to say next time what changed."""
        return {
            "tiles": {str(s.tile.key): dict(s.tile.inputs) for s in self.steps},
            "options": _option_digests(self.spec),
            "code": code_digest(*_MODEL_CODE),
        }

    def remember(self, state_file: Path) -> None:
        """Write the state of a finished build."""
        temporary = state_file.with_suffix(".tmp")
        temporary.write_text(json.dumps(self.state(), ensure_ascii=False, sort_keys=True), encoding="utf-8")
        temporary.replace(state_file)

    def keys(self) -> set[str]:
        """Keys of all results that this plan needs."""
        return {key for step in self.steps for key in (step.model_key, step.lod_key)}


def sort_points(loaded: LoadedSpec, layers: Layers, folder: Path, progress: Progress) -> BucketIndex | None:
    """Give the buckets of the survey: those of an earlier build when nothing they depend on has changed."""
    if not layers.points:
        return None
    box = needed_box(layers.area_m, layers.footprints)
    points = [f"{s.path} {s.sha256}" for s in layers.sources if s.path.startswith("points:")]
    key = digest_of(
        repr(layers.frame),
        loaded.spec.tile.model_dump_json(),
        str(loaded.spec.inputs.points),
        repr(box),
        code_digest(*_READ_CODE),
        *points,
    )
    target = folder / f"buckets-{key[:16]}"
    if (found := read_index(target)) is not None:
        return found
    for stale in folder.glob("buckets-*"):
        shutil.rmtree(stale, ignore_errors=True)
    count = sum(source.facts.point_count or 0 for source in layers.points)
    with progress.stage("points", count or None) as advance:
        return bucket_points(layers.points, layers.frame, loaded.spec.tile, target, box, advance)


def plan_build(loaded: LoadedSpec, layers: Layers, index: BucketIndex | None) -> Plan:
    """Lay out the tiles and key their results."""
    spec = loaded.spec.model_copy(update={"clean": _settled(loaded.spec.clean, index)})
    tiles = plan_tiles(
        index,
        layers.footprints,
        layers.lines,
        layers.areas,
        layers.dem,
        spec.tile,
        layers.area_m,
        heroes=spec.hero,
        frame=layers.frame,
        points_origin=layers.points_origin,
        ortho=layers.ortho,
    )
    options = spec.model_dump_json(exclude=_NOT_MODEL)
    located = locate_heroes(spec.hero, layers.frame, lambda path: loaded.resolve("hero.model", path)[0])
    steps = []
    for tile in tiles:
        heroes = _heroes_of(tile, located)
        model_key = digest_of("model", tile.digest, _digest_of(heroes), options, code_digest(*_MODEL_CODE))
        lod_key = digest_of("lod", model_key, spec.lod.model_dump_json(), code_digest(*_LOD_CODE))
        steps.append(Step(tile=tile, heroes=heroes, model_key=model_key, lod_key=lod_key))
    return Plan(steps=tuple(steps), spec=spec, index=index)


def _heroes_of(tile: TilePlan, located: tuple[Located, ...]) -> TileHeroes:
    names = {options.id for options in tile.heroes}
    owned = {footprint.id for footprint in tile.footprints}
    return TileHeroes(
        standing=tuple(hero for hero in located if hero.options.id in names),
        near=tuple(hero for hero in located if reaches(hero, tile.bounds_m)),
        hidden={id_: hero.options.id for hero in located for id_ in hero.hides if id_ in owned},
    )


def _digest_of(heroes: TileHeroes) -> str:
    """Digest of the heroes' places and of the bytes of users' models."""
    models = [Path(hero.model).read_bytes() for hero in heroes.standing if hero.model]
    return digest_of(repr(heroes.standing), repr(heroes.near), json.dumps(heroes.hidden, sort_keys=True), *models)


def _settled(options: CleanOptions, index: BucketIndex | None) -> CleanOptions:
    """Decide "auto" once for the whole survey, so that no tile's classes depend on what its neighbours hold."""
    classes = index.class_counts if index else {}
    update = {
        name: "keep" if number in classes else "classify"
        for name, number in (("ground", 2), ("buildings", 6))
        if getattr(options, name) == "auto"
    }
    return options.model_copy(update=update)


def explain_plan(plan: Plan, cache: Cache, state_file: Path) -> list[dict[str, Any]]:
    """Say for every tile whether it would be built, and which change makes it so."""
    try:
        before = json.loads(state_file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        before = None
    now = plan.state()
    rows = []
    for step in plan.steps:
        name = str(step.tile.key)
        missing = [part for part, key in (("model", step.model_key), ("lod", step.lod_key)) if not cache.has(key)]
        rows.append(
            {
                "tile": name,
                "state": "build" if missing else "cached",
                "why": _reasons(step, name, before, now) if missing else [],
                "stages": missing,
            }
        )
    return rows


def _reasons(step: Step, name: str, before: dict[str, Any] | None, now: dict[str, Any]) -> list[str]:
    if before is None:
        return ["first build"]
    if name not in before["tiles"]:
        return ["new tile"]
    why = [f"{what} changed" for what in step.tile.changes_since(before["tiles"][name])]
    why += [
        f"[{section}] changed" for section, value in now["options"].items() if before["options"].get(section) != value
    ]
    if before["code"] != now["code"]:
        why.append("xmscenes changed")
    return why or ["result is missing from the cache"]


def _option_digests(spec: Spec) -> dict[str, str]:
    sections = json.loads(spec.model_dump_json(exclude=_NOT_MODEL - {"lod"}))
    return {name: digest_of(json.dumps(value, sort_keys=True)) for name, value in sorted(sections.items())}
