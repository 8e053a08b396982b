"""Options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, for machines.")
quiet_option = click.option("--quiet", "-q", is_flag=True, help="No progress.")
out_option = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Output folder [build/SCENE]."
)


def spec_options(function: F) -> F:
    """Add ``--set`` and ``--data-root``."""
    function = click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a spec key.")(
        function
    )
    return click.option(
        "--data-root",
        "data_roots",
        multiple=True,
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="Another folder that paths in the spec may point into.",
    )(function)


def jobs_option(function: F) -> F:
    """Add ``--jobs``; all cores by default."""
    return click.option("--jobs", "-j", type=click.IntRange(1, 256), default=os.cpu_count() or 1, show_default="cores")(
        function
    )
