"""How rows that are there get the values of new columns: batch after batch by key, as a data step of the history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qb.kit.facts.constraint import ConstraintFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.sql_names import dotted
from qb.kit.planning.expanding.column_moves import ColumnMove
from qb.model.object import Identity
from qb.types.identifier import quoted

_HEAD = '''"""Fills new columns of rows that are there, {batch:,} at a time; who is stopped goes on behind the last.

Each row is written as it is, and the trigger that is there meanwhile does the rest: so who writes it at the same time
is not written over. Triggers of one's own run, too, as with every UPDATE.
"""

from __future__ import annotations

from qb import Failure, Outcome, Success, Tx, sql
from qb.kit import StepBatch, data_step
'''
_KEYED = '''

@data_step(
    total=sql(
        {total}
    ).rows(int)
)
def {name}(tx: Tx, after: tuple[str, ...] | None) -> Outcome[StepBatch[tuple[str, ...]] | None]:
    """{title}"""
    if after is None:
        query = sql(
            {first}
        )
    else:
        query = sql(
            {next},
            {values},
        )
    found = tx.first(query.rows(tuple[{types}]))
    if isinstance(found, Failure):
        return Failure(found.failure())
    batch = found.unwrap()
    return Success(None if batch is None else StepBatch(batch[:-1], batch[-1]))
'''
_WHOLE = '''

@data_step()
def {name}(tx: Tx, after: int | None) -> Outcome[StepBatch[int] | None]:
    """{title} It has no primary key: all at once."""
    if after is not None:
        return Success(None)
    query = sql(
        {text}
    )
    return tx.execute(query.command()).map(lambda count: StepBatch(1, count))
'''
BATCH = 1_000


def unfilled(moves: Sequence[ColumnMove]) -> str:
    """Which rows of a table have nothing in the new columns."""
    each = (
        " AND ".join(f"t.{quoted(column.meanwhile.name)} IS NULL" for column in move.new) for move in moves if move.new
    )
    return " OR ".join(f"({condition})" for condition in each)


def whole_backfill(table: Identity, moves: Sequence[ColumnMove]) -> str:
    """All of it in one statement."""
    column = quoted(next(each.meanwhile.name for move in moves for each in move.new))
    return f"UPDATE ONLY {dotted(table.schema, table.name)} AS t SET {column} = t.{column} WHERE {unfilled(moves)}"


def backfill_steps(tables: Iterable[tuple[Identity, Sequence[ColumnMove]]], parts: CatalogParts) -> str:
    """The text of `steps.py`."""
    text = _HEAD.format(batch=BATCH)
    for number, (table, moves) in enumerate(tables, 1):
        text += _step(f"fill_{number}", table, moves, parts)
    return text


def _step(name: str, table: Identity, moves: Sequence[ColumnMove], parts: CatalogParts) -> str:
    columns = ", ".join(each.meanwhile.name for move in moves for each in move.new)
    title = _said(f"Fill {columns} of {table.title}.")
    keys = _key(table, parts)
    if not keys:
        return _WHOLE.format(name=name, title=title, text=_python([whole_backfill(table, moves)], 8))
    where, names = dotted(table.schema, table.name), [quoted(each) for each, _ in keys]
    listed = ", ".join(f"t.{each}" for each in names)
    column = quoted(next(each.meanwhile.name for move in moves for each in move.new))
    same = " AND ".join(f"t.{each} = b.{each}" for each in names)
    last = ", ".join(f"{each}::text" for each in names)
    back = ", ".join(f"{each} DESC" for each in names)
    behind = [f"{', ' if place else ''}\0k{place}\1::text::{type_}" for place, (_, type_) in enumerate(keys)]

    def query(condition: list[str]) -> list[str]:
        return [
            f"WITH b AS (SELECT {listed} FROM ONLY {where} AS t ",
            f"WHERE ({unfilled(moves)})",
            *condition,
            f" ORDER BY {listed} LIMIT {BATCH} FOR NO KEY UPDATE), ",
            f"done AS (UPDATE ONLY {where} AS t SET {column} = t.{column} ",
            f"FROM b WHERE {same} RETURNING 1) ",
            f"SELECT {last}, (SELECT count(*) FROM done) FROM b ORDER BY {back} LIMIT 1",
        ]

    return _KEYED.format(
        name=name,
        title=title,
        total=_python([f"SELECT count(*) FROM ONLY {where} AS t ", f"WHERE {unfilled(moves)}"], 8),
        first=_python(query([]), 12),
        next=_python(query([f" AND ({listed}) > (", *behind, ")"]), 12),
        values=", ".join(f"k{place}=after[{place}]" for place in range(len(keys))),
        types=", ".join([*("str" for _ in keys), "int"]),
    )


def _key(table: Identity, parts: CatalogParts) -> list[tuple[str, str]]:
    """The columns of the primary key, and their types."""
    for each in parts.within(table.schema, table.name):
        fact = parts.get(each)
        if each.kind == "primary key" and isinstance(fact, ConstraintFact):
            columns = [(name, parts.column(table.schema, table.name, name)) for name in fact.columns]
            return [(name, column.type) for name, column in columns if column is not None]
    return []


def _python(parts: Sequence[str], indent: int) -> str:
    """SQL as Python writes it, a line for each part: plain ASCII, whatever is in it. Braces stand for themselves, but
    for those of values."""
    doubled = (each.replace("{", "{{").replace("}", "}}").replace("\0", "{").replace("\1", "}") for each in parts)
    return f"\n{' ' * indent}".join(map(ascii, doubled))


def _said(text: str) -> str:
    """A title that ends no docstring."""
    return "".join(each if each.isprintable() and each not in '"\\' else "?" for each in text)
