"""Ctrl-C that is never lost: Python drops a KeyboardInterrupt raised inside a destructor, and compiling has many."""

from __future__ import annotations

import signal
from typing import Any

_seen = False


def listen() -> None:
    """Remember every Ctrl-C besides raising it. Leaves a signal alone that the parent process chose to ignore."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _remember)


def _remember(number: int, frame: Any) -> None:
    global _seen
    _seen = True
    signal.default_int_handler(number, frame)


def check() -> None:
    """Raise the interrupt that was seen and got lost on its way."""
    if _seen:
        raise KeyboardInterrupt
