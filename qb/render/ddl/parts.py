"""What all kinds of DDL share: names, drops, and blocks that look over an error."""

from __future__ import annotations

from collections.abc import Iterable

from qb.ddl.operation import Create, Drop
from qb.model.constraint import PrimaryKeyDefinition, UniqueDefinition
from qb.model.exclusion import Exclusion
from qb.model.target import Feature, Requirements
from qb.render.literals import dollar_quoted, string_literal
from qb.tree.relations import TableSource
from qb.types.identifier import qualified, quoted

INCLUDE = Feature("include", 11)
WITHOUT_OVERLAPS = Feature("without_overlaps", 18)


def table_name(source: TableSource) -> str:
    """The quoted name of a table."""
    return qualified(source.schema, source.name)


def names(columns: Iterable[str]) -> str:
    """`("a", "b")`."""
    return f"({', '.join(map(quoted, columns))})"


def columns_of_key(constraint: PrimaryKeyDefinition | UniqueDefinition, needs: Requirements) -> str:
    """The columns of a key, the last of them perhaps WITHOUT OVERLAPS."""
    if not constraint.without_overlaps:
        return names(constraint.columns)
    needs.add(WITHOUT_OVERLAPS, constraint.identity.title)
    return f"{names(constraint.columns)[:-1]} WITHOUT OVERLAPS)"


def parameters(given: Iterable[tuple[str, str]]) -> str:
    """`("fillfactor" = '70')`."""
    return f"({', '.join(f'{parameter(name)} = {string_literal(value)}' for name, value in given)})"


def parameter(name: str) -> str:
    """The name of a storage parameter; "toast.autovacuum_enabled" is one of what holds the long values."""
    return ".".join(map(quoted, name.split(".", 1)))


def behind_key(constraint: PrimaryKeyDefinition | UniqueDefinition | Exclusion, needs: Requirements) -> str:
    """How the index of a constraint is kept, behind its keys."""
    found = ""
    if constraint.include:
        needs.add(INCLUDE, constraint.identity.title)
        found += f" INCLUDE {names(constraint.include)}"
    if constraint.with_:
        found += f" WITH {parameters(constraint.with_)}"
    if constraint.tablespace:
        found += f" USING INDEX TABLESPACE {quoted(constraint.tablespace)}"
    return found


def when_checked(deferrable: str) -> str:
    """DEFERRABLE, where a constraint is."""
    return f" DEFERRABLE INITIALLY {deferrable.upper()}" if deferrable else ""


def constraint_on(table: TableSource, name: str) -> str:
    """What COMMENT ON calls a constraint."""
    return f"CONSTRAINT {quoted(name)} ON {table_name(table)}"


def dropped(operation: Drop, word: str, name: str) -> str:
    """DROP of what stands by itself. https://www.postgresql.org/docs/current/sql-droptable.html"""
    concurrently = "CONCURRENTLY " if operation.concurrently else ""
    guard, more = "IF EXISTS " if operation.if_exists else "", " CASCADE" if operation.cascade else ""
    return f"DROP {word} {concurrently}{guard}{name}{more}"


def added(operation: Create, table: TableSource, line: str) -> str:
    """ALTER TABLE ... ADD. https://www.postgresql.org/docs/current/sql-altertable.html"""
    return unless_there(f"ALTER TABLE {table_name(table)} ADD {line}", operation.if_not_exists)


def taken(operation: Drop, table: TableSource, what: str, name: str) -> str:
    """ALTER TABLE ... DROP."""
    guard, more = "IF EXISTS " if operation.if_exists else "", " CASCADE" if operation.cascade else ""
    return f"ALTER TABLE {guard}{table_name(table)} DROP {what} {guard}{quoted(name)}{more}"


def unless_there(statement: str, if_not_exists: bool) -> str:
    """The statement, which passes where its object is there: there is no IF NOT EXISTS for types and constraints."""
    return guarded(statement, "duplicate_object") if if_not_exists else statement


def as_one(*statements: str) -> str:
    """Some statements as one."""
    if len(statements) == 1:
        return statements[0]
    block = "".join(f"  {each};\n" for each in statements)
    return "DO " + dollar_quoted(f"\nBEGIN\n{block}END\n")


def guarded(statement: str, error: str) -> str:
    """The statement in a block that looks over an error."""
    block = f"\nBEGIN\n  {statement};\nEXCEPTION WHEN {error} THEN\n  NULL;\nEND\n"
    return f"DO {dollar_quoted(block)}"
