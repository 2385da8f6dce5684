"""No connection, or none any more."""

from __future__ import annotations

from typing import ClassVar, Final, Literal, final

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
    """As much as there may be was in use for `timeout` seconds: `size` of what `bound` names.

    `bound` is "max_size", the connections of one pool, of which `held` says which are an open stream's; of many
    databases it may be "databases", those that may be open, or "links", their connections in all.

    >>> with connect(max_size=1, timeout=0.5) as small, small.transaction():
    ...     small.apart.ping()
    <Failure: the only connection of the pool (max_size=1) was in use for 0.5 s>
    """

    size: int
    timeout: float
    held: tuple[str, ...] = ()
    bound: ExhaustedBound = "max_size"

    def _text(self) -> str:
        by = f", {len(self.held)} of them by {' and '.join(self.held)}" if self.held and self.size > 1 else ""
        by = f" by {self.held[0]}" if self.held and self.size == 1 else by
        one, some = _BOUNDS[self.bound]
        who = f"the only {one} ({self.bound}=1) was" if self.size == 1 else f"all {self.size} {some} were"
        return f"{who} in use for {self.timeout:g} s{by}"


ExhaustedBound = Literal["max_size", "databases", "links"]
"""What is exhausted, by the name of the setting."""
_BOUNDS: Final[dict[ExhaustedBound, tuple[str, str]]] = {
    "max_size": ("connection of the pool", "connections of the pool"),
    "databases": ("database that may be open", "databases that may be open (databases)"),
    "links": ("connection to all databases", "connections to all databases (links)"),
}


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
