"""A table, and what is silenced beside it."""

from qb import Col, Table, column, identity, pg, silence


class Lent(Table, name="lent"):
    id: Col[int] = column(pg.integer, primary_key=True, default=identity())


few = silence("primary-key-of-32-bits", Lent.id, because="there are ten")
