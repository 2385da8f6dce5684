"""No connection, or none any more."""

from __future__ import annotations

from typing import ClassVar, final

from qb.errors.family import DbError, Report, member


@final
@member
class ConnectionLost(DbError):
    """The connection broke, so it is unknown whether the statement, or the commit, took effect.

    >>> retryable(ConnectionLost("the server closed the connection"))
    False
    """

    reason: str

    states: ClassVar[tuple[str, ...]] = ("08", "57P01", "57P02", "57P03", "57P04", "57P05")

    @classmethod
    def reported(cls, report: Report) -> DbError:
        # In their order: an administrator, or a shutdown; another backend crashed; starting up, or shutting down; the
        # database was dropped; idle_session_timeout.
        return cls(report.told, sqlstate=report.sqlstate)

    def _text(self) -> str:
        return f"the connection to the server was lost: {self.reason}"


@final
@member
class ConnectionRefused(DbError):
    """No connection could be made: nobody listens, a wrong password, no such database, too many connections.

    >>> connect("postgresql://127.0.0.1:1/nowhere").ping()
    <Failure: could not connect: ...>
    """

    reason: str

    def _text(self) -> str:
        return f"could not connect: {self.reason}"


@final
@member
class PoolExhausted(DbError):
    """All `size` connections of the pool were in use for `timeout` seconds; `held` says by which open streams.

    >>> with connect(max_size=1, timeout=0.5) as small, small.transaction():
    ...     small.apart.ping()
    <Failure: all 1 connections of the pool were in use for 0.5 s>
    """

    size: int
    timeout: float
    held: tuple[str, ...] = ()

    def _text(self) -> str:
        by = f", {len(self.held)} of them by {' and '.join(self.held)}" if self.held else ""
        return f"all {self.size} connections of the pool were in use for {self.timeout:g} s{by}"


@final
@member
class AddressUnreadable(DbError):
    """Where a database is, is stored in a way that cannot be read: no key opens it, or what it says is no address.

    `reason` shows neither key nor address, nor a byte of what is stored.

    >>> print(AddressUnreadable("none of the keys opens it"))
    the stored address of a database cannot be read: none of the keys opens it
    """

    reason: str

    def _text(self) -> str:
        return f"the stored address of a database cannot be read: {self.reason}"
