from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from xmscenes.viewer.server import make_server

BODY = bytes(range(256)) * 4


@pytest.fixture
def client(tmp_path: Path) -> Iterator[http.client.HTTPConnection]:
    folder = tmp_path / "build" / "鼓浪屿"
    (folder / "viewer").mkdir(parents=True)
    (folder / "scene.glb").write_bytes(BODY)
    (folder / "日光岩.txt").write_text("岩", encoding="utf-8")
    (folder / ".hidden").write_text("no")
    (folder / "viewer" / "index.html").write_text("<p>")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    server = make_server(folder)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    yield connection
    connection.close()
    server.shutdown()
    thread.join()
    server.server_close()


def ask(
    client: http.client.HTTPConnection, path: str, method: str = "GET", **headers: str
) -> tuple[int, bytes, dict[str, str]]:
    client.request(method, path, headers=headers)
    response = client.getresponse()
    return response.status, response.read(), dict(response.getheaders())


def test_a_file_is_sent_whole_with_its_type(client: http.client.HTTPConnection) -> None:
    status, body, headers = ask(client, "/scene.glb")
    assert (status, body, headers["Content-Type"]) == (200, BODY, "model/gltf-binary")


def test_a_folder_shows_its_page_and_a_chinese_name_works(client: http.client.HTTPConnection) -> None:
    assert ask(client, "/viewer/")[1] == b"<p>"
    assert ask(client, "/%E6%97%A5%E5%85%89%E5%B2%A9.txt")[1].decode() == "岩"


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=1000-", 1000, 1024), ("bytes=-24", 1000, 1024), ("bytes=10-99999", 10, 1024)],
)
def test_a_range_is_sent_alone(client: http.client.HTTPConnection, header: str, start: int, end: int) -> None:
    status, body, headers = ask(client, "/scene.glb", Range=header)
    assert status == 206
    assert body == BODY[start:end]
    assert headers["Content-Range"] == f"bytes {start}-{end - 1}/1024"


def test_a_range_past_the_end_is_refused(client: http.client.HTTPConnection) -> None:
    assert ask(client, "/scene.glb", Range="bytes=2000-")[0] == 416


@pytest.mark.parametrize(
    "path",
    [
        "/../../secret.txt",
        "/%2e%2e/%2e%2e/secret.txt",
        "/out.txt",
        "/.hidden",
        "/viewer",
        "/none",
        "/a%00b",
        "/..%5csecret.txt",
    ],
)
def test_nothing_outside_the_folder_is_served(client: http.client.HTTPConnection, path: str) -> None:
    status, body, _ = ask(client, path)
    assert status == 404
    assert b"secret" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_odd_methods_are_refused(client: http.client.HTTPConnection, method: str) -> None:
    assert ask(client, "/scene.glb", method)[0] == 501


def test_head_sends_no_body(client: http.client.HTTPConnection) -> None:
    status, body, headers = ask(client, "/scene.glb", "HEAD")
    assert (status, body, headers["Content-Length"]) == (200, b"", "1024")
