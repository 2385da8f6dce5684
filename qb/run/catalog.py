"""The server's types by OID: PostgreSQL's own are known, all others are looked up once for each database.

https://www.postgresql.org/docs/current/catalog-pg-type.html
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import psycopg
from psycopg import generators
from psycopg.pq import Format
from psycopg.types.array import ArrayLoader

if TYPE_CHECKING:
    from psycopg.adapt import AdaptersMap
    from psycopg.pq.abc import PGconn, PGresult

    from qb.run.wait import Conversation


class Fact(NamedTuple):
    """What is known of a type."""

    oid: int
    name: str
    """Its bare name in the catalog: `int4`, `citext`."""
    shown: str
    """Its name as people write it: `integer`, `public.mood`."""
    enum: bool = False
    base: int = 0
    """Of a domain, the type below it."""
    element: int = 0
    """Of an array, the type of its elements."""


@cache
def _own() -> dict[int, Fact]:
    found: dict[int, Fact] = {}
    for info in psycopg.adapters.types:
        found[info.oid] = Fact(info.oid, info.name, info.regtype or info.name)
        if info.array_oid:
            shown = f"{info.regtype or info.name}[]"
            found[info.array_oid] = Fact(info.array_oid, f"_{info.name}", shown, element=info.oid)
    return found


class Catalog:
    """The types that a database is known to have. Shared by its links; only ever added to, whole facts at a time."""

    __slots__ = ("_own", "domains", "types")

    def __init__(self) -> None:
        self._own = _own()
        self.types: dict[int, Fact] = dict(self._own)
        self.domains: dict[str, frozenset[int]] = {}
        """The types below the domains of a name, for the names that were asked for."""

    def missing(self, oids: Iterable[int]) -> set[int]:
        """Those that nobody has looked up yet."""
        return {oid for oid in oids if oid not in self.types}

    def plain(self, oid: int) -> Fact | None:
        """The type of values: of a domain, the one below it."""
        fact = self.types.get(oid)
        while fact is not None and fact.base:
            fact = self.types.get(fact.base)
        return fact

    def shown(self, oid: int) -> str:
        """How an error names a type."""
        fact = self.types.get(oid)
        return f"the type with OID {oid}" if fact is None else fact.shown

    def teach(self, adapters: AdaptersMap, oid: int) -> None:
        """Let psycopg read an array whose elements are of a type it does not know, or of a domain."""
        fact = self.types[oid]
        if oid in self._own or not fact.element:
            return
        below = self.plain(fact.element)
        element = below.oid if below is not None else 0
        adapters.register_loader(oid, type("OwnArrayLoader", (ArrayLoader,), {"base_oid": element}))


_COLUMNS = "t.oid, t.typname, t.typtype, t.typbasetype, t.typelem"
_LOOKUP = f"""
WITH RECURSIVE w AS (
    SELECT {_COLUMNS} FROM pg_catalog.pg_type t
    WHERE t.oid IN (%s) OR (t.typtype = 'd' AND t.typname IN (%s))
    UNION
    SELECT {_COLUMNS} FROM w JOIN pg_catalog.pg_type t ON t.oid IN (w.typbasetype, w.typelem)
)
SELECT oid, typname, pg_catalog.format_type(oid, NULL), typtype, typbasetype,
  CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.oid = w.typelem AND e.typarray = w.oid)
  THEN typelem ELSE 0 END
FROM w
"""


def learn(pgconn: PGconn, catalog: Catalog, oids: set[int], names: set[str]) -> Conversation[None]:
    """Look types up: one query, on a connection that is at rest. What cannot be looked up stays unknown."""
    texts = ["'" + name.replace("'", "''") + "'" for name in sorted(names)] or ["''"]
    numbers = [str(oid) for oid in sorted(oids)] or ["0"]
    sql = _LOOKUP % (", ".join(numbers), ", ".join(texts))
    pgconn.send_query_params(sql.encode(), None, result_format=Format.TEXT)
    result: PGresult = (yield from generators.execute(pgconn))[-1]
    domains: dict[str, set[int]] = {name: set() for name in names}
    for row in range(result.ntuples):
        oid, name, shown, kind, base, element = ((result.get_value(row, at) or b"").decode() for at in range(6))
        catalog.types[int(oid)] = Fact(int(oid), name, shown, kind == "e", int(base), int(element))
        if kind == "d" and name in domains:
            domains[name].add(int(base))
    for name, bases in domains.items():
        plain = (catalog.plain(base) for base in bases)
        catalog.domains[name] = frozenset(fact.oid for fact in plain if fact is not None)
