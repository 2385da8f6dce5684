"""Foreign keys that are filled in when all rows are there, as one statement."""

from __future__ import annotations

from collections.abc import Sequence

from qb.model.table import TableDefinition
from qb.types.identifier import quoted

_PRIME = 7919


def late_key_sql(
    table: TableDefinition,
    target: TableDefinition,
    mine: Sequence[str],
    theirs: Sequence[str],
    free: Sequence[bool],
    seed: int,
    *,
    once: bool,
) -> str:
    """An UPDATE that points most rows of a table to some row of its target.

    `free` are the columns that it may write; of the others the row that is pointed to has the same values. In a table
    that refers to itself a row points to one before it, so that nothing goes in circles. With `once` no two rows point
    to the same one. Rows are told apart by the order of their keys, so it does the same in two databases.
    """
    assert table.primary_key is not None
    key = [quoted(each) for each in table.primary_key.columns]
    same = [(quoted(one), quoted(other)) for one, other, each in zip(mine, theirs, free, strict=True) if not each]
    sets = [(quoted(one), quoted(other)) for one, other, each in zip(mine, theirs, free, strict=True) if each]
    place, other_place = (
        _ranked(key, [one for one, _ in same]),
        _ranked([quoted(each) for each in theirs], [other for _, other in same]),
    )
    total = ", ".join(other for _, other in same)
    count = f"count(*) OVER ({f'PARTITION BY {total}' if total else ''})"
    chosen = f"(r.n * {_PRIME} + {seed % _PRIME}) % p.total"
    most = "r.n % 3 <> 0"
    if once:
        chosen, most = "r.n % p.total", "r.n < p.total"
    if table.source == target.source:
        chosen = "r.n - 1" if once else f"(r.n * {_PRIME} + {seed % _PRIME}) % greatest(r.n, 1)"
        most += " AND p.m < r.n"
    joined = " AND ".join([f"p.m = {chosen}", *(f"p.{other} = r.{one}" for one, other in same)])
    columns = ", ".join(dict.fromkeys([*key, *(one for one, _ in same)]))
    found = ", ".join(quoted(each) for each in dict.fromkeys(theirs))
    return (
        f"UPDATE {_title(table)} AS t SET {', '.join(f'{one} = p.{other}' for one, other in sets)}"
        f" FROM (SELECT {columns}, {place} AS n FROM {_title(table)}) AS r"
        f" JOIN (SELECT {found}, {other_place} AS m, {count} AS total FROM {_title(target)}) AS p ON {joined}"
        f" WHERE {' AND '.join(f't.{each} = r.{each}' for each in key)} AND {most}"
    )


def _ranked(order: Sequence[str], within: Sequence[str]) -> str:
    parts = f"PARTITION BY {', '.join(within)} " if within else ""
    return f"row_number() OVER ({parts}ORDER BY {', '.join(order)}) - 1"


def _title(table: TableDefinition) -> str:
    schema = table.source.schema
    return quoted(table.source.name) if schema is None else f"{quoted(schema)}.{quoted(table.source.name)}"
