"""What people see while it works: bars with ETA on a terminal, plain lines elsewhere. Everything on stderr."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Progress(Protocol):
    """Told of stages and steps by the build; never asked anything."""

    @contextmanager
    def stage(self, name: str, total: float | None = None) -> Iterator[Callable[[float], None]]:
        """Open a stage; the yielded function advances it by so many of ``total``."""
        ...

    def note(self, text: str) -> None:
        """Say one line."""
        ...


class Silent:
    """Says nothing: for libraries and tests."""

    @contextmanager
    def stage(self, name: str, total: float | None = None) -> Iterator[Callable[[float], None]]:  # noqa: ARG002
        """Open a stage without a word."""
        yield lambda _: None

    def note(self, text: str) -> None:
        """Swallow the line."""


class Lines:
    """One plain line when a stage starts: logs, CI."""

    @contextmanager
    def stage(self, name: str, total: float | None = None) -> Iterator[Callable[[float], None]]:
        """Print the stage's name and how much there is to do."""
        self.note(f"{name} …" if total is None else f"{name} ({total:,.0f}) …")
        yield lambda _: None

    def note(self, text: str) -> None:
        """Print one line."""
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


class Bars:
    """Rich progress bars with elapsed and remaining time."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(stderr=True)

    @contextmanager
    def stage(self, name: str, total: float | None = None) -> Iterator[Callable[[float], None]]:
        """Show a bar while the stage runs; it stays with its time when done."""
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        bar = RichProgress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=32),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=self._console,
        )
        with bar:
            task = bar.add_task(name, total=total)
            yield lambda amount: bar.advance(task, amount)
            bar.update(task, total=total or 1, completed=total or 1)

    def note(self, text: str) -> None:
        """Print one line above the bars."""
        self._console.print(text, highlight=False, markup=False)


def progress_for_terminal(quiet: bool = False) -> Progress:
    """Bars on a terminal, lines elsewhere, nothing when quiet."""
    if quiet:
        return Silent()
    return Bars() if sys.stderr.isatty() else Lines()
