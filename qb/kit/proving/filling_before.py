"""Rows for a database that is about to become another one: such that the change itself takes them."""

from __future__ import annotations

from collections.abc import Mapping

from qb.kit.facts.column import ColumnFact
from qb.kit.facts.type import DomainFact
from qb.kit.planning.casts import conversion
from qb.kit.planning.closure import Closure
from qb.kit.planning.sides import Sides
from qb.kit.proving.filling import fill_tables
from qb.kit.proving.fitting import fit_rows
from qb.kit.proving.values import typed_value
from qb.model.object import Identity
from qb.run.database.db import Db


def fill_before(db: Db, sides: Sides, closure: Closure) -> Mapping[Identity, int]:
    """Put rows into all tables of the first side, and say of each how many. Raises the errors of the world.

    What holds no NULL afterwards has none, what becomes of another type has values of that, and what does not fulfil
    what is said of rows from then on is left out.
    """
    held: set[Identity] = set()
    becomes: dict[Identity, str] = {}
    for was, now in sides.now.items():
        one, other = sides.before.get(was), sides.after.get(now)
        if isinstance(one, ColumnFact) and isinstance(other, ColumnFact) and one.of == "table":
            if other.not_null or any(_holds_no_null(sides, need) for need in sides.after.catalog.needs(now)):
                held.add(was)
            if was in closure.converted and not conversion("x", one.type, other.type).keeps:
                value = typed_value(other.type, sides.after)
                if value is not None:
                    becomes[was] = value
    filled = fill_tables(db, sides.before, held, becomes)
    fit_rows(db, sides)
    return filled


def _holds_no_null(sides: Sides, type_: Identity) -> bool:
    fact = sides.after.get(type_)
    return isinstance(fact, DomainFact) and fact.not_null
