"""Providers of models on loopback: `@copilotkit/aimock`, a node process that speaks to Inspect's own clients."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

_SCRIPT = Path("@copilotkit", "aimock", "dist", "cli.js")
_PATIENCE = 15.0


def find() -> tuple[str, Path] | str:
    """The node program and the emulator's script, or why there is none. `TURNCOAT_AIMOCK` names another folder."""
    node = shutil.which("node")
    if node is None:
        return "node is not installed: apt-get install nodejs"
    folder = Path(os.environ.get("TURNCOAT_AIMOCK") or Path(__file__).parents[2] / "node_modules")
    places = [folder / _SCRIPT, folder / "node_modules" / _SCRIPT]
    script = next((place for place in places if place.is_file()), None)
    if script is None:
        return f"the emulator is not in {str(folder)!r}: npm install --no-audit --no-fund (or set TURNCOAT_AIMOCK)"
    return node, script


class Emulator:
    """One port of this machine for all tests; what is served there changes with each call of `serve`."""

    def __init__(self, node: str, script: Path, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._command = [node, str(script), "-p", str(self.port), "--journal-max", "0", "--log-level", "silent"]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What points the clients of OpenAI, Anthropic and Google here."""
        url = f"http://127.0.0.1:{self.port}"
        keys = {f"{name}_API_KEY": "none" for name in ("OPENAI", "ANTHROPIC", "GOOGLE")}
        return {**keys, "OPENAI_BASE_URL": f"{url}/v1", "ANTHROPIC_BASE_URL": url, "GOOGLE_BASE_URL": url}

    def serve(self, fixtures: Iterable[Mapping[str, Any]]) -> None:
        """Serve these from now on, the first that matches first; calls are counted from zero.

        A fresh process each time: the running one would refuse the broken answers that the tests are about.
        """
        self.stop()
        file = self._folder / "fixtures.json"
        file.write_text(json.dumps({"fixtures": list(fixtures)}), encoding="utf-8")
        self._process = subprocess.Popen(
            [*self._command, "-f", str(file)],
            env={**os.environ, "AIMOCK_STRICT_TURN_INDEX": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._wait()

    def stop(self) -> None:
        """End the process that was started, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def chaos(self, **rates: float) -> None:
        """Faults of every call from now on; none without rates."""
        self._ask("chaos", rates)

    def calls(self, *, status: int | None = None) -> int:
        """How many calls of models have come in since `serve`; only those answered with `status`."""
        query = f"&status={status}" if status else ""
        with urlopen(self._url(f"journal?limit=0&method=POST{query}"), timeout=_PATIENCE) as answer:
            return int(answer.headers["X-Total-Count"])

    def requests(self) -> list[dict[str, Any]]:
        """What was asked in all calls since `serve`, in order; but for calls that were broken off."""
        with urlopen(self._url("journal?method=POST"), timeout=_PATIENCE) as answer:
            return [entry["body"] for entry in json.load(answer) if entry["body"]]

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/__aimock/{path}"

    def _ask(self, path: str, body: object) -> None:
        data = json.dumps(body).encode()
        with urlopen(Request(self._url(path), data, {"Content-Type": "application/json"}), timeout=_PATIENCE):
            pass

    def _wait(self) -> None:
        assert self._process is not None
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            if self._process.poll() is not None:
                stderr = self._process.communicate()[1].decode(errors="replace")
                raise RuntimeError(f"the emulator ended with {self._process.returncode}: {stderr[-500:]}")
            try:
                with urlopen(self._url("health"), timeout=1):
                    return
            except (URLError, OSError):
                time.sleep(0.02)
        raise RuntimeError(f"the emulator did not come up within {_PATIENCE:.0f} s")
