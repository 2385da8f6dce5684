"""Columns that several tables have."""

import datetime as dt

from qb import Col, Table, column, fn, pg


class Created(Table):
    """When a row was made, by the server's clock, to the millisecond."""

    created_at: Col[dt.datetime] = column(pg.timestamptz(3), default=fn.now())


class Timestamped(Created):
    """And when it was last changed, by whomever: a trigger sees to it."""

    updated_at: Col[dt.datetime] = column(pg.timestamptz(3), default=fn.now(), on_update=fn.now())
