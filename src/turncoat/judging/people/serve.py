"""Serving the page on this machine until Ctrl-C."""

import socket
import threading
import webbrowser
from contextlib import suppress
from zlib import crc32

import uvicorn
from starlette.applications import Starlette

from turncoat.errors import UsageError
from turncoat.judging.people.answers import Answers

_FIRST, _PORTS = 20_000, 12_000  # below those that systems give out by themselves


def listen(answers: Answers, port: int | None) -> socket.socket:
    """A socket on 127.0.0.1. The port follows from the file, so that a page left open finds its server again.

    Raises `UsageError` for a `port` that is asked for and taken.
    """
    usual = _FIRST + crc32(str(answers.path.resolve()).encode()) % _PORTS
    for each in (usual, 0) if port is None else (port,):
        with suppress(OSError):
            return socket.create_server(("127.0.0.1", each))
    raise UsageError(f"--port {port} is taken on this machine, or not allowed. Leave it out, or name another.")


def serve(app: Starlette, listening: socket.socket, address: str, *, show: bool) -> None:
    """Answer requests until Ctrl-C, which raises `KeyboardInterrupt`. `show`: open `address` in the user's browser."""
    if show:  # some browsers come back only when they are closed
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=2)
    uvicorn.Server(config).run(sockets=[listening])
