"""The command line: which commands there are, and what each ending means.

Exit codes: 0 good, 1 a check or a budget failed, 2 the user's input is at fault (one line, no traceback), 3 a bug.
Each command is one file in ``commands/``, imported when it is called, so that ``xmscenes --help`` is instant.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from typing import Any

import click

from xmscenes import __version__, interrupt
from xmscenes.errors import XmscenesError

COMMANDS = {
    "new": "Write a commented scene spec for your own files.",
    "build": "Build a scene: points and footprints in, glTF out.",
    "preview": "Render pictures of a built scene.",
    "check": "Check a built scene again: structure, solids, budgets.",
    "view": "Open a built scene in the browser.",
    "list": "List the scenes that can be built.",
    "info": "Say what a file or a scene is, and what is wrong with it.",
    "explain": "Tell why a building looks as it does.",
    "diff": "Compare two builds.",
    "doctor": "Check that this machine has what is needed.",
    "survey": "Fly the simulated survey of a scene.",
    "bench": "Measure speed, memory and quality.",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"xmscenes.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Turn point clouds and footprints of a place into glTF scenes with levels of detail."""


def main(args: list[str] | None = None) -> Any:
    """Run the command line and exit with its code."""
    interrupt.listen()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(_run(args))


def _run(args: list[str] | None) -> int:
    try:
        result = cli(args, standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        error.show()
        return 2
    except XmscenesError as error:
        click.echo(f"error: {error}", err=True)
        return 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; the last good output is untouched, the next run goes on from the cache", err=True)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception:  # the only place: whatever arrives here is a bug, and says so
        traceback.print_exc()
        click.echo(f"this is a bug in xmscenes {__version__}; please report the lines above", err=True)
        return 3
