"""Something between a client and its server that can put a message of its own into the answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

READY = b"Z\x00\x00\x00\x05"
"""ReadyForQuery, without the state of the transaction, which follows."""
EMPTY = b"I\x00\x00\x00\x04"
"""EmptyQueryResponse: the answer to a statement of which nobody sent anything."""


class Meddler:
    """What stands in between. `inject` goes out before the server's next answer."""

    def __init__(self, folder: Path, server: str) -> None:
        self.inject: bytes = b""
        self._server = server
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(folder / ".s.PGSQL.6432"))
        self._socket.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self._server)
            while True:
                readable, _, _ = select([client, server], [], [])
                for each in readable:
                    data = each.recv(65536)
                    if each is server and self.inject:
                        data, self.inject = self.inject + data, b""
                    (client if each is server else server).sendall(data)
                    if not data:
                        return

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@contextmanager
def meddler(url: str) -> Generator[tuple[str, Meddler]]:
    """Its address and itself, for the length of a block."""
    server = conninfo_to_dict(url)
    with TemporaryDirectory(prefix="qb-meddler-") as folder:
        found = Meddler(Path(folder), f"{server['host']}/.s.PGSQL.{server.get('port', 5432)}")
        try:
            yield f"postgresql://{server['user']}@/{server['dbname']}?host={quote(folder)}&port=6432", found
        finally:
            found.close()
