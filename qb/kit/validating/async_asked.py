"""What the server is asked of a table's rows, for coroutines on asyncio or trio: whether checks and foreign keys hold,
and how far sequences are."""

from __future__ import annotations

from typing import Any, Final

from qb.declare.constraint_names import constraint_name
from qb.declare.table import describe
from qb.kit.validating.report import SHOWN_KEYS, Tally
from qb.model.constraint import ForeignKeyDefinition
from qb.model.table import ColumnDefinition, TableDefinition
from qb.query.entity import entity_of
from qb.query.expr.expr import Expr
from qb.query.functions.fn import fn
from qb.query.raw import sql
from qb.query.select import select
from qb.render.literals import string_literal
from qb.run.database.async_db import AsyncDb
from qb.tree.relations import TableSource
from qb.types import pg
from qb.types.identifier import PUBLIC, qualified, quoted
from qb.types.trusted import trusted


async def constraint_problems_async(table: TableDefinition, cls: type[Any], db: AsyncDb, tally: Tally) -> None:
    """How many rows do not fulfil each check, and how many point to nothing, whatever the database holds them to."""
    entity = entity_of(cls)
    keys = [] if entity is None else [entity.columns[each] for each in entity.key]
    made: Any = select
    guarded = {
        constraint_name(table.source.name, [each.name], "guard")
        for each in describe(cls).columns
        if each.guard is not None and tally.has("guard", table.title, each.name)
    }  # which is told by its path
    asked = [each for each in table.checks if each.name not in guarded]
    failing = [(each, ~Expr[bool | None](each.condition, pg.boolean, bool, True)) for each in asked]
    if failing:
        counted: Any = made(*(fn.count().filter(condition) for _, condition in failing)).from_(cls)
        found: Any = await db.raising.one(counted)
        for (check, condition), count in zip(failing, found if len(failing) > 1 else (found,), strict=True):
            if not count:
                continue
            tally.add("check", table.title, check.name, None, "it does not hold", rows=count)
            if tally.show_keys and keys:
                rows: Any = await db.raising.all(made(*keys).where(condition).order_by(*keys).limit(SHOWN_KEYS))
                for row in rows:
                    key = ", ".join(map(str, row if len(keys) > 1 else (row,)))
                    tally.add("check", table.title, check.name, None, "it does not hold", rows=0, key=key)
    for foreign in table.foreign_keys:
        if foreign.period:
            continue
        if count := await db.raising.one(sql(trusted(_orphans(table.source, foreign))).rows(int)):
            target = ".".join(filter(None, (foreign.target.schema, foreign.target.name)))
            tally.add("foreign key", table.title, foreign.name, None, f"it points to no row of {target}", rows=count)


def _orphans(table: TableSource, key: ForeignKeyDefinition) -> str:
    """How many rows point to none. One that is NULL in part points nowhere (MATCH SIMPLE)."""
    own = [f"c.{quoted(each)}" for each in key.columns]
    pairs = zip(own, key.target_columns, strict=True)
    there = " AND ".join(f"p.{quoted(target)} = {column}" for column, target in pairs)
    given = " AND ".join(f"{column} IS NOT NULL" for column in own)
    target = f"SELECT FROM {qualified(key.target.schema, key.target.name)} AS p WHERE {there}"
    return _plain(f"SELECT count(*) FROM {_title(table)} AS c WHERE {given} AND NOT EXISTS ({target})")


_RIGHTS: Final = """
SELECT current_user::text, has_schema_privilege(n.oid, 'USAGE'),
  coalesce(has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'), true),
  ARRAY(
    SELECT quote_ident(q.relnamespace::regnamespace::text) || '.' || quote_ident(q.relname)
    FROM pg_depend d JOIN pg_class q ON q.oid = d.objid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
      AND d.deptype IN ('a', 'i') AND CASE WHEN q.relkind = 'S' THEN NOT has_sequence_privilege(q.oid, 'SELECT') END
    ORDER BY 1
  )
FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = {name}
WHERE n.nspname = {schema}
"""


async def missing_grant_async(table: TableDefinition, db: AsyncDb, *, sequences: bool = False) -> str | None:
    """The statements that would let one read a table, where rights are what is missing; and its sequences."""
    schema, name = table.source.schema or PUBLIC, table.source.name
    rows = await db.raising.all(sql(_RIGHTS, schema=schema, name=name).rows(tuple[str, bool, bool, list[str]]))
    grants: list[str] = []
    for role, usage, reads, closed in rows:
        if not usage:
            grants.append(f"GRANT USAGE ON SCHEMA {quoted(schema)} TO {quoted(role)};")
        if not reads:
            grants.append(f"GRANT SELECT ON TABLE {qualified(schema, name)} TO {quoted(role)};")
        if sequences and closed:
            grants.append(f"GRANT SELECT ON SEQUENCE {', '.join(closed)} TO {quoted(role)};")
    return " ".join(grants) or None


_SEQUENCE: Final = """
SELECT d.refobjsubid::int8, quote_ident(n.nspname) || '.' || quote_ident(c.relname), s.seqincrement
FROM pg_depend d
JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_sequence s ON s.seqrelid = c.oid
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
  AND d.refobjid = to_regclass({table}) AND a.attname = {column}
"""


async def sequence_problems_async(table: TableDefinition, db: AsyncDb, tally: Tally) -> None:
    """The columns whose sequence would give a number that is there already."""
    for column in table.columns:
        if not column.type.wire.is_integer:
            continue
        asked = sql(_SEQUENCE, table=_title(table.source), column=column.name).rows(tuple[int, str, int])
        for _, sequence, step in await db.raising.all(asked):
            if await db.raising.one(sql(trusted(_behind(table.source, column, sequence, step))).rows(bool)):
                reason = f"its sequence {sequence} is behind: it gives numbers that are there already"
                tally.add("sequence", table.title, column.name, None, reason, rows=0)
                last = f"SELECT {'max' if step > 0 else 'min'}({quoted(column.name)}) FROM {_title(table.source)}"
                fix = f"SELECT setval({string_literal(sequence)}, ({last}));"
                tally.mended_by("sequence", table.title, column.name, fix)


def _behind(table: TableSource, column: ColumnDefinition, sequence: str, step: int) -> str:
    last, sign = ("max", ">=") if step > 0 else ("min", "<=")
    there = f"(SELECT {last}({quoted(column.name)}) FROM {_title(table)})"
    following = f"last_value::numeric + CASE WHEN is_called THEN {step} ELSE 0 END"
    return _plain(f"SELECT coalesce({there} {sign} {following}, false) FROM {sequence}")


def _title(table: TableSource) -> str:
    return qualified(table.schema, table.name)


def _plain(text: str) -> str:
    """SQL for `sql`, to which a brace of a name is one."""
    return text.replace("{", "{{").replace("}", "}}")
