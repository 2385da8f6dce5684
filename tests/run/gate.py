"""A gate between a client and its server: it counts the turns of their talk, and ends links that have been idle."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from time import sleep
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict


def fatal(state: str, source: str = "ProcessInterrupts") -> bytes:
    """The server's last words: https://www.postgresql.org/docs/current/protocol-error-fields.html"""
    fields = {"S": "TÖDLICH", "V": "FATAL", "C": state, "M": "terminating connection", "R": source}
    body = b"".join(f"{name}{value}".encode() + b"\0" for name, value in fields.items()) + b"\0"
    return b"E" + struct.pack("!i", len(body) + 4) + body


class Gate:
    """What stands in between."""

    def __init__(self, folder: Path, server: str) -> None:
        self.turns: int = 0
        """How often the client spoke, and then waited for an answer."""
        self.sent: int = 0
        """Bytes that came from clients."""
        self.heard: int = 0
        """Bytes that came from the server."""
        self.links: int = 0
        """How many connections there were so far."""
        self.pause: float = 0.0
        """Seconds for which the client has to be silent before what it said goes on: a message that it writes in pieces
        is then one turn, as it is over a network."""
        self.slow: tuple[bytes, float, bool] = b"", 0.0, False
        """What a message holds whose answer takes so many seconds more; and whether the server has it by then."""
        self.strict: bool = False
        """Whether every statement of every link meets its end."""
        self._doomed: dict[int, tuple[bytes, bool]] = {}
        self._last: tuple[bytes, bool] = b"", False
        self._server = server
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(folder / ".s.PGSQL.6432"))
        self._socket.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def doom(self, words: bytes = b"", *, late: bool = False) -> None:
        """End the links there are when they are next used, with these words; `late` is after the server has it all."""
        self._last = words, late
        self._doomed = dict.fromkeys(range(1, self.links + 1), self._last)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            self.links += 1
            threading.Thread(target=self._talk, args=(client, self.links), daemon=True).start()

    def _talk(self, client: socket.socket, number: int) -> None:
        spoke = False
        with suppress(OSError), client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self._server)
            while True:
                readable, _, _ = select([client, server], [], [])
                for each in readable:
                    data = each.recv(65536)
                    if not data:
                        return
                    if each is server:
                        self.heard += len(data)
                        client.sendall(data)
                        spoke = False
                        continue
                    while self.pause and select([client], [], [], self.pause)[0] and (more := client.recv(65536)):
                        data += more
                    self.sent += len(data)
                    self.turns += not spoke
                    spoke = True
                    words, late = self._doomed.get(number, (None, False))
                    if words is None and self.strict and b"qb_strict" in data:
                        words, late = self._last
                    what, seconds, known = self.slow
                    slow = bool(what) and what in data
                    if slow and not known:
                        sleep(seconds)
                    if late or words is None:
                        server.sendall(data)
                    if slow and known:
                        sleep(seconds)
                    if late:
                        server.recv(65536)
                    if words is not None:
                        client.sendall(words)
                        return

    def close(self) -> None:
        with suppress(OSError):  # a second time
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@contextmanager
def gate(url: str) -> Generator[tuple[str, Gate]]:
    """Its address and itself, for the length of a block."""
    server = conninfo_to_dict(url)
    with TemporaryDirectory(prefix="qb-gate-") as folder:
        found = Gate(Path(folder), f"{server['host']}/.s.PGSQL.{server.get('port', 5432)}")
        try:
            yield f"postgresql://{server['user']}@/{server['dbname']}?host={quote(folder)}&port=6432", found
        finally:
            found.close()
