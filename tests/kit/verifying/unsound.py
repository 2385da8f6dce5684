"""Queries that build, and that PostgreSQL refuses, or answers with something else than they promise."""

from __future__ import annotations

from qb import Select, prepare, select, sql
from qb.query.raw import RawRows
from tests.kit.verifying.sound import Ship


@prepare
def no_such_column() -> RawRows[int]:
    return sql("SELECT captain FROM {t}", t=Ship).rows(int)


@prepare
def another_type() -> RawRows[int]:
    return sql("SELECT name FROM {t}", t=Ship).rows(int)


@prepare
def in_one_variant(crew: int | None = None) -> Select[Ship]:
    query = select(Ship)
    return query if crew is None else query.where(sql("no_such_function({c}) > 1", c=crew).as_(bool))


@prepare
def not_built(crew: int | None = None) -> Select[Ship]:
    if crew is None:
        raise TypeError("what is meant?")
    return select(Ship)
