"""The floor: libpq alone through `psycopg.pq`. Rows are fetched, and nobody looks at them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer

from benchmarks.data.model import Plain, plain_row
from benchmarks.peers.hand import CONVERT, SINGLE_FETCH, adapt, ticket_of
from benchmarks.peers.peer import Base, versions

TEXT, BINARY = 0, 1
CHUNK = 500


class Results:
    """What came, as the rows they are: read by whoever verifies them, and by nobody who is timed."""

    def __init__(self, results: Sequence[pq.abc.PGresult]) -> None:
        self.results = results

    def __iter__(self) -> Iterator[tuple[pq.abc.PGresult, int]]:
        return ((result, row) for result in self.results for row in range(result.ntuples))


class Libpq(Base):
    connection: psycopg.Connection
    other: psycopg.Connection

    @property
    def versions(self) -> Mapping[str, str]:
        return {**versions("psycopg"), "libpq": str(pq.version())}

    def setup(self, url: str) -> None:
        # After a result in chunks libpq (18) gives the next pipeline's in chunks, too, so there are two.
        self.connection, self.other = (psycopg.connect(url, autocommit=True) for _ in range(2))
        adapt(self.connection.adapters)
        self.link = prepared(self.connection, b"single", SINGLE_FETCH)
        self.chunked = prepared(self.other, b"convert", CONVERT)

    def close(self) -> None:
        self.connection.close()
        self.other.close()

    def single_fetch(self, ticket_id: int) -> tuple[pq.abc.PGresult, int]:
        return self.link.exec_prepared(b"single", [b"%d" % ticket_id], result_format=TEXT), 0

    def convert(self, count: int) -> Results:
        self.chunked.send_query_prepared(b"convert", [b"%d" % count], result_format=BINARY)
        self.chunked.set_chunked_rows_mode(CHUNK)
        found: list[pq.abc.PGresult] = []
        while (result := self.chunked.get_result()) is not None:
            found.append(result)
        return Results(found)

    def pipeline(self, ids: Sequence[int]) -> Results:
        link = self.link
        link.enter_pipeline_mode()
        try:
            for ticket_id in ids:
                link.send_query_prepared(b"single", [b"%d" % ticket_id], result_format=TEXT)
            link.pipeline_sync()
            found: list[pq.abc.PGresult] = []
            while len(found) < len(ids):
                result = link.get_result()
                if result is not None:  # the end of the one before
                    found.append(result)
            while (end := link.get_result()) is None or end.status != pq.ExecStatus.PIPELINE_SYNC:
                pass
        finally:
            link.exit_pipeline_mode()
        return Results(found)

    def plain(self, row: Any) -> Plain:
        result, number = row
        transformer = Transformer.from_context(self.connection)
        transformer.set_pgresult(result)
        return plain_row(ticket_of(transformer.load_row(number, tuple)))


def prepared(connection: psycopg.Connection, name: bytes, query: bytes) -> pq.abc.PGconn:
    link = connection.pgconn
    link.nonblocking = 0  # libpq waits by itself
    if link.prepare(name, query).status != pq.ExecStatus.COMMAND_OK:
        raise RuntimeError(link.get_error_message())
    return link
