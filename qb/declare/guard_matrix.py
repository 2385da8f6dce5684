"""Which documents of a database are guarded, and the rows that hold what a guard refuses."""

from __future__ import annotations

from typing import cast

import msgspec

from qb.declare.description import ColumnInfo
from qb.declare.gather import SchemaItem, gather
from qb.declare.mistakes import Mistakes
from qb.declare.table import describe
from qb.declare.table_state import state_of
from qb.errors import DefinitionError
from qb.frozen import FrozenStruct
from qb.query.raw import sql
from qb.query.statement import Rows
from qb.types.guard import Guard
from qb.types.trusted import trusted


class Violation(msgspec.Struct, frozen=True):
    """A row whose document holds keys that its guard refuses: what `guards(...).audit()` gives.

    >>> print(Violation("quotes", "notes", [7], ["unitPrice"]))
    quotes.notes of the row 7 holds unitPrice
    """

    table: str
    column: str
    row: list[object]
    """The values of its primary key, as JSON has them; without one, where the row lies (`ctid`)."""
    keys: list[str]

    def __str__(self) -> str:
        return f"{self.table}.{self.column} of the row {', '.join(map(str, self.row))} holds {', '.join(self.keys)}"


class GuardMatrix(FrozenStruct):
    """The tables of some modules, their documents, and what guards these. `print` shows a matrix."""

    tables: tuple[type[object], ...]

    def audit(self) -> Rows[Violation]:
        """One statement that reads every guarded document, and gives the rows that hold what is refused.

        DefinitionError where nothing is guarded.
        """
        parts: list[str] = []
        values: dict[str, object] = {}
        for table in self.tables:
            for column in describe(table).columns:
                if column.guard is not None:
                    parts.append(_part(len(parts), table, column, column.guard, values))
        if not parts:
            raise DefinitionError("no column of these tables has a guard: write column(pg.jsonb, guard=guard(...))")
        return sql(trusted(" UNION ALL ".join(parts)), **values).rows(Violation)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GuardMatrix) and self.tables == other.tables

    def __hash__(self) -> int:
        return hash(self.tables)

    def __str__(self) -> str:
        """Each table with its relational columns, and its documents with their guards."""
        lines = [("table", "columns", "documents")]
        for table in map(describe, self.tables):
            documents = [_told(column) for column in table.columns if column.type.wire.is_document]
            plain = [column.name for column in table.columns if not column.type.wire.is_document]
            lines.append((table.title, ", ".join(plain) or "-", "; ".join(documents) or "-"))
        wide = [max(len(line[place]) for line in lines) for place in (0, 1)]
        return "\n".join(f"{one:{wide[0]}}  {other:{wide[1]}}  {last}" for one, other, last in lines)

    def __repr__(self) -> str:
        guarded = sum(column.guard is not None for table in self.tables for column in describe(table).columns)
        return f"<guards of {guarded} columns in {len(self.tables)} tables>"


def guards(*items: SchemaItem) -> GuardMatrix:
    """The documents of some tables and their guards: of modules, as `schema` takes them, or of tables one by one.

    `print(guards(shop.tables))` shows which columns are relational and which are documents, guarded or not, and
    `db.all(guards(shop.tables).audit())` the rows that hold what is refused, such as those that were there before the
    guard was. Errors: DefinitionError.

    >>> class Quote(Table, name="quotes"):
    ...     id: Col[int] = column(primary_key=True)
    ...     total: Col[int]
    ...     notes: Col[dict[str, str]] = column(pg.jsonb, guard=guard("money", "total", "*price*"))
    >>> print(guards(Quote))
    table   columns    documents
    quotes  id, total  notes: money (total, *price*)
    """
    mistakes = Mistakes()
    found = sorted(gather(items, mistakes).tables, key=lambda table: state_of(table).title)
    mistakes.end()
    return GuardMatrix(tuple(cast("list[type[object]]", found)))


def _told(column: ColumnInfo) -> str:
    if column.guard is None:
        return f"{column.name}: no guard"
    return f"{column.name}: {column.guard.name} ({', '.join(column.guard.keys)})"


def _part(number: int, table: type[object], column: ColumnInfo, guard: Guard, values: dict[str, object]) -> str:
    """The rows of one column. Names and values are given beside the text, which has their numbers alone."""
    info = describe(table)
    names = {
        "t": table,
        "c": getattr(table, column.attribute),
        "p": guard.jsonpath,
        "title": info.title,
        "name": column.name,
        **{f"k{place}_": getattr(table, key.attribute) for place, key in enumerate(info.primary_key)},
    }
    values |= {f"{name}{number}": value for name, value in names.items()}
    key = ", ".join(f"{{k{place}_{number}}}" for place in range(len(info.primary_key))) or f"{{t{number}}}.ctid::text"
    found = f"jsonb_path_query({{c{number}}}::jsonb, {{p{number}}}::text::jsonpath)"
    return (
        f'SELECT {{title{number}}}::text AS "table", {{name{number}}}::text AS "column", '
        f'jsonb_build_array({key}) AS "row", '
        f"ARRAY(SELECT DISTINCT found #>> '{{{{}}}}' FROM {found} AS found ORDER BY 1) AS \"keys\" "
        f"FROM {{t{number}}} WHERE jsonb_path_exists({{c{number}}}::jsonb, {{p{number}}}::text::jsonpath)"
    )
