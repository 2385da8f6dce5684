"""Columns that several tables have."""

import datetime as dt

from qb import Col, SoftDelete, Table, column, fn, pg


class Timestamped(Table):
    """When a row was made and last changed: the server's clock, and every UPDATE moves the second."""

    created_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())
    updated_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now(), on_update=fn.now())


class Restorable(Timestamped, SoftDelete):
    """Deleted by saying when: the row stays, can be restored, and is purged in the end."""
