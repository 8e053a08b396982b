"""The inputs of a build: a scene whose survey is simulated has it flown first, and their digest says what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmscenes.cache import code_digest, digest_of
from xmscenes.sources import Digests, InputFile, list_inputs

if TYPE_CHECKING:
    from pathlib import Path

    from xmscenes.progress import Progress
    from xmscenes.scenes import LoadedSpec


def provide_inputs(loaded: LoadedSpec, cache_folder: Path, progress: Progress) -> tuple[InputFile, ...]:
    """List the input files with their hashes, after flying the simulated survey where points are asked for but missing.

    A real survey put in the place of the points wins: then nothing is simulated.
    """
    from xmscenes.survey import provide_points

    provide_points(loaded, cache_folder / loaded.name, progress)
    digests = Digests(cache_folder / "digests.json")
    inputs = list_inputs(loaded, digests)
    digests.save()
    return inputs


def build_digest(loaded: LoadedSpec, inputs: tuple[InputFile, ...], *, preview: bool) -> str:
    """Digest of everything a build depends on: spec, files, code. Equal digests mean an equal output."""
    files = [f"{i.key} {i.source.path} {i.source.sha256} {i.source.origin}" for i in inputs]
    return digest_of(loaded.name, loaded.spec.model_dump_json(), str(preview), code_digest("."), *files)
