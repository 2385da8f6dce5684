"""What cannot be sent, or what the server does not accept."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar, final

from qb.errors.family import DbError, Report, member, shown_names, without_values


@final
@member
class EncodeError(DbError):
    """A value PostgreSQL cannot hold, found before it is sent: NUL in text, a number out of range, a naive datetime.

    Of a bulk write `input_row` says which of its rows it is.

    >>> db.execute(insert(new(User)(name=chr(0))))
    <Failure: a value for "users"."name" cannot be sent: PostgreSQL text cannot hold NUL (0x00) characters>
    >>> db.insert_many(new(User)(name=name) for name in ("Kurt", chr(0)))
    <Failure: row 1 of the input: a value for "users"."name" cannot be sent: ...>
    """

    table: str | None
    column: str | None
    reason: str

    def __post_init__(self) -> None:
        vars(self)["reason"] = without_values(self.reason)
        super().__post_init__()

    def _text(self) -> str:
        return f"a value for {shown_names(self.table, self.column) or 'a parameter'} cannot be sent: {self.reason}"


@final
@member
class DataException(DbError):
    """A value that the server refuses (class 22): malformed, out of range, too long, a division by zero.

    >>> db.execute(insert(new(User)(name="Ada" * 99)))
    <Failure: value too long for type character varying(80)>
    """

    message: str

    states: ClassVar[tuple[str, ...]] = ("22",)

    @classmethod
    def reported(cls, report: Report) -> DbError:
        return cls(report.told, sqlstate=report.sqlstate)

    def _text(self) -> str:
        return self.message


@final
@member
class InsufficientPrivilege(DbError):
    """The role may not do this, or a row-level security policy forbids it.

    >>> InsufficientPrivilege("permission denied for table users").sqlstate
    '42501'
    """

    message: str
    sqlstate: str | None = field(default="42501", kw_only=True)

    states: ClassVar[tuple[str, ...]] = ("42501",)

    @classmethod
    def reported(cls, report: Report) -> DbError:
        return cls(report.told)

    def _text(self) -> str:
        return f"not allowed: {self.message}"


@final
@member
class ReadOnly(DbError):
    """A write in a read-only transaction, or on a standby.

    >>> with db.transaction(read_only=True, rollback=True) as tx:
    ...     tx.execute(delete(Task).all_rows())
    <Failure: the transaction is read-only and the statement writes>
    """

    sqlstate: str | None = field(default="25006", kw_only=True)

    states: ClassVar[tuple[str, ...]] = ("25006",)

    @classmethod
    def reported(cls, report: Report) -> DbError:
        return cls()

    def _text(self) -> str:
        return "the transaction is read-only and the statement writes"


@final
@member
class DdlRefused(DbError):
    """DDL on a database that was opened without it: by `connect_each`, or `connect(ddl=False)`. Nothing has happened.

    `command` is PostgreSQL's name of what was refused; of a script, which may hold anything, it is "a script".
    https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-COMMANDCOMPLETE

    >>> with connect(ddl=False) as careful:
    ...     careful.execute(sql("DROP TABLE tasks").command())
    <Failure: DROP TABLE is refused, as this database was opened without DDL: ...>
    """

    command: str

    def _text(self) -> str:
        return (
            f"{self.command} is refused, as this database was opened without DDL: nothing of it has happened; where it "
            "is meant, open the database with ddl=True"
        )


@final
@member
class InvalidSql(DbError):
    """The statement is wrong for this database (class 42, 0A, 3F): an unknown table, a syntax error, a function.

    `position` counts the statement's characters from 1. What it says is PostgreSQL's, with values masked.

    >>> db.all(sql("SELECT * FROM nothing").rows(int))
    <Failure: relation "nothing" does not exist (at character 15)>
    """

    message: str
    position: int | None = None
    hint: str | None = None

    states: ClassVar[tuple[str, ...]] = ("42", "0A", "3F")

    @classmethod
    def reported(cls, report: Report) -> DbError:
        return cls(report.told, report.position, report.hint, sqlstate=report.sqlstate)

    def _text(self) -> str:
        place = f" (at character {self.position})" if self.position else ""
        return f"{self.message}{place}{f'. Hint: {self.hint}' if self.hint else ''}"


@final
@member
class ServerError(DbError):
    """Anything else a server reports, under its `sqlstate`. What a routine raises shows its code, not its text.

    >>> print(ServerError("too many connections", sqlstate="53300"))
    too many connections (SQLSTATE 53300)
    """

    message: str
    constraint: str | None = None
    table: str | None = None
    column: str | None = None

    states: ClassVar[tuple[str, ...]] = ("",)

    @classmethod
    def reported(cls, report: Report) -> DbError:
        return cls(report.told, report.constraint, report.table, report.column, sqlstate=report.sqlstate)

    def _text(self) -> str:
        return f"{self.message}{f' (SQLSTATE {self.sqlstate})' if self.sqlstate else ''}"


@final
@member
class ExtensionMissing(DbError):
    """What was asked for takes an extension that this database does not have, or that its server has not loaded.

    >>> print(ExtensionMissing("pg_stat_statements", "run CREATE EXTENSION pg_stat_statements"))
    the extension "pg_stat_statements" is not there: run CREATE EXTENSION pg_stat_statements
    """

    extension: str
    remedy: str

    def _text(self) -> str:
        return f"the extension {shown_names(self.extension)} is not there: {self.remedy}"
