"""A language server, spoken to over its standard input and output: JSON-RPC with a header before each message.

https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import IO, Any

import msgspec

PATIENCE = 300.0
"""Seconds after which a server is ended that says no more."""

_SETTINGS = {"python": {"pythonPath": sys.executable}}


class Answer(msgspec.Struct, frozen=True):
    """What the server said, and after how many seconds."""

    result: Any
    seconds: float


class Message(msgspec.Struct):
    """From the server: an answer to a request of ours, a request of its own, or a notification."""

    id: int | str | None = None
    method: str = ""
    params: Any = None
    result: Any = None
    error: Any = None


class LanguageServerError(Exception):
    """The server went away, or refused a request."""


class LanguageServer:
    """A conversation with a server that has opened a folder."""

    def __init__(self, to: IO[bytes], from_: IO[bytes]) -> None:
        self._to = to
        self._from = from_
        self._requests = 0
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        """What was last said of each document, by its address."""

    def ask(self, method: str, params: Mapping[str, object]) -> Answer:
        """A request, and what comes back."""
        self._requests += 1
        number = self._requests
        started = time.perf_counter()
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.method or message.id != number:
                continue
            if message.error is not None:
                raise LanguageServerError(f"{method}: {message.error}")
            return Answer(message.result, time.perf_counter() - started)

    def tell(self, method: str, params: Mapping[str, object]) -> None:
        """A notification, which nothing comes back for."""
        self._send({"method": method, "params": params})

    def told_of(self, address: str) -> Answer:
        """The diagnostics of a document, once they are there."""
        started = time.perf_counter()
        while address not in self.diagnostics:
            self._receive()
        return Answer(self.diagnostics[address], time.perf_counter() - started)

    def _send(self, body: Mapping[str, object]) -> None:
        content = msgspec.json.encode({"jsonrpc": "2.0", **body})
        self._to.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        self._to.flush()

    def _receive(self) -> Message:
        length = 0
        while (line := self._from.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise LanguageServerError("the language server has ended")
        message = msgspec.json.decode(self._from.read(length), type=Message)
        if message.method == "textDocument/publishDiagnostics":
            self.diagnostics[message.params["uri"]] = message.params["diagnostics"]
        elif message.method and message.id is not None:  # it asks for settings, progress bars, what to watch
            wanted: Any = message.params["items"] if message.method == "workspace/configuration" else ()
            given = [_SETTINGS.get(each.get("section"), {}) for each in wanted] or None
            self._send({"id": message.id, "result": given})
        return message


@contextmanager
def language_server(command: Sequence[str], folder: Path) -> Generator[LanguageServer]:
    """Start a server on a folder; it is stopped at the end."""
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    ending = Timer(PATIENCE, process.kill)
    ending.start()
    try:
        server = LanguageServer(process.stdin, process.stdout)
        address = folder.as_uri()
        server.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": address,
                "workspaceFolders": [{"uri": address, "name": folder.name}],
                "capabilities": {
                    "workspace": {"configuration": True, "workspaceFolders": True},
                    "textDocument": {"hover": {"contentFormat": ["plaintext"]}, "publishDiagnostics": {}},
                },
            },
        )
        server.tell("initialized", {})
        yield server
        server.ask("shutdown", {})
        server.tell("exit", {})
        process.wait(10)
    finally:
        ending.cancel()
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
