"""Foreign tables, and those without columns, as the statements that make them.

https://www.postgresql.org/docs/current/sql-createforeigntable.html
"""

from __future__ import annotations

from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.table import TableFact
from qb.kit.planning.ddl.constraints import add_constraint
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.sql_names import comment_on
from qb.kit.planning.ddl.tables import create_table
from qb.kit.pull.book import Book
from qb.kit.pull.carried import carry
from qb.kit.pull.tables import in_class
from qb.model.object import Identity
from qb.types.identifier import qualified


def write_foreign_tables(book: Book) -> None:
    """All whose options are known, and with whom; of the others it is told."""
    found = {
        each: fact
        for each, fact in book.catalog.of(TableFact).items()
        if fact.extension is None and fact.bound is None and not in_class(book, each)
    }
    parts = CatalogParts(book.catalog) if found else None
    for identity, fact in found.items():
        if identity in book.absent or parts is None:
            book.tell(identity, "a foreign table")
        else:
            _carried(book, identity, fact, parts)


def _carried(book: Book, table: Identity, fact: TableFact, parts: CatalogParts) -> None:
    statements = [*create_table(table, fact, parts)]
    name = qualified(table.schema, table.name)
    secured = (("ENABLE", fact.row_security), ("FORCE", fact.forced))
    statements += [f"ALTER TABLE {name} {each} ROW LEVEL SECURITY" for each, said in secured if said]
    needs = [*book.catalog.needs(table)]
    for each, column in parts.columns(table.schema, table.name):
        needs += book.catalog.needs(each)
        if column.comment is not None:
            statements.append(comment_on(each, column, column.comment))
        book.said.add(each)
    for each in parts.within(table.schema, table.name):
        constraint = book.catalog.get(each)
        if isinstance(constraint, ConstraintFact):
            needs += book.catalog.needs(each)
            book.said.add(each)
            if each.kind == "check" and not constraint.inherited:
                statements += add_constraint(each, constraint, parts)
            if constraint.comment is not None:
                statements.append(comment_on(each, constraint, constraint.comment))
    own = (each for each in needs if (each.schema, each.table or each.name) != (table.schema, table.name))
    carry(
        book,
        table.kind,
        table,
        statements,
        own,
        fact.comment,
        on=f"{table.kind.upper()} {name}",
    )
