"""Tables, a view and queries that are as they say, with choices of every kind."""

from __future__ import annotations

from typing import Literal

import msgspec

import qb
from qb import Col, Select, Table, column, identity, prepare, select, update
from qb import sql as raw
from qb.typing import Update


class Ship(Table, name="verified_ships"):
    id: Col[int] = column(primary_key=True, default=identity())
    name: Col[str] = column(check=lambda name: name != "")
    crew: Col[int | None] = column(default=None)


crewed = qb.view("verified_crewed", select(Ship).where(Ship.crew.is_not_null()))


class Wanted(msgspec.Struct, frozen=True):
    name: str
    crew: int | None = None
    order: Literal["name", "crew"] = "name"


@prepare
def ships(crew: int | None = None, order: Literal["name", "crew"] = "name") -> Select[Ship]:
    query = select(Ship)
    if crew is not None:
        query = query.where(Ship.crew == crew)
    return query.order_by(Ship.name if order == "name" else Ship.crew)


@prepare
def wanted(what: Wanted) -> Select[str]:
    query = select(Ship.name).where(Ship.name == what.name)
    return query if what.crew is None else query.where(Ship.crew == what.crew)


class Fleet:
    @staticmethod
    @prepare
    def rename(ship: int, name: str) -> Update[Ship]:
        return update(Ship).set(Ship.name.to(name)).where(Ship.id == ship)


def by_hand() -> qb.typing.Sql:
    from qb import trusted as vouched

    return qb.sql(vouched("SELECT 1"))


class Written:
    count = raw("SELECT count(*) FROM {t}", t=Ship).rows(int)


fleet = qb.schema(Ship, crewed)
