"""Make sure the inputs are there: a scene whose survey is simulated has it flown on its first build."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
