"""``xmscenes view``."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from xmscenes.commands.options import out_option
from xmscenes.errors import InputError
from xmscenes.places import output_folder
from xmscenes.scenes import find_spec


@click.command()
@click.argument("scene")
@out_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; others may look then.")
@click.option("--port", default=8780, show_default=True, type=click.IntRange(0, 65535))
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def command(scene: str, out: Path | None, host: str, port: int, no_browser: bool) -> None:
    """Open the built SCENE in the browser. Headsets on the same network need --host and https in front."""
    from xmscenes.viewer.server import make_server

    folder = output_folder(find_spec(scene).stem, out)
    if not (folder / "viewer" / "index.html").is_file():
        raise InputError(f"{folder}: no viewer there; run xmscenes build {scene} with the xr profile first")
    try:
        server = make_server(folder, host=host, port=port)
    except OSError as error:
        raise InputError(f"{host}:{port}: cannot listen ({error.strerror}); choose another --port") from error
    address = f"http://{host}:{server.server_address[1]}/viewer/"
    click.echo(f"{address}   (Ctrl-C ends)")
    if not no_browser:
        webbrowser.open(address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("")
    finally:
        server.server_close()
