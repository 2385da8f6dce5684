"""What a plan reads, as EXPLAIN tells it, and the commands that ask for it.

The plan is the one that knows no values, which a prepared query may get for good. Tables are small in tests, and small
tables are read from end to end: that is made dear, and what is left is what the query is able to use.
https://www.postgresql.org/docs/current/sql-explain.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, cast

import msgspec

from qb.errors import DefinitionError, QueryError
from qb.model.index import Index
from qb.query.not_a_query import not_a_query
from qb.query.raw import sql
from qb.query.statement import Command, Rows, Statement
from qb.run.session.result_form import compile
from qb.types.identifier import identifier, qualified, quoted, schema_of
from qb.types.trusted import trusted

_NAME: Final = '"qb: a query that is explained"'
DEAR: Final = sql(
    "SELECT set_config('enable_seqscan', 'off', true) || set_config('plan_cache_mode', 'force_generic_plan', true)"
).rows(str)
"""Until the end of the transaction."""
FORGET: Final = sql(trusted(f"DEALLOCATE {_NAME}")).command()
_FIRST: Final = ("select", "insert", "update", "delete", "merge", "values", "with", "table", "(")


class PlanNode(msgspec.Struct, frozen=True):
    """A step of a plan. https://www.postgresql.org/docs/current/using-explain.html"""

    kind: str = msgspec.field(name="Node Type")
    schema: str = msgspec.field(name="Schema", default="")
    relation: str = msgspec.field(name="Relation Name", default="")
    index: str = msgspec.field(name="Index Name", default="")
    arbiters: tuple[str, ...] = msgspec.field(name="Conflict Arbiter Indexes", default=())
    steps: tuple[PlanNode, ...] = msgspec.field(name="Plans", default=())


class Explained(msgspec.Struct, frozen=True):
    """What EXPLAIN gives for one statement."""

    plan: PlanNode = msgspec.field(name="Plan")


class Scan(NamedTuple):
    """A place where a plan reads a table, or looks for a row that is there: through an index, or without one."""

    kind: str
    schema: str
    relation: str
    through: str
    """The index."""

    def __str__(self) -> str:
        on = f" on {_named(self.schema, self.relation)}" if self.relation else ""
        return f"{self.kind}{f' using {quoted(self.through)}' if self.through else ''}{on}"


def prepare_explained(query: Statement) -> Command:
    """What prepares a query, as it travels, for EXPLAIN. QueryError for what has no plan."""
    text = _sent(query)
    if not text.lstrip().lower().startswith(_FIRST):
        raise QueryError(f"assert_uses takes a query that PostgreSQL makes a plan for, and this is {text[:40]!r}")
    return sql(trusted(f"PREPARE {_NAME} AS {text.replace('{', '{{').replace('}', '}}')}")).command()


def explain(query: Statement) -> Rows[list[Explained]]:
    """What asks for its plan, once it is prepared."""
    nulls = ", ".join("NULL" for _ in compile(query).placeholders)
    called = f"{_NAME} ({nulls})" if nulls else _NAME
    return sql(trusted(f"EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE {called}")).rows(list[Explained])


def indexes_called(index: Index | str) -> Rows[tuple[str, str]]:
    """What asks for the schema and the name of an index and of its partitions' ones: nothing where there is none."""
    if isinstance(index, Index):
        schema = schema_of(index.table.schema, index.table.name) or ""
        name, table = index.name, index.table.name
    elif isinstance(cast("object", index), str):
        schema, name, table = "", identifier(index, "an index"), ""
    else:
        raise DefinitionError(f"assert_uses takes an index, as index(...) makes it, or its name, not {index!r}")
    return sql(
        """WITH RECURSIVE family (oid) AS (
          SELECT c.oid FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
          JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
          WHERE c.relname = {name} AND ({schema} = '' OR n.nspname = {schema}) AND ({table} = '' OR t.relname = {table})
          UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN family ON i.inhparent = family.oid)
        SELECT n.nspname::text, c.relname::text FROM family
        JOIN pg_catalog.pg_class c ON c.oid = family.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace""",
        name=name,
        schema=schema,
        table=table,
    ).rows(tuple[str, str])


def check_query(query: object) -> None:
    """QueryError for what is no query."""
    if not isinstance(query, Statement):
        raise not_a_query(query)


def complaint(
    query: Statement, index: Index | str, known: Sequence[tuple[str, str]], plans: Sequence[Explained]
) -> str | None:
    """What is wrong where a plan does not use an index; None where it does."""
    name = index if isinstance(index, str) else index.name
    table = "" if isinstance(index, str) else f" of {qualified(index.table.schema, index.table.name)}"
    called = f"the index {quoted(name)}{table}"
    if not known:
        return f"there is no such thing as {called} in this database: create it first, in this transaction or before"
    found = [scan for each in plans for scan in scans(each.plan, "", "")]
    names = {name for _, name in known}
    if any((scan.schema, scan.through) in known or (not scan.schema and scan.through in names) for scan in found):
        return None
    reads = "\n".join(f"  {scan}" for scan in dict.fromkeys(found)) or "  no table at all"
    return f"the query does not use {called}. Its plan reads\n{reads}\nThe query is\n  {_sent(query)}"


def scans(node: PlanNode, schema: str, relation: str) -> Iterator[Scan]:
    """Where a plan reads, from the top. What is scanned for a bitmap is of the relation whose rows it is a map of."""
    schema, relation = node.schema or schema, node.relation or relation
    if node.index or (node.relation and node.kind.endswith("Scan") and node.kind != "Bitmap Heap Scan"):
        yield Scan(node.kind, schema, relation, node.index)
    for arbiter in node.arbiters:
        yield Scan("ON CONFLICT", schema, relation, arbiter)
    bitmap = node.kind in ("Bitmap Heap Scan", "BitmapAnd", "BitmapOr")
    for step in node.steps:
        yield from scans(step, schema if bitmap else "", relation if bitmap else "")


def _sent(query: Statement) -> str:
    return compile(query).sent.decode()


def _named(schema: str, name: str) -> str:
    return f"{quoted(schema)}.{quoted(name)}" if schema else quoted(name)
