"""What `create_all(if_not_exists=True)` says first: whether the tables that stand already are those that were declared.

One query of the catalog for all tables, in a block that raises; the statements after it then never run.
https://www.postgresql.org/docs/current/catalog-pg-attribute.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qb.model.table import TableDefinition
from qb.model.type import NamedType
from qb.render.literals import dollar_quoted, string_literal
from qb.types.facts import modifier_of
from qb.types.identifier import schema_of

DIFFERS = "QBDDL"
"""The SQLSTATE by which the run knows it; PostgreSQL's own classes begin with a digit, F, H, P or X."""

# What stands in the schema where CREATE TABLE would put it. A type that is not there yet is no column's.
_QUERY = """
  WITH declared (place, namespace, relation, name, type, modifier, written, required, filled, computed) AS (VALUES
    {rows}
  ), standing AS (
    SELECT t.*, c.oid FROM (
      SELECT max(place) AS place, namespace, relation FROM declared GROUP BY namespace, relation
    ) t
    JOIN pg_catalog.pg_class c ON c.relname = t.relation
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = coalesce(t.namespace, current_schema())
  ), expected AS (
    SELECT s.oid, s.relation AS standing, d.*, pg_catalog.to_regtype(d.type) AS type_id
    FROM declared d JOIN standing s ON s.relation = d.relation AND s.namespace IS NOT DISTINCT FROM d.namespace
  ), found AS (
    SELECT s.relation AS standing, s.place AS of_table, a.*, {computed} AS computed,
      a.atthasdef OR a.attidentity <> '' OR y.typdefault IS NOT NULL AS filled,
      pg_catalog.format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END AS shown
    FROM standing s JOIN pg_catalog.pg_attribute a ON a.attrelid = s.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
  )
  SELECT coalesce(e.standing, f.standing) AS relation, coalesce(e.name, f.attname) AS name,
    coalesce(coalesce(pg_catalog.format_type(e.type_id, e.modifier), e.written)
      || CASE WHEN e.required THEN ' NOT NULL' ELSE '' END
      || CASE WHEN e.computed AND NOT f.computed THEN ', generated'
        WHEN e.filled AND NOT f.filled THEN ' with a default' ELSE '' END, 'nothing') AS declared,
    coalesce(f.shown || CASE WHEN e.computed AND NOT f.computed THEN ', not generated'
      WHEN e.name IS NULL OR (e.filled AND NOT f.filled) THEN ' without a default' ELSE '' END,
      'no such column') AS found
  INTO differs
  FROM expected e FULL JOIN found f ON f.attrelid = e.oid AND f.attname = e.name
  WHERE CASE
    WHEN f.attname IS NULL THEN true
    WHEN e.name IS NULL THEN f.attnotnull AND NOT f.filled
    ELSE e.type_id IS DISTINCT FROM f.atttypid OR e.modifier <> f.atttypmod OR e.required <> f.attnotnull
      OR (e.filled AND NOT f.filled) OR (e.computed AND NOT f.computed)
  END
  ORDER BY coalesce(e.place, f.of_table), e.place NULLS LAST, f.attnum
  LIMIT 1;
"""


def unless_other(tables: tuple[TableDefinition, ...]) -> str:
    """The block: it raises for the first column, in the order of the declaration, that is not as it was declared."""
    # Older servers know of no generated columns.
    generated = any(column.generated is not None for table in tables for column in table.columns)
    computed = "a.attgenerated <> ''" if generated else "false"
    query = _QUERY.format(rows=",\n    ".join(_rows(tables)), computed=computed)
    return "DO " + dollar_quoted(
        f"\nDECLARE\n  differs record;\nBEGIN{query}"
        "  IF FOUND THEN\n"
        f"    RAISE EXCEPTION USING ERRCODE = '{DIFFERS}', TABLE = differs.relation, COLUMN = differs.name,\n"
        "      DATATYPE = differs.declared, MESSAGE = differs.found;\n"
        "  END IF;\nEND\n"
    )


def _rows(tables: tuple[TableDefinition, ...]) -> Iterator[str]:
    place = 0
    for table in tables:
        namespace = schema_of(table.source.schema, table.source.name)
        where = "NULL::text" if namespace is None else string_literal(namespace)
        for column in table.columns:
            place += 1
            words = (table.source.name, column.name, _bare(column.type))
            modifier = _modifier(column.type)
            # The numbers of a partition are those of its table.
            numbered = bool(column.as_identity) and table.partition_of is None
            filled = column.default is not None or numbered
            yield (
                f"({place}, {where}, {', '.join(map(string_literal, words))}, "
                f"{'NULL::integer' if modifier is None else modifier}, {string_literal(column.type.name)}, "
                f"{_truth(not column.optional)}, {_truth(filled)}, {_truth(column.generated is not None)})"
            )


def _truth(whether: bool) -> str:
    return "true" if whether else "false"


def _bare(type_: NamedType) -> str:
    """A type without its limits, as it is looked up."""
    if type_.of is not None:
        return f"{_bare(type_.of)}[]"
    return type_.name if type_.made is not None else re.sub(r"\s*\(.*?\)", "", type_.name)


def _modifier(type_: NamedType) -> int | None:
    """The limits as the catalog keeps them, -1 for none, and None where only the type itself knows."""
    if type_.of is not None:
        return _modifier(type_.of)
    return -1 if type_.made is not None else modifier_of(type_.name)
