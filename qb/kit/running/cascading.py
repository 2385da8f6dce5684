"""What goes by CASCADE with what is dropped, as a database knows it: columns, and whole tables.

https://www.postgresql.org/docs/current/ddl-depend.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from qb.frozen import FrozenStruct
from qb.kit.history.statement_parts import actions_of, is_word, name_from, name_parts, without_only, word_at
from qb.query.raw import Sql, sql
from qb.tree.lexemes import lexemes
from qb.types.identifier import quoted

_ROUTINES: Final = ("FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE")
_GOES: Final = """
WITH RECURSIVE start (class, object) AS (
  SELECT 'pg_catalog.pg_class'::regclass::oid, pg_catalog.to_regclass(name)::oid
  FROM unnest({names}::text[]) AS name WHERE name <> ''
UNION
  SELECT 'pg_catalog.pg_proc'::regclass, p.oid
  FROM pg_catalog.pg_proc p WHERE {routines}::bool AND p.proname = ANY ({last}::text[])
), gone (class, object, sub) AS (
  SELECT class, object, 0 FROM start WHERE object IS NOT NULL
UNION
  SELECT next.class, next.object, next.sub FROM gone CROSS JOIN LATERAL (
      SELECT d.classid, d.objid, d.objsubid FROM pg_catalog.pg_depend d
      WHERE d.refclassid = gone.class AND d.refobjid = gone.object AND (gone.sub = 0 OR d.refobjsubid = gone.sub)
    UNION ALL
      SELECT d.refclassid, d.refobjid, d.refobjsubid FROM pg_catalog.pg_depend d
      WHERE d.classid = gone.class AND d.objid = gone.object AND d.deptype = 'i'
  ) next (class, object, sub)
)
SELECT EXISTS (
  SELECT FROM gone JOIN pg_catalog.pg_class c ON c.oid = gone.object
  WHERE gone.class = 'pg_catalog.pg_class'::regclass AND c.relkind IN ('r', 'p', 'f', 'c')
    AND (gone.sub > 0 OR {whole}::bool AND c.relkind <> 'c')
    AND NOT EXISTS (SELECT FROM start WHERE start.class = gone.class AND start.object = gone.object)
)
"""


class CascadingDrop(FrozenStruct):
    """What a statement drops with all that hangs on it."""

    kind: str
    names: tuple[str, ...]


def cascading_drop(statement: str) -> CascadingDrop | None:
    """What is dropped by CASCADE, where a database can be asked what goes with it: views and routines.

    >>> cascading_drop("DROP FUNCTION IF EXISTS app.f(int), g CASCADE")
    CascadingDrop(kind='FUNCTION', names=('app.f', 'g'))
    >>> cascading_drop("DROP COLLATION c CASCADE")
    """
    said = [each for each in lexemes(statement) if each.said]
    place = 2 if is_word(said, 1, "MATERIALIZED") else 1
    kind = word_at(said, place)
    if not (is_word(said, 0, "DROP") and is_word(said, len(said) - 1, "CASCADE") and kind in ("VIEW", *_ROUTINES)):
        return None
    names = (name_from(without_only(each))[0] for each in actions_of(said[place + 1 : -1]))
    return CascadingDrop(kind, tuple(names))


def goes_with(kind: str, names: Sequence[str]) -> Sql:
    """Whether columns of others go with some objects, or tables with what is no table. A routine's name means all of
    that name, in whichever schema."""
    parts = [name_parts(each) for each in names]
    return sql(
        _GOES,
        names=["", *(".".join(map(quoted, each)) for each in parts)] if kind not in _ROUTINES else [""],
        last=["", *(each[-1] for each in parts)],
        routines=kind in _ROUTINES,
        whole=kind != "TABLE",
    )
