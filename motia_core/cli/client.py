"""Talks to the running server of a project, found through `.motia/run/server.json`; only its owner has the token."""

from __future__ import annotations

import http.client
import os
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from motia_core.errors import CallRefused, ServerUnreachable


class ServerFile(Struct, frozen=True):
    """What a server leaves in its run folder, mode 0600."""

    pid: int
    host: str
    port: int
    token: str
    mode: str
    started: int


def read_server_file(motia_dir: Path) -> ServerFile | None:
    """The running server of this project, or None."""
    try:
        found = msgspec.json.decode((motia_dir / "run" / "server.json").read_bytes(), type=ServerFile)
        os.kill(found.pid, 0)
    except (OSError, msgspec.MsgspecError):
        return None
    return found


class Client:
    """One request at a time. Raises ServerUnreachable with what to do."""

    def __init__(self, server: ServerFile | None, *, port: int | None = None) -> None:
        if server is None and port is None:
            raise ServerUnreachable("no server runs in this project", hint="start one: motia dev")
        self._host = server.host if server is not None and port in (None, server.port) else "127.0.0.1"
        self._port = port or (server.port if server else 3000)
        ours = server is not None and self._port == server.port
        self._token = server.token if server is not None and ours else os.environ.get("MOTIA_ADMIN_TOKEN", "")

    def get(self, path: str, *, timeout: float = 10.0) -> Any:
        return self._send("GET", path, None, timeout)

    def post(self, path: str, body: object, *, timeout: float = 10.0) -> Any:
        try:
            data = msgspec.json.encode(body)
        except UnicodeEncodeError as error:
            raise CallRefused(f"an argument is no UTF-8 text: {error}") from None
        return self._send("POST", path, data, timeout)

    def _send(self, method: str, path: str, body: bytes | None, timeout: float) -> Any:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=timeout)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        try:
            connection.request(method, path, body, headers if self._token else {"Content-Type": "application/json"})
            answer = connection.getresponse()
            data = answer.read()
        except OSError as error:
            reason = error.strerror or str(error)
            raise ServerUnreachable(
                f"no server answers at {self._host}:{self._port} ({reason})", hint="start one: motia dev"
            ) from None
        except http.client.HTTPException:
            raise self._stranger() from None
        finally:
            connection.close()
        try:
            decoded = msgspec.json.decode(data) if data else None
        except msgspec.MsgspecError:
            raise self._stranger() from None
        if answer.status == 401:
            raise ServerUnreachable("the server wants its admin token (401)", hint="set MOTIA_ADMIN_TOKEN to it")
        if answer.status >= 400:
            text = decoded.get("error") if isinstance(decoded, dict) else None
            raise ServerUnreachable(str(text) if text else f"{method} {path}: {answer.status} {answer.reason}")
        return decoded

    def _stranger(self) -> ServerUnreachable:
        return ServerUnreachable(
            f"what answers at {self._host}:{self._port} is not Motia", hint="give Motia's port: -p"
        )
