"""A row that a constraint does not allow. https://www.postgresql.org/docs/current/ddl-constraints.html"""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar, final

from qb.errors.family import DbError, Report, member, named, on_table, shown_names


@final
@member
class UniqueViolation(DbError):
    """Another row has the same key. `columns` are the key's, as PostgreSQL names them, () where it does not say.

    >>> db.execute(insert(new(User)(name="Ada")))
    <Failure: another row has the same value: unique constraint "users_name_key" of table "public"."users" on ("name")>
    """

    constraint: str | None = None
    table: str | None = None
    schema: str | None = None
    columns: tuple[str, ...] = ()
    sqlstate: str | None = field(default="23505", kw_only=True)

    states: ClassVar[tuple[str, ...]] = ("23505",)

    @classmethod
    def reported(cls, report: Report) -> DbError:
        return cls(report.constraint, report.table, report.schema, report.key)

    def _text(self) -> str:
        key = f" on ({', '.join(shown_names(name) for name in self.columns)})" if self.columns else ""
        return (
            "another row has the same value: unique constraint"
            f"{named(self.constraint)}{on_table(self.table, self.schema)}{key}"
        )


@final
@member
class ForeignKeyViolation(DbError):
    """A row refers to one that is not there, or would after this statement. `table` is the one that refers.

    >>> db.execute(insert(new(Task)(user_id=404, title="x")))
    <Failure: a row refers to one that does not exist, or that is being removed: foreign key "tasks_..." of ...>
    """

    constraint: str | None = None
    table: str | None = None
    schema: str | None = None
    sqlstate: str | None = field(default="23503", kw_only=True)

    states: ClassVar[tuple[str, ...]] = ("23503", "23001")  # ON DELETE RESTRICT, since PostgreSQL 18

    @classmethod
    def reported(cls, report: Report) -> DbError:
        return cls(report.constraint, report.table, report.schema, sqlstate=report.sqlstate)

    def _text(self) -> str:
        return (
            "a row refers to one that does not exist, or that is being removed: foreign key"
            f"{named(self.constraint)}{on_table(self.table, self.schema)}"
        )


@final
@member
class NotNullViolation(DbError):
    """NULL where the column, or the domain, does not allow it.

    >>> db.execute(sql("UPDATE users SET name = NULL").command())
    <Failure: NULL in column "name" of table "public"."users", which does not allow it>
    """

    column: str | None = None
    table: str | None = None
    schema: str | None = None
    sqlstate: str | None = field(default="23502", kw_only=True)

    states: ClassVar[tuple[str, ...]] = ("23502",)

    @classmethod
    def reported(cls, report: Report) -> DbError:
        return cls(report.column, report.table, report.schema)

    def _text(self) -> str:
        place = f"column {shown_names(self.column)}{on_table(self.table, self.schema)}" if self.column else "a domain"
        return f"NULL in {place}, which does not allow it"


@final
@member
class CheckViolation(DbError):
    """A row does not satisfy a check, of a table or (then `table` is None) of a domain. Where a table is divided and no
    partition takes the row, or not the one that it was given to, `constraint` is None; so it is where rows do not
    fulfil what a domain asks from now on.

    >>> db.execute(update(Task).set(Task.hours.to(0)).where(Task.id == 1))
    <Failure: a row does not satisfy check "tasks_hours_check" of table "public"."tasks">
    """

    constraint: str | None = None
    table: str | None = None
    schema: str | None = None
    sqlstate: str | None = field(default="23514", kw_only=True)

    states: ClassVar[tuple[str, ...]] = ("23514",)

    @classmethod
    def reported(cls, report: Report) -> DbError:
        return cls(report.constraint, report.table, report.schema)

    def _text(self) -> str:
        if self.constraint is None and self.table is not None:
            place = on_table(self.table, self.schema)
            return f"a row is in none of the partitions, or not in this one, or not what a domain asks,{place}"
        return f"a row does not satisfy check{named(self.constraint)}{on_table(self.table, self.schema)}"


@final
@member
class ExclusionViolation(DbError):
    """A row conflicts with another one under an exclusion constraint.

    >>> print(ExclusionViolation("no_overlap", "bookings"))
    a row conflicts with another one: exclusion constraint "no_overlap" of table "bookings"
    """

    constraint: str | None = None
    table: str | None = None
    schema: str | None = None
    sqlstate: str | None = field(default="23P01", kw_only=True)

    states: ClassVar[tuple[str, ...]] = ("23P01",)

    @classmethod
    def reported(cls, report: Report) -> DbError:
        return cls(report.constraint, report.table, report.schema)

    def _text(self) -> str:
        return (
            "a row conflicts with another one: exclusion constraint"
            f"{named(self.constraint)}{on_table(self.table, self.schema)}"
        )
