"""Columns that several tables have."""

import datetime as dt

from pivotal.documents import Metadata
from pivotal.guards import no_money
from qb import Col, Table, column, fn, pg


class Timestamped(Table):
    """When a row was made and last changed."""

    created_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())
    updated_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now(), on_update=fn.now())


class Documented(Timestamped):
    """What a row says of itself beside its columns: never what it costs."""

    metadata: Col[Metadata] = column(pg.jsonb, default=Metadata(), guard=no_money)
