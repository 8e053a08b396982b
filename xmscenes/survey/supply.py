"""Points for a scene: a real survey when there is one, else a simulated flight, made once and kept."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from xmscenes.errors import InputError, SpecError
from xmscenes.survey.plan import VARIANTS, SurveyPlan, read_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from xmscenes.spec import Spec
    from xmscenes.survey.truth import Truth
    from xmscenes.survey.world import World

VERSION = "4"  # raise it when the same plan gives other points
STAMP = "survey.json"
TRUTH = "truth.npz"


class SurveyScene(Protocol):
    """What the survey needs to know of a loaded spec."""

    @property
    def name(self) -> str:
        """Name of the scene."""
        ...

    @property
    def path(self) -> Path:
        """The spec's file."""
        ...

    @property
    def spec(self) -> Spec:
        """The spec."""
        ...

    @property
    def roots(self) -> tuple[Path, ...]:
        """Folders that the spec's paths may point into."""
        ...

    def resolve(self, key: str, path: str) -> tuple[Path, ...]:
        """Files that a path of the spec names."""
        ...


class SurveyProgress(Protocol):
    """What the survey tells of its progress."""

    def stage(self, name: str, total: float | None = None) -> AbstractContextManager[Callable[[float], None]]:
        """Open a stage."""
        ...

    def note(self, text: str) -> None:
        """Say one line."""
        ...


def provide_points(scene: SurveyScene, folder: Path, progress: SurveyProgress) -> list[Path]:
    """Make sure that the points named by ``inputs.points`` are there; fly the simulated survey when they are not.

    A real survey in that place wins, and simulated files beside it are removed. A simulated survey is flown again
    when its plan or its layers changed, or when the area reaches beyond what was flown: a build of a part of the
    place uses the survey of the whole. Empty when the spec names no points. ``folder`` takes half-done work.
    """
    layer = scene.spec.inputs.points
    if layer is None:
        return []
    found = list(scene.resolve("inputs.points", layer.path)) if _is_glob(layer.path) else []
    if not _is_glob(layer.path):
        return list(scene.resolve("inputs.points", layer.path))
    if scene.spec.survey.plan is None:
        if found:
            return found
        raise InputError(f"{scene.path.name}: inputs.points = {layer.path!r}: no such file; put a survey there")
    plan_path = _plan_path(scene)
    target = _points_folder(scene, layer.path, plan_path)
    stamp = _read_stamp(target)
    foreign = [p for p in found if p.name not in stamp.get("files", ())]
    if foreign:
        _remove_simulated(target, stamp, progress)
        return foreign
    variant = scene.spec.survey.variant
    if found and _is_current(stamp, scene, plan_path, variant):
        return found
    work = folder / f"survey-{os.getpid()}"  # two builds at once must not share it
    shutil.rmtree(work, ignore_errors=True)
    fly_survey(scene, work, variant=variant, progress=progress)
    _move(work, target)
    shutil.rmtree(work, ignore_errors=True)
    return sorted(target.glob(Path(layer.path).name))


def fly_survey(
    scene: SurveyScene, out_folder: Path, *, variant: str = "airborne", progress: SurveyProgress
) -> list[Path]:
    """Fly the simulated survey of a scene into a folder: LAZ files, the truth, and a stamp that says what it is.

    ``variant`` is "airborne" or "image_matching". The same plan and layers give the same bytes.
    """
    from xmscenes.survey.fly import fly
    from xmscenes.survey.truth import save_truth, truth_of_world

    if variant not in VARIANTS:
        raise SpecError(f"survey.variant = {variant!r}: want one of {', '.join(VARIANTS)}")
    plan_path = _plan_path(scene)
    out_folder.mkdir(parents=True, exist_ok=True)
    key = _key(scene, plan_path, variant)  # before the layers are read: a layer that changes meanwhile is noticed
    with progress.stage("survey", 1.0) as advance:
        world = build_truth_world(scene)
        advance(0.1)
        paths = fly(world, out_folder, scene.name, variant, lambda share: advance(0.88 * share))
        save_truth(truth_of_world(world), out_folder / TRUTH)
    stamp = {
        "made_by": "xmscenes survey (simulated)",
        "variant": variant,
        "key": key,
        "area_deg": list(scene.spec.area.bounds_deg) if scene.spec.area else [],
        "files": [p.name for p in paths],
    }
    (out_folder / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
    return paths


def build_truth_world(scene: SurveyScene) -> World:
    """Build the truth scene that the survey flies over."""
    from xmscenes.survey.layers import box_of
    from xmscenes.survey.world import build_world

    plan_path = _plan_path(scene)
    if scene.spec.area is None:
        raise SpecError(f"{scene.path.name}: area.bounds_deg is missing; a simulated survey needs to know where to fly")
    frame = scene.spec.to_frame()
    return build_world(read_plan(plan_path), plan_path.parent, frame, box_of(scene.spec.area.bounds_deg, frame))


def truth_of(scene: SurveyScene) -> Truth:
    """Truth of a scene's simulated survey: read from beside its points when it is there, built anew otherwise."""
    from xmscenes.survey.truth import load_truth, truth_of_world

    layer = scene.spec.inputs.points
    plan_path = _plan_path(scene)
    if layer is not None and _is_glob(layer.path):
        folder = _points_folder(scene, layer.path, plan_path)
        stamp = _read_stamp(folder)
        if _is_current(stamp, scene, plan_path, str(stamp.get("variant"))) and (folder / TRUTH).is_file():
            return load_truth(folder / TRUTH)
    return truth_of_world(build_truth_world(scene))


def is_simulated(points: Path) -> bool:
    """Whether a file of points came from a simulated flight: the stamp beside it names it."""
    return points.name in _read_stamp(points.parent).get("files", ())


def _is_glob(path: str) -> bool:
    return any(c in path for c in "*?[")


def _plan_path(scene: SurveyScene) -> Path:
    if scene.spec.survey.plan is None:
        raise SpecError(f"{scene.path.name}: survey.plan is missing; name the survey.toml to fly")
    return scene.resolve("survey.plan", scene.spec.survey.plan)[0]


def _points_folder(scene: SurveyScene, pattern: str, plan_path: Path) -> Path:
    """Folder that the pattern of ``inputs.points`` looks in, below the root that holds the plan."""
    bases = [b.resolve() for b in (scene.path.parent, *scene.roots)]
    base = next((b for b in bases if plan_path.is_relative_to(b) and b.name != "scenes"), bases[0])
    return (base / pattern).parent


def _is_current(stamp: dict[str, Any], scene: SurveyScene, plan_path: Path, variant: str) -> bool:
    """Whether what was flown is what would be flown now, over the scene's area at least."""
    if stamp.get("key") != _key(scene, plan_path, variant):
        return False
    flown, area = stamp.get("area_deg") or [], scene.spec.area
    if area is None or len(flown) != 4:
        return area is None
    west, south, east, north = area.bounds_deg
    return bool(flown[0] <= west and flown[1] <= south and east <= flown[2] and north <= flown[3])


def _key(scene: SurveyScene, plan_path: Path, variant: str) -> str:
    """Hash of everything that the points depend on but the area."""
    plan = read_plan(plan_path)
    digest = hashlib.sha256()
    off = {"ground": {"beach_bank"}} if plan.ground.beach_bank == 0.0 else None  # an option that is off changes no key
    for text in (VERSION, variant, plan.model_dump_json(exclude=off), scene.spec.frame.model_dump_json()):
        digest.update(text.encode() + b"\n")
    for name in sorted(_layer_names(plan)):
        file = plan_path.parent / name
        if not file.is_file():
            raise InputError(f"{plan_path.name}: {name}: no such file beside it")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _layer_names(plan: SurveyPlan) -> set[str]:
    single = (plan.coastline, plan.bridges, plan.boats, plan.paths, plan.greens, plan.ground.spots)
    rules = {rule.layer for rule in plan.trees} | {water.layer for water in plan.water}
    return {name for name in single if name} | set(plan.footprints) | rules


def _read_stamp(folder: Path) -> dict[str, Any]:
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none, or torn: what lies there is then taken for a real survey
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _remove_simulated(folder: Path, stamp: dict[str, Any], progress: SurveyProgress) -> None:
    names = [str(n) for n in stamp.get("files", ()) if (folder / str(n)).is_file()]
    for name in [*names, *([STAMP, TRUTH] if stamp else [])]:
        (folder / name).unlink(missing_ok=True)
    if names:
        progress.note(f"{folder}: {len(names)} simulated files removed, the survey put there is used instead")


def _move(work: Path, target: Path) -> None:
    """Put a finished survey in its place; the stamp last, so that a torn move is flown again."""
    try:
        target.mkdir(parents=True, exist_ok=True)
        for old in _read_stamp(target).get("files", ()):
            (target / str(old)).unlink(missing_ok=True)
        (target / STAMP).unlink(missing_ok=True)
        names = sorted(p.name for p in work.iterdir() if p.name != STAMP)
        for name in [*names, STAMP]:
            temporary = target / f".{name}.part"
            shutil.move(work / name, temporary)
            os.replace(temporary, target / name)  # noqa: PTH105
    except OSError as error:
        raise InputError(f"{target}: the survey cannot be put there ({error.strerror}); make it writeable") from error
