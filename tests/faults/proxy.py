"""A proxy on the loopback that cuts connections after a random number of bytes, or lets them stall before it does."""

from __future__ import annotations

import random
import socket
import threading
from contextlib import suppress

LINGER = 0.3


class Proxy:
    """Forwards to a Unix socket; `cuts` counts the connections it has cut."""

    def __init__(self, target: str, seed: int) -> None:
        self._target = target
        self._dice = random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """No more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self._target)
            except OSError:
                client.close()
                continue
            budget, stall = [self._dice.randrange(2_000, 60_000)], self._dice.random() < 0.3
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(*pair, budget, stall), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, budget: list[int], stall: bool) -> None:
        with suppress(OSError):
            while data := source.recv(4096):
                budget[0] -= len(data)
                if budget[0] <= 0:
                    self.cuts += 1
                    sink.sendall(data[: len(data) // 2])
                    if stall:
                        threading.Event().wait(LINGER)
                    break
                sink.sendall(data)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
