"""A text in SQL whose rows are taken by the names of its columns. PostgreSQL takes those of a function by their places.

https://www.postgresql.org/docs/current/xfunc-sql.html#XFUNC-SQL-TABLE-FUNCTIONS
"""

from __future__ import annotations

from typing import Any, Final

from qb.tree.semicolons import statements_in, words_in
from qb.types.identifier import quoted

_READS: Final = ("select", "values", "table", "with")
_WRITES: Final = ("insert", "update", "delete", "merge")


def by_names(parts: tuple[Any, ...], names: tuple[str, ...]) -> tuple[Any, ...]:
    """The parts of a text with a query around it that has the columns in their order; the same text where it is several
    statements, or one that no other may be around.

    >>> by_names(("SELECT 'Plan' AS title, 'Ada' AS owner",), ("owner", "title"))
    ('SELECT "owner", "title" FROM (\\n', "SELECT 'Plan' AS title, 'Ada' AS owner", '\\n) AS "rows"')
    """
    *before, last = parts
    if isinstance(last, str):
        last = last.rstrip().rstrip(";")
    text = "".join(each if isinstance(each, str) else ' "?" ' for each in (*before, last))
    words = words_in(text)
    first = next(iter(words), "")
    if len(names) < 2 or statements_in(f"{text}\n x") != 1 or first not in (*_READS, *_WRITES):
        return parts
    columns = ", ".join(map(quoted, names))
    if first in _WRITES:
        return ('WITH "rows" AS (\n', *before, last, f'\n) SELECT {columns} FROM "rows"')
    if first == "with" and not set(_WRITES).isdisjoint(words):  # which stands at the top, or not at all
        return parts
    return (f"SELECT {columns} FROM (\n", *before, last, '\n) AS "rows"')
