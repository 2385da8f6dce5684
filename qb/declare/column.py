"""`column`, the one field specifier, and `Col`, what a column is to the type checker.

https://www.postgresql.org/docs/current/sql-createtable.html
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Never, TypeVar, get_args, overload

from qb.declare.deferral import Initially, deferral
from qb.declare.marks import Deprecated, Hidden
from qb.declare.spec import ColumnOptions, IdentitySpec, Reference, SerialSpec, spec_of
from qb.errors import DefinitionError
from qb.frozen import FrozenStruct
from qb.model.sequence import Sequence
from qb.query.expr.column import Column
from qb.query.expr.computed import SqlDefault
from qb.query.expr.expr import Expr
from qb.types import SqlType
from qb.types.guard import Guard
from qb.types.identifier import identifier

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Storage = Literal["plain", "external", "extended", "main"]
Compression = Literal["pglz", "lz4"]
Action = Literal["cascade", "restrict", "set null", "set default", "no action"]

if TYPE_CHECKING:

    class Col(Hidden[T], Deprecated[T]):  # what `column` gives fits each of the three annotations
        """In a class body a column, on the class a column, on a row its value. At run time `Col[X]` is `X`.

        >>> class Note(Table, name="notes"):
        ...     id: Col[int] = column(primary_key=True, default=identity())
        ...     text: Col[str | None]
        >>> Note.text, Note.text.optional
        (<column notes.text>, True)
        >>> Note(id=1, text="x").text
        'x'
        """

        @overload
        def __get__(self, instance: None, owner: type[object]) -> Column[T]: ...
        @overload
        def __get__(self, instance: object, owner: type[object]) -> T: ...
        def __get__(self, instance: object | None, owner: type[object]) -> Column[T] | T: ...
        def __set__(self, instance: Never, value: T) -> None: ...

else:

    class Col:
        """In a class body a column, on the class a column, on a row its value. At run time `Col[X]` is `X`.

        >>> class Note(Table, name="notes"):
        ...     id: Col[int] = column(primary_key=True, default=identity())
        ...     text: Col[str | None]
        >>> Note.text, Note.text.optional
        (<column notes.text>, True)
        >>> Note(id=1, text="x").text
        'x'
        """

        def __class_getitem__(cls, python):
            return python


class Foreign(FrozenStruct, Generic[T_co]):
    """What `references` takes beside a column: one with ON DELETE and ON UPDATE."""

    _said: ClassVar[str] = "a reference is a frozen value"
    reference: Reference


def references(
    target: Expr[T] | Callable[[], Expr[T]],
    /,
    *,
    on_delete: Action | None = None,
    on_update: Action | None = None,
    deferrable: bool = False,
    initially: Initially | None = None,
) -> Foreign[T]:
    """A foreign key and what follows from it: `references=references(User.id, on_delete="cascade")`.

    `deferrable` makes it checked at COMMIT (DEFERRABLE INITIALLY DEFERRED), or with `initially="immediate"` only after
    SET CONSTRAINTS. A table that is defined further down, or
    the one itself, goes into a lambda. https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK

    >>> class Comment(Table, name="comments"):
    ...     task_id: Col[int] = column(references=references(Task.id, on_delete="cascade"))
    ...     text: Col[str]
    >>> print(create_all(schema(User, Task, Comment)).statements[-1])
    CREATE TABLE "comments" (
      "task_id" bigint NOT NULL,
      "text" text NOT NULL,
      CONSTRAINT "comments_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE CASCADE
    )
    """
    check_actions("references", on_delete, on_update)
    return Foreign(Reference(target, on_delete, on_update, deferral("references", deferrable, initially)))


def check_actions(what: str, *actions: object) -> None:
    """DefinitionError for an action that PostgreSQL does not know."""
    for action in actions:
        if action not in (None, "cascade", "restrict", "set null", "set default", "no action"):
            raise DefinitionError(
                f"{what}: {action!r} is no action: cascade, restrict, set null, set default or no action"
            )


MISSING: Any = object()
_OPTIONS = frozenset(ColumnOptions.__struct_fields__) - {"type", "has_default"} | {"init"}


# The generated one comes first: a checker that matches none takes the last, and that one is in every `new(...)`.
@overload
def column(
    type: SqlType[T] = ...,
    /,
    *,
    generated: Expr[T] | SqlDefault[T],
    stored: bool = True,
    primary_key: bool = False,
    unique: bool = False,
    index: bool = False,
    name: str | None = None,
    renamed_from: str | None = None,
    comment: str | None = None,
    storage: Storage | None = None,
    compression: Compression | None = None,
    statistics: int | None = None,
    deprecated: str | None = None,
    init: Literal[False] = False,
) -> Col[T]: ...
@overload
def column(
    type: SqlType[T] = ...,
    /,
    *,
    default: T | Expr[T] | SqlDefault[T],
    on_update: T | Expr[T] | SqlDefault[T] = ...,
    primary_key: bool = False,
    unique: bool = False,
    index: bool = False,
    references: Expr[T] | Callable[[], Expr[T]] | Foreign[T] | None = None,
    check: Expr[bool | None] | Callable[[Column[T]], Expr[bool | None]] | None = None,
    checked: bool | None = None,
    guard: Guard | None = None,
    name: str | None = None,
    renamed_from: str | None = None,
    comment: str | None = None,
    storage: Storage | None = None,
    compression: Compression | None = None,
    statistics: int | None = None,
    deprecated: str | None = None,
) -> Col[T]: ...
@overload
def column(
    type: SqlType[T] = ...,
    /,
    *,
    on_update: T | Expr[T] | SqlDefault[T] = ...,
    primary_key: bool = False,
    unique: bool = False,
    index: bool = False,
    references: Expr[T] | Callable[[], Expr[T]] | Foreign[T] | None = None,
    check: Expr[bool | None] | Callable[[Column[T]], Expr[bool | None]] | None = None,
    checked: bool | None = None,
    guard: Guard | None = None,
    name: str | None = None,
    renamed_from: str | None = None,
    comment: str | None = None,
    storage: Storage | None = None,
    compression: Compression | None = None,
    statistics: int | None = None,
    deprecated: str | None = None,
) -> Col[T]: ...
def column(type: SqlType[Any] | None = None, /, **options: Any) -> Any:
    """A column of a table. Its type follows from the annotation when left out, and NOT NULL from it always.

    - `default`: a Python value, an expression the server evaluates (`fn.now()`), `identity()` or `serial()`;
    - `on_update`: what every UPDATE sets, unless it says otherwise;
    - `generated`: an expression of the row's other columns, `stored` or computed when read; or `identity()`: always;
    - `primary_key` (several make a composite one), `unique`, `index`;
    - `check`: a condition, as a function of the column (`check=lambda price: price > 0`) or of those above it;
    - `checked`: whether PostgreSQL refuses what a Literal or Enum has not; `schema(..., checked=True)` is for all;
    - `guard`: keys that a document must not hold, as `guard(...)` names them;
    - `references`: a column, a lambda for one defined later, or `references(...)` with ON DELETE and ON UPDATE;
    - `name`: the name in SQL, where it differs from the attribute (`class_: Col[str] = column(name="class")`);
    - `renamed_from`: what it was called before, for `qb generate`, which renames it then;
    - `comment`: COMMENT ON COLUMN;
    - `storage`, `compression`, `statistics`: how long values are kept, and how much the planner knows of them.
    - `deprecated`: what to use instead, of a column that is annotated `Deprecated[...]`; the comment says it, too.

    `init` exists for type checkers alone. Errors: DefinitionError, when the class is made, names table and column.
    https://www.postgresql.org/docs/current/sql-createtable.html

    >>> class Price(Table, name="prices"):
    ...     id: Col[int] = column(pg.integer, primary_key=True, default=identity())
    ...     cents: Col[int] = column(check=lambda cents: cents > 0)
    ...     gross: Col[int] = column(generated=cents * 119 / 100)
    ...     class_: Col[str | None] = column(name="class", default=None)
    >>> print(create_all(schema(Price)))
    CREATE TABLE "prices" (
      "id" integer GENERATED BY DEFAULT AS IDENTITY NOT NULL,
      "cents" bigint NOT NULL,
      "gross" bigint GENERATED ALWAYS AS (...) STORED NOT NULL,
      "class" text,
      CONSTRAINT "prices_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "prices_cents_check" CHECK ("cents" > ...)
    );
    """
    if unknown := sorted(options.keys() - _OPTIONS):
        raise DefinitionError(f"column has no option {', '.join(unknown)}: it has {', '.join(sorted(_OPTIONS))}")
    if type is not None and not isinstance(type, SqlType):  # pyright: ignore[reportUnnecessaryIsInstance] - not all check
        raise DefinitionError(f"column takes a type such as pg.text first, not {type!r}")
    default = options.get("default", MISSING)
    if "generated" in options and default is not MISSING:
        raise DefinitionError("a column is either generated or has a default: drop one of them")
    target = options.get("references")
    if isinstance(target, builtins.type):
        raise DefinitionError(
            f"references takes a column such as {target.__name__}.id, not the table {target.__name__}"
        )
    if isinstance(target, Foreign):
        reference: Reference | None = target.reference
    else:
        reference = None if target is None else Reference(target)
    guard = options.get("guard")
    if guard is not None and not isinstance(guard, Guard):
        raise DefinitionError(f"guard takes what guard(...) makes, not {guard!r}")
    return spec_of(
        ColumnOptions(
            type=type,
            name=options.get("name"),
            default=None if default is MISSING else default,
            has_default=default is not MISSING,
            on_update=options.get("on_update", MISSING),
            generated=options.get("generated"),
            stored=options.get("stored", True),
            primary_key=options.get("primary_key", False),
            unique=options.get("unique", False),
            index=options.get("index", False),
            check=options.get("check"),
            references=reference,
            renamed_from=_name_before(options.get("renamed_from")),
            comment=options.get("comment"),
            deprecated=options.get("deprecated"),
            checked=options.get("checked"),
            guard=guard,
            **_kept(options),
        ),
    )


def _name_before(name: Any) -> str | None:
    return None if name is None else identifier(name, "what a column is renamed from")


def _kept(options: dict[str, Any]) -> dict[str, Any]:
    """How its values are kept. DefinitionError for what PostgreSQL does not know."""
    if options.keys().isdisjoint(_HOW_KEPT):
        return {}
    for option, known in (("storage", get_args(Storage)), ("compression", get_args(Compression))):
        if (said := options.get(option)) is not None and said not in known:
            raise DefinitionError(f"column: {option} is one of {', '.join(known)}, not {said!r}")
    statistics = options.get("statistics")
    if statistics is not None and (builtins.type(statistics) is not int or not 0 <= statistics <= 10_000):
        raise DefinitionError(f"column: statistics is a number from 0 to 10000, not {statistics!r}")
    return {option: options.get(option) for option in _HOW_KEPT}


_HOW_KEPT = ("storage", "compression", "statistics")


class _IdentityColumn(IdentitySpec, SqlDefault[Any]):
    pass


class _SerialColumn(SerialSpec, SqlDefault[Any]):
    pass


def identity(
    *,
    start: int | None = None,
    increment: int = 1,
    min: int | None = None,
    max: int | None = None,
    cache: int = 1,
    cycle: bool = False,
) -> SqlDefault[int | None]:
    """The next number of the column's own sequence: `default=identity()` may be overridden by a value,
    `generated=identity()` is PostgreSQL's alone. It counts as a `sequence` does, within the column's type.
    Errors: DefinitionError, with the class. https://www.postgresql.org/docs/current/ddl-identity-columns.html

    >>> class Entry(Table, name="entries"):
    ...     id: Col[int] = column(primary_key=True, generated=identity())
    ...     text: Col[str]
    >>> new(Entry)(text="there is no id to give")
    NewEntry(text='there is no id to give')
    """
    return _IdentityColumn(start, increment, min, max, cache, cycle)


def serial(sequence: Sequence | None = None, /) -> SqlDefault[int | None]:
    """What smallserial, serial and bigserial are, by the type of the column: the next number of a sequence that goes
    away with it. PostgreSQL calls it `table_column_seq`; one that is called or counts otherwise is given.

    A new column is better an `identity()`; this is for tables that have it.
    https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-SERIAL

    >>> class Entry(Table, name="entries"):
    ...     id: Col[int] = column(pg.integer, primary_key=True, default=serial())
    >>> print(create_all(schema(Entry)))
    CREATE SEQUENCE "entries_id_seq" AS integer;
    CREATE TABLE "entries" (
      "id" integer DEFAULT nextval('"entries_id_seq"'::regclass) NOT NULL,
      CONSTRAINT "entries_pkey" PRIMARY KEY ("id")
    );
    ALTER SEQUENCE "entries_id_seq" OWNED BY "entries"."id";
    """
    if sequence is not None and not isinstance(sequence, Sequence):  # pyright: ignore[reportUnnecessaryIsInstance] - not all check
        raise DefinitionError(f"serial takes a sequence such as sequence('numbers'), not {sequence!r}")
    return _SerialColumn(sequence)
