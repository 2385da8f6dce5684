"""Who is told of every statement and of the pool, beside the log: what `connect(telemetry=...)` takes.

`qb.otel.Telemetry` is one, for OpenTelemetry. Where there is none nothing is called.
"""

from __future__ import annotations

from typing import Protocol

from qb.run.session.link import Link


class Observed(Protocol):
    """A statement, a pipeline or a bulk write on its way."""

    def on(self, link: Link) -> None:
        """It has a connection."""
        ...

    def found(self, found: object) -> None:
        """What came back: rows, or how many."""
        ...

    def failed(self, error: BaseException) -> None:
        """What it failed of."""
        ...

    def end(self) -> None:
        """It is over, however that came."""
        ...


class PoolNumbers(Protocol):
    """What a pool is doing at this moment: `db.pool`."""

    @property
    def size(self) -> int:
        """Connections there may be at once."""
        ...

    @property
    def in_use(self) -> int:
        """Connections that are used."""
        ...

    @property
    def idle(self) -> int:
        """Connections that are open and used by nobody."""
        ...

    @property
    def waiting(self) -> int:
        """Threads or tasks that wait for one."""
        ...


class ObservedPool(Protocol):
    """A pool that may be asked at any time, from any thread."""

    @property
    def address(self) -> str:
        """Where its connections lead, without secrets."""
        ...

    def report(self) -> PoolNumbers:
        """The numbers of this moment."""
        ...


class Observer(Protocol):
    """Is told of what runs. It is called on the way of every statement, so it is to be quick, and must not raise.

    >>> class Counting:
    ...     count = 0
    ...
    ...     def begun(self, sql: str, name: str | None, batch: int) -> "Counting":
    ...         self.count += 1
    ...         return self
    ...
    ...     def watch(self, pool: ObservedPool) -> None: ...
    ...     def on(self, link: object) -> None: ...
    ...     def found(self, found: object) -> None: ...
    ...     def failed(self, error: BaseException) -> None: ...
    ...     def end(self) -> None: ...
    >>> counting = Counting()
    >>> with connect(telemetry=counting) as own:
    ...     own.scalar(select(fn.count(User.id)))
    <Success: 2>
    >>> counting.count
    1
    """

    def begun(self, sql: str, name: str | None, batch: int) -> Observed:
        """A statement begins: its SQL, which holds no value of a parameter; the name of the prepared query that it is a
        call of; how many statements it is where it is a pipeline, else 0. It may have to wait for a connection yet."""
        ...

    def watch(self, pool: ObservedPool) -> None:
        """A database was made. It is not to be kept alive for that: refer to it weakly."""
        ...
