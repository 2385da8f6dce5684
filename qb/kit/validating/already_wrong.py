"""What is wrong with rows before the table is what the descriptors say: as far as its columns are there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from msgspec.structs import replace

from qb.kit.validating.asked import constraint_problems, sequence_problems
from qb.kit.validating.looking import looked
from qb.kit.validating.report import RowProblem, Tally
from qb.kit.validating.row_stream import judged_rows
from qb.kit.validating.validate import OF_ONE_TABLE
from qb.model.table import TableDefinition
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.tree.relations import TableSource
from qb.types.identifier import qualified

_TYPES = """
SELECT attname::text, pg_catalog.format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute
WHERE attrelid = pg_catalog.to_regclass({table}) AND attnum > 0 AND NOT attisdropped
"""


def column_types(table: TableSource, db: Db) -> Mapping[str, str]:
    """The columns of a table in the database and their types; none where there is no such table."""
    name = qualified(table.schema, table.name)
    return dict(db.raising.all(sql(_TYPES, table=name).rows(tuple[str, str])))


def already_wrong(table: TableDefinition, cls: type[Any], db: Db) -> tuple[RowProblem, ...]:
    """What `validate` would tell of the columns that are there, and of each check and key that can be asked yet."""
    there = column_types(table.source, db)
    if not there:
        return ()
    bare = replace(table, checks=(), foreign_keys=())
    apart = [replace(bare, checks=(each,)) for each in table.checks]
    apart += [replace(bare, foreign_keys=(each,)) for each in table.foreign_keys]

    def rows(inner: Db, own: Tally) -> None:
        if any(each.name in there for each in table.columns):
            judged_rows(table.title, cls, inner, None, own, there)

    def sequences(inner: Db, own: Tally) -> None:
        sequence_problems(table, inner, own)

    asks: list[Callable[[Db, Tally], None]] = [rows, *(partial(_constraint, each, cls) for each in apart), sequences]

    def look(tx: Db) -> tuple[RowProblem, ...]:
        found = Tally(show_keys=False)
        for ask in asks:
            own = Tally(show_keys=False)
            try:
                with tx.transaction(rollback=True) as inner:
                    ask(inner, own)
            except OF_ONE_TABLE:
                continue  # it names what is not there yet
            found.join(own)
        return found.problems()

    return looked(db, look)


def _constraint(table: TableDefinition, cls: type[Any], inner: Db, own: Tally) -> None:
    constraint_problems(table, cls, inner, own)
