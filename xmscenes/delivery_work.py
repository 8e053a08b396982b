"""One delivery of a finished scene, in any process: what it needs comes from the cache."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xmscenes.cache import Cache, digest_of
from xmscenes.errors import ModelError
from xmscenes.kernels import watch_compiler
from xmscenes.meter import Clock
from xmscenes.places import look_folder

if TYPE_CHECKING:
    from xmscenes.assemble import Assembly
    from xmscenes.options import ExportOptions

_LONGEST_FIRST = ("tiles", "xr", "plain", "cityjson")  # so that no worker idles at the end


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryJob:
    """Which profile to write, where to, and what of."""

    profile: str
    folder: Path
    options: ExportOptions
    cache_folder: Path
    key: str


def deliveries_of(whole: Assembly, options: ExportOptions, folder: Path, cache: Cache) -> list[DeliveryJob]:
    """Jobs for the profiles that are asked for; the scene goes into the cache, where workers find it.

    The next pruning takes it out again, since no tile needs it.
    """
    scene, features = digest_of("scene", whole.scene.name), digest_of("features", whole.scene.name)
    cache.store(scene, (whole.scene, ()))
    if "cityjson" in options.profiles:
        cache.store(features, (replace(whole.scene, tiles=()), whole.features))
    return [
        DeliveryJob(
            profile=profile,
            folder=folder,
            options=options,
            cache_folder=cache.folder,
            key=features if profile == "cityjson" else scene,
        )
        for profile in _LONGEST_FIRST
        if profile in options.profiles
    ]


def write_delivery(job: DeliveryJob) -> dict[str, float]:
    """Write it; gives the seconds it took."""
    from xmscenes.export import write_profile

    watch_compiler()
    clock = Clock()
    found = Cache(job.cache_folder).load(job.key)
    if found is None:
        raise ModelError("the cache lost the scene while it was written (deleted or disk trouble); run the build again")
    scene, features = found
    write_profile(job.profile, scene, features, job.options, job.folder, look_folder())
    clock.lap("export")
    return clock.seconds
