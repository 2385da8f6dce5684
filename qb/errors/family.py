"""`DbError`: a closed family of read-only values, compared by content and silent about values.

They are exceptions as well, so that `.unwrap()` shows them and `raise error` works. Two are equal when their fields
are; they can be hashed, copied, pickled and matched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from types import TracebackType
from typing import Any, ClassVar, NamedTuple, NoReturn, Self, TypeVar, cast, dataclass_transform

E = TypeVar("E", bound="DbError")
F = TypeVar("F", bound="DbError")


class Report(NamedTuple):
    """The fields of a server's error message that are looked at: https://www.postgresql.org/docs/current/protocol-error-fields.html"""

    sqlstate: str
    message: str
    """In the server's language."""
    overran: bool
    """Whether the statement ran for as long as its limit allows."""
    told: str
    """What may be carried: its text without values."""
    position: int | None
    hint: str | None
    schema: str | None
    table: str | None
    column: str | None
    constraint: str | None
    key: tuple[str, ...]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def member(cls: type[E]) -> type[E]:
    """A dataclass whose fields can be set once. `frozen=True` would also refuse `__traceback__`, which Python sets.

    Where it is imported from is what it is called, in tracebacks and in pickles.
    """
    made = dataclass(eq=False, repr=False)(cls)
    made.__module__ = "qb.errors"
    return made


def _rebuild(cls: type[DbError], values: dict[str, Any]) -> DbError:
    return cls(**values)


def shown_names(*names: str | None) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names if name)


def on_table(table: str | None, schema: str | None) -> str:
    return f" of table {shown_names(schema, table)}" if table else ""


def kept(committed: bool) -> str:
    return " (what the statement wrote is committed: only a transaction would have rolled it back)" if committed else ""


def named(name: str | None) -> str:
    return f" {shown_names(name)}" if name else ""


_QUOTED_VALUE = re.compile(r"'.*'", re.DOTALL)
_FIELD_OF_DOCUMENT = re.compile(r"(unknown field) `.*`", re.DOTALL)


def without_values(reason: str) -> str:
    """msgspec and psycopg put values between single quotes, types and the schema's own names between backquotes."""
    return _FIELD_OF_DOCUMENT.sub(r"\1", _QUOTED_VALUE.sub("'…'", reason))


@member
class DbError(Exception):
    """What the database, the network or the data did. One of the classes of this module, and no other.

    `sqlstate` is PostgreSQL's code, None where no server spoke: https://www.postgresql.org/docs/current/errcodes-appendix.html

    >>> match db.execute(insert(new(User)(name="Ada"))):
    ...     case Success(count):
    ...         print(count)
    ...     case Failure(DbError() as error):
    ...         print(repr(error))
    UniqueViolation(constraint='users_name_key', table='users', schema='public', columns=('name',))
    """

    sqlstate: str | None = field(default=None, kw_only=True)
    states: ClassVar[tuple[str, ...]] = ()
    """What PostgreSQL reports it under: SQLSTATEs, or the first two characters of a class of them."""

    @classmethod
    def reported(cls, report: Report) -> DbError:
        """The member that a report under one of its `states` is."""
        raise NotImplementedError

    @property
    def statement(self) -> str | None:
        """The SQL that failed, whose values are parameters and not in it. None of a BEGIN, a COMMIT, a connection.

        What is compared, hashed and shown is the fields alone: where an error was met is no part of what it is.

        >>> db.execute(insert(new(User)(name="Ada"))).alt(lambda error: error.statement)
        <Failure: INSERT INTO "users" ("name") VALUES ($1::varchar)>
        """
        found: str | None = vars(self).get("_statement")
        return found

    @property
    def step(self) -> int | None:
        """Which statement of a pipeline it was, counted from 0; None outside of one."""
        found: int | None = vars(self).get("_step")
        return found

    @property
    def input_row(self) -> int | None:
        """Which row of a bulk write it was, counted from 0, where that is known: of a value that cannot be sent, and of
        rows that go in by COPY. None of everything else.

        >>> names = ["Kurt", "Alan", "Ada"]
        >>> db.insert_many(new(User)(name=name) for name in names).alt(lambda error: error.input_row)
        <Failure: 2>
        """
        found: int | None = vars(self).get("_input_row")
        return found

    def __init_subclass__(cls) -> None:
        if not cls.__module__.startswith(f"{__package__}."):
            raise TypeError(f"DbError is a closed family: {cls.__qualname__} cannot be added to it")

    def __new__(cls, *_args: object, **_fields: object) -> Self:
        if cls is DbError:
            raise TypeError("DbError is abstract: make one of its members, for example ServerError")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        super().__init__(self._text())

    def _text(self) -> str:
        raise NotImplementedError

    def _values(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in _fields(self)}

    def __str__(self) -> str:
        text = super().__str__()
        return text if self.input_row is None else f"row {self.input_row} of the input: {text}"

    def __setattr__(self, name: str, value: object) -> None:
        # Python itself sets __traceback__, __cause__, __context__, __notes__; a field is set once, by the constructor.
        dunder = name.startswith("__") and name.endswith("__")
        if not dunder and (name not in type(self).__dataclass_fields__ or name in vars(self)):
            _refuse(self)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        if not (name.startswith("__") and name.endswith("__")):
            _refuse(self)
        super().__delattr__(name)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), *self._values().values()))

    def __repr__(self) -> str:
        changed = ((each.name, getattr(self, each.name)) for each in _fields(self) if _changed(self, each))
        shown = ", ".join(f"{name}={value!r}" for name, value in changed)
        return f"{type(self).__name__}({shown})"

    def __reduce__(self) -> tuple[Callable[..., DbError], tuple[type[DbError], dict[str, Any]], dict[str, Any]]:
        beside = {name: value for name, value in vars(self).items() if name in _BESIDE}
        return _rebuild, (type(self), self._values()), beside

    def __setstate__(self, state: dict[str, Any] | None) -> None:
        vars(self).update(state or {})


_BESIDE = ("__notes__", "_input_row", "_statement", "_step")


def met(error: F, sql: bytes | str, step: int | None = None) -> F:
    """The error, which from now on knows where it was met. What was said first stays."""
    known = vars(error)
    known.setdefault("_statement", sql if isinstance(sql, str) else sql.decode(errors="replace"))
    if step is not None:
        known.setdefault("_step", step)
    return error


def at_row(error: F, row: int) -> F:
    """The error, which from now on knows which row of a bulk write it was. What was said first stays."""
    vars(error).setdefault("_input_row", row)
    return error


class Meeting:
    """`with Meeting(sql):` says of a DbError that leaves the block which statement it was."""

    __slots__ = ("_sql",)

    def __init__(self, sql: bytes) -> None:
        self._sql = sql

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        if isinstance(error, DbError):
            met(error, self._sql)


def _fields(error: DbError) -> list[Field[Any]]:
    return sorted(fields(cast(Any, error)), key=lambda each: each.kw_only is True)  # the SQLSTATE last


def _changed(error: DbError, field: Field[Any]) -> bool:
    return bool(getattr(error, field.name) != field.default)


def _refuse(error: DbError) -> NoReturn:
    raise AttributeError(f"{type(error).__name__} is read-only")
