"""NOTIFY, as a command whose channel and payload are parameters."""

from __future__ import annotations

from typing import Final, TypeVar

from qb.errors import QueryError
from qb.query.channel import Channel
from qb.query.expr.typed import is_typed
from qb.query.statement import Command
from qb.tree.expressions import Bind, Call, RawSql
from qb.tree.function import Function
from qb.tree.raw import RawStatement
from qb.types.builtin import pg
from qb.types.payload import Nothing

T = TypeVar("T")

PG_NOTIFY: Final = Function("pg_notify", volatility="volatile", writes=True)
"""NOTIFY as a function, which takes parameters. What it tells is no state of the session, and not to be told twice."""


def notify(channel: Channel[T], payload: T, /) -> Command:
    """Tell whoever listens to the channel: `db.execute(notify(order_events, Placed(...)))`, which gives 1.

    In a transaction it is told when that commits, and not if it is rolled back; two equal payloads of one transaction
    are told once. A payload that the channel's shape would not read back as what it is (a tuple, or a key that is no
    text, where the shape says nothing of them), or of 8,000 bytes and more, is an EncodeError of the statement. It goes
    into pipelines, too. https://www.postgresql.org/docs/current/sql-notify.html

    >>> cleared = channel("cache_cleared")
    >>> db.execute(notify(cleared, "users"))
    <Success: 1>
    >>> db.execute(notify(cleared, "x" * 8_000))
    <Failure: a value for "cache_cleared" cannot be sent: it is 8,000 bytes long, ...>
    """
    if not isinstance(channel, Channel):  # pyright: ignore[reportUnnecessaryIsInstance] - not all check
        raise QueryError(f"notify takes a channel, channel('order_events', Placed), not {type(channel).__name__}")
    if is_typed(payload):
        raise QueryError(
            f"notify({channel.name}, ...) takes a value: what the database computes is told by "
            "sql('SELECT pg_notify({c}, {x})', ...), or by a trigger"
        )
    told = Nothing.NOTHING if payload is None else payload
    call = Call(PG_NOTIFY, (Bind(channel.name, pg.text), Bind(told, channel.carries, channel.name)))
    return Command(RawStatement(RawSql(("SELECT ", call), statement=True)))
