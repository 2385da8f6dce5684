"""What a column has that the one it comes from has not: of a partition's, and of a table's that inherits it."""

from __future__ import annotations

from qb.kit.facts.column import ColumnFact
from qb.kit.pull.book import Book
from qb.kit.pull.carried import carry
from qb.model.object import Identity
from qb.types.identifier import qualified, quoted


def carry_differences(book: Book, table: Identity, column: Identity, fact: ColumnFact, above: ColumnFact) -> None:
    """A column's own default, NOT NULL, settings and comment, as ALTER TABLE says them."""
    if said := own_settings(column, fact, above):
        whole = qualified(table.schema, table.name)
        carry(book, "of a column", column, [f"ALTER TABLE {whole} {', '.join(said)}"], [table])
    if fact.comment is not None:
        on = f"COLUMN {qualified(table.schema, table.name)}.{quoted(column.name)}"
        carry(book, "comment", column, [], [table], fact.comment, on=on)


def own_settings(column: Identity, fact: ColumnFact, above: ColumnFact) -> list[str]:
    """What ALTER TABLE says to make the one of the other."""
    name = quoted(column.name)
    said: list[str] = []
    if fact.default != above.default and not (fact.generated or above.generated):
        said.append("DROP DEFAULT" if fact.default is None else f"SET DEFAULT {fact.default}")
    if fact.not_null and not above.not_null:
        said.append("SET NOT NULL")
    if fact.storage != above.storage:
        said.append(f"SET STORAGE {'DEFAULT' if fact.storage is None else fact.storage.upper()}")
    if fact.compression != above.compression:
        said.append(f"SET COMPRESSION {'DEFAULT' if fact.compression is None else fact.compression}")
    if fact.statistics != above.statistics:
        said.append(f"SET STATISTICS {-1 if fact.statistics is None else fact.statistics}")
    if gone := [each.partition("=")[0] for each in above.options if each not in fact.options]:
        said.append(f"RESET ({', '.join(gone)})")
    if fact.options:
        said.append(f"SET ({', '.join(fact.options)})")
    return [f"ALTER COLUMN {name} {each}" for each in said]
