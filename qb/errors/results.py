"""Results that are not what was asked for, or not what was declared."""

from __future__ import annotations

from typing import final

from qb.errors.family import DbError, kept, member, shown_names, without_values


@final
@member
class NotFound(DbError):
    """`one` found no row. `table` is the first the query reads, where it has one. `committed` is as in ManyRows.

    >>> db.one(select(User).where(User.id == 404))
    <Failure: no row found in "users", where one was asked for>
    """

    table: str | None = None
    committed: bool = False

    def _text(self) -> str:
        place = f" in {shown_names(self.table)}" if self.table else ""
        return f"no row found{place}, where one was asked for{kept(self.committed)}"


@final
@member
class ManyRows(DbError):
    """`one` found more than one row.

    `committed` says that this is about a write which ran outside a transaction, in one step: what it wrote stays. In a
    transaction, whose end then decides, it is False.

    >>> db.one(select(User))
    <Failure: more than one row found in "users", where one was asked for>
    """

    table: str | None = None
    committed: bool = False

    def _text(self) -> str:
        place = f" in {shown_names(self.table)}" if self.table else ""
        return f"more than one row found{place}, where one was asked for{kept(self.committed)}"


@final
@member
class DecodeError(DbError):
    """A value in a result is not what its type says. `row` counts from 0, and is None of a document that was
    read later, by `Undecoded.decode`; `path` leads into JSON: `$.labels[1]`.

    `committed` is as in ManyRows: a write outside a transaction whose returned rows cannot be read has happened.

    >>> broken = '{"labels": ["a", 1]}'
    >>> db.execute(sql("UPDATE users SET settings = {j}::jsonb", j=broken).command())
    <Success: 2>
    >>> db.all(select(User.settings))
    <Failure: row 0 of the result, "users"."settings" at $.labels[1]: Expected `str`, got `int`>
    """

    table: str | None
    column: str | None
    row: int | None
    path: str | None
    reason: str
    committed: bool = False

    def __post_init__(self) -> None:
        vars(self)["reason"] = without_values(self.reason)
        super().__post_init__()

    def _text(self) -> str:
        place = f"{shown_names(self.table, self.column) or 'a column'}{f' at {self.path}' if self.path else ''}"
        where = "" if self.row is None else f"row {self.row} of the result, "
        return f"{where}{place}: {self.reason}{kept(self.committed)}"


@final
@member
class SchemaMismatch(DbError):
    """The database has another type in a column than was declared, and its values would not be what the declaration
    says; or a result of raw SQL has not the columns that its row was declared with. Found before a row is decoded.
    Types are named as PostgreSQL names them. `committed` is as in ManyRows: a write without a prepared statement is
    compared when it first runs on a connection, and may be found out later.

    https://www.postgresql.org/docs/current/sql-altertable.html

    >>> with db.transaction(rollback=True) as tx:
    ...     tx.execute(sql("ALTER TABLE tasks ALTER COLUMN title TYPE bytea USING title::bytea").command())
    ...     tx.all(select(Task.title))
    <Success: 0>
    <Failure: "tasks"."title" is declared as text, and the database has bytea: change the declaration, or ...>
    """

    table: str | None
    column: str | None
    declared: str
    found: str
    reason: str = ""
    committed: bool = False

    def _text(self) -> str:
        if self.reason:
            return f"{shown_names(self.table, self.column) or 'the result'} {self.reason}{kept(self.committed)}"
        remedy = "change the declaration, or the column with ALTER TABLE" if self.table else "cast it in the query"
        return (
            f"{shown_names(self.table, self.column) or 'a column'} is declared as {self.declared}, and the database "
            f"has {self.found}: {remedy}{kept(self.committed)}"
        )


@final
@member
class SchemaIncomplete(DbError):
    """A database lacks what it must have; `missing` names each of it, as `requires` of `qb.kit` found it.

    >>> print(SchemaIncomplete(("table public.customers", "column public.orders.total of type numeric")))
    the database lacks what it must have: table public.customers; column public.orders.total of type numeric
    """

    missing: tuple[str, ...]

    def _text(self) -> str:
        return f"the database lacks what it must have: {'; '.join(self.missing)}"
