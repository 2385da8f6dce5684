"""A query with more variants than are prepared, and bodies that raise whatever they like."""

from __future__ import annotations

from qb import Select, prepare, select
from tests.kit.verifying.sound import Ship

FLEETS = {"north": 1}


@prepare
def of_many_choices(
    a: int | None = None,
    b: int | None = None,
    c: int | None = None,
    d: int | None = None,
    e: int | None = None,
    f: int | None = None,
    g: int | None = None,
    h: int | None = None,
    i: int | None = None,
) -> Select[Ship]:
    query = select(Ship)
    for each in (a, b, c, d, e, f, g, h, i):
        if each is not None:
            query = query.where(Ship.crew == each)
    return query


@prepare
def looked_up(crew: int) -> Select[Ship]:
    return select(Ship).where(Ship.crew == FLEETS["no such fleet, hunter2"], Ship.id == crew)


@prepare
def divided(crew: int) -> Select[Ship]:
    return select(Ship).where(Ship.crew == 1 // 0, Ship.id == crew)
