"""The tables of a mirror: writes that the other storage has yet to do, and, over there, how far it is."""

from __future__ import annotations

import datetime as dt
from typing import NewType

from qb.declare.column import Col, column, identity
from qb.declare.index import index
from qb.declare.table import Table
from qb.model.index import Index
from qb.query.functions.fn import fn
from qb.types.builtin import pg

WriteNumber = NewType("WriteNumber", int)
MirrorName = NewType("MirrorName", str)
WriteLine = NewType("WriteLine", str)
"""Writes of one line are replayed in order: those of a project, an organization. Lines do not wait for each other."""


class Outbox(Table, name="qb_outbox"):
    """In the primary: a row for each write that a mirror has not done yet, gone as soon as it has.

    `write` is JSON as text, so that it comes back as it went in: jsonb would keep less of it.
    """

    id: Col[WriteNumber] = column(pg.bigint, primary_key=True, default=identity())
    mirror: Col[MirrorName] = column(pg.text)
    line: Col[WriteLine] = column(pg.text)
    write: Col[str] = column(pg.text)
    queued_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())
    attempts: Col[int] = column(pg.integer, default=0)
    due_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now(), comment="not before: what failed waits")
    error: Col[str | None] = column(pg.text, default=None, comment="the class of the last one, and no value")


class Ledger(Table, name="qb_ledger"):
    """In the other storage, where that is PostgreSQL: the last write that each line has done."""

    mirror: Col[MirrorName] = column(pg.text, primary_key=True)
    line: Col[WriteLine] = column(pg.text, primary_key=True)
    number: Col[WriteNumber] = column(pg.bigint)
    queued_at: Col[dt.datetime] = column(pg.timestamptz, comment="of that write: another one of its number is not it")


outbox_in_order: Index = index("qb_outbox_line_idx", Outbox.mirror, Outbox.line, Outbox.id)
