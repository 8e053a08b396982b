"""``xmscenes bench``."""

from __future__ import annotations

import click


@click.group()
def command() -> None:
    """Measure speed, memory and quality; results go to docs/benchmarks/results.csv."""
