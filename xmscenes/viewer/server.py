"""A small server for one build folder: GET and HEAD, byte ranges, loopback unless asked otherwise.

The standard library's handler knows no ranges, follows links out of the folder and lists directories; this one serves
regular files that truly lie in the folder and nothing else.
"""

from __future__ import annotations

import re
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".glb": "model/gltf-binary",
    ".png": "image/png",
    ".webp": "image/webp",
}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")
_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; worker-src 'self' blob:; "
    "script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' blob: data:"
)


class SceneHandler(BaseHTTPRequestHandler):
    """Serves the files of one folder."""

    protocol_version = "HTTP/1.1"
    server_version = "xmscenes"
    sys_version = ""

    def __init__(self, folder: Path, *args: object) -> None:
        self._folder = folder.resolve()
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Send a file or a range of it."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Send the headers of a file."""
        self._answer(body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet; the terminal belongs to the user."""

    def _answer(self, *, body: bool) -> None:
        path = self._find()
        if path is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        size = path.stat().st_size
        span = _span(self.headers.get("Range"), size)
        if span is None:
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        start, end = span
        partial_answer = (start, end) != (0, size) or "Range" in self.headers
        self.send_response(HTTPStatus.PARTIAL_CONTENT if partial_answer else HTTPStatus.OK)
        self.send_header("Content-Type", _TYPES.get(path.suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(end - start))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Content-Security-Policy", _POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        if partial_answer:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        self.end_headers()
        if body:
            with path.open("rb") as stream:
                stream.seek(start)
                _copy(stream, self.wfile, end - start)

    def _find(self) -> Path | None:
        text = unquote(urlsplit(self.path).path)
        if "\0" in text or "\\" in text:
            return None
        path = (self._folder / text.lstrip("/")).resolve()
        if text.endswith("/"):
            path /= "index.html"
        if not path.is_relative_to(self._folder) or not path.is_file():
            return None
        is_hidden = any(part.startswith(".") for part in path.relative_to(self._folder).parts)
        return None if is_hidden else path


def _span(header: str | None, size: int) -> tuple[int, int] | None:
    """First and one-past-last byte asked for; the whole file without a (single) range; None when out of the file."""
    match = _RANGE.match(header.strip()) if header else None
    if match is None or match.group(0) == "bytes=-":
        return 0, size
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
    return (start, end) if start < end else None


def _copy(source: Any, target: Any, count: int) -> None:
    while count > 0:
        block = source.read(min(count, 1 << 18))
        if not block:
            return
        target.write(block)
        count -= len(block)


def make_server(folder: Path, *, host: str = "127.0.0.1", port: int = 0) -> ThreadingHTTPServer:
    """Bind a server for ``folder``; port 0 takes a free one. ``serve_forever`` is the caller's."""
    server = ThreadingHTTPServer((host, port), partial(SceneHandler, folder))
    server.daemon_threads = True
    return server
