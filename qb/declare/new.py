"""Rows that are made and not read: to insert, to update from a request body, for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, ParamSpec, Self, TypeVar, cast

import msgspec
from msgspec import UNSET, UnsetType

from qb.declare.description import ColumnInfo
from qb.declare.json_names import validated
from qb.declare.table import TableMeta, describe
from qb.declare.table_state import state_of
from qb.errors import DefinitionError, QueryError
from qb.frozen import FrozenStruct
from qb.query.entity import NamedRow, TableRow, entity_of
from qb.query.expr.column import Column
from qb.query.expr.expr import Expr
from qb.tree.expressions import Bind
from qb.types.annotation import bare
from qb.types.undecoded import Undecoded

Columns = ParamSpec("Columns")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Named = TypeVar("Named", bound=NamedRow)
Row = TypeVar("Row", bound=TableRow)
_STRICT: Any = {"kw_only": True, "frozen": True, "forbid_unknown_fields": True}

if TYPE_CHECKING:
    from qb.query.update import PatchRow as _Patched
    from qb.query.values import NewRow as _Inserted
else:

    class _Inserted:
        def __class_getitem__(cls, table):
            return new(table) if isinstance(table, TableMeta) else cls

    class _Patched:
        def __class_getitem__(cls, table):
            return patch(table).struct if isinstance(table, TableMeta) else cls


class New(_Inserted[T]):
    """An insertable row; at run time `New[User]` is the insert Struct itself.

    >>> import msgspec
    >>> msgspec.json.decode(b'{"name": "Kurt"}', type=New[User]).name
    'Kurt'
    >>> def add(user: New[User]) -> Outcome[int]:
    ...     return db.execute(insert(user))
    >>> add(new(User)(name="Kurt"))
    <Success: 1>
    """

    if TYPE_CHECKING:

        @property
        def __inserts__(self) -> type[T]:  # with a body, so that mypy takes the class where it wants a concrete one
            raise NotImplementedError


class Patch(_Patched[T_co]):
    """Some of a row's fields, the others UNSET; at run time `Patch[User]` is the Struct itself, with all of them.

    A body from outside is of a class that says what it may change:

    >>> import msgspec
    >>> class Edit(Patch[User], only=(User.name, User.nickname)):
    ...     pass
    >>> body = msgspec.json.decode(b'{"nickname": null}', type=Edit)
    >>> db.one(update(User).patch(body).where(User.id == 2).returning(User.name, User.nickname))
    <Success: ('Grace', None)>
    """

    if TYPE_CHECKING:

        def __init__(self, **_values: object) -> None: ...
        def __init_subclass__(cls, *, only: Column[Any] | Sequence[Column[Any]] = ()) -> None: ...
        @property
        def __patches__(self) -> type[T_co]:
            raise NotImplementedError


class NewFactory(Generic[Columns, T]):
    """What `new(User)` is to the type checker; at run time it is the insert Struct.

    >>> NewUser = new(User)
    >>> NewUser(name="Kurt")
    NewUser(id=UNSET, name='Kurt', nickname=UNSET, settings=UNSET)
    """

    def __call__(self, *args: Columns.args, **values: Columns.kwargs) -> New[T]:
        """An insertable row: columns with a default may be left out, generated ones do not exist."""
        raise NotImplementedError

    def of(self, row: T) -> New[T]:
        """What inserts a row that was read, or made by `row`: all of its columns but those PostgreSQL alone writes.

        A hidden column, which the row does not hold, gets its default; QueryError where it has none.
        """
        raise NotImplementedError


class PatchFactory(FrozenStruct, Generic[T]):
    """Makes partial rows; `struct` is their type, for decoders.

    >>> ChangedUser = patch(User)
    >>> ChangedUser(nickname="Countess")
    PatchUser(id=UNSET, name=UNSET, nickname='Countess', settings=UNSET)
    """

    struct: type[Patch[T]]

    def __call__(self, **_values: object) -> Patch[T]:
        """A partial row from the fields given, validated; msgspec.ValidationError names the field."""
        known: tuple[str, ...] = cast("Any", self.struct).__struct_fields__
        later: dict[str, object] = {
            name: value for name, value in _values.items() if name in known and isinstance(value, Undecoded)
        }
        made = validated_row({name: value for name, value in _values.items() if name not in later}, self.struct)
        return msgspec.structs.replace(cast("Any", made), **later) if later else made


def new(table: Callable[Columns, Row]) -> NewFactory[Columns, Row]:
    """The insertable row of a table, as a Struct: `NewUser = new(User)`, then `insert(NewUser(name="Ada"))`.

    It decodes straight from JSON, with the limits of the column types (`varchar(80)`, the range of an integer) and
    unknown fields refused: `msgspec.json.decode(body, type=New[User])`. The digits of a `numeric(12, 2)`, which msgspec
    has no limit for, are judged when the row is sent: more of them, or NaN, are an EncodeError.

    >>> NewTask = new(Task)
    >>> db.one(insert(NewTask(user_id=1, title="rest")).returning(Task.id, Task.done))
    <Success: (4, False)>
    >>> NewTask(user_id=1)
    Traceback (most recent call last):
    ...
    TypeError: Missing required argument 'title'
    """
    return cast("NewFactory[Columns, Row]", _struct(cast("Any", table), "New"))


def patch(table: type[Row], /, *only: Expr[object]) -> PatchFactory[Row]:
    """The partial row of a table: every field UNSET unless given, for `update(User).patch(body)`.

    Columns that PostgreSQL alone writes are not among them. `patch(User).struct`, or `Patch[User]`, is its class. For a
    body from outside name what it may change, so that nobody moves a row to another owner: `patch(Task, Task.title)`
    has that field and refuses all others; `class Edit(Patch[Task], only=Task.title)` is the same for an annotation.
    DefinitionError for a column of another table.

    >>> db.execute(update(Task).patch(patch(Task)(hours=2)).where(Task.title == "ship"))
    <Success: 1>
    """
    return PatchFactory(_struct(cast("Any", table), "Patch", _attributes(table, only)))


def _attributes(table: type[object], only: Iterable[object]) -> tuple[str, ...]:
    kept: list[str] = []
    for column in only:
        attribute: str = column.attribute if isinstance(column, Column) else ""
        if not attribute or column is not getattr(table, attribute, None):
            raise DefinitionError(f"patch({table.__name__}, ...) takes columns of that table, not {column!r}")
        kept.append(attribute)
    return tuple(kept)


def row(table: type[Row], /, **_values: object) -> Row:
    """A full row, validated, for tests: fields left out take a plain default, or None where that is allowed.

    Errors: msgspec.ValidationError for a value of the wrong type, TypeError for a missing or unknown field.

    >>> row(User, id=1, name="Ada")
    User(id=1, name='Ada', nickname=None, settings=Settings(theme='light', labels=[]))
    """
    info = describe(table)
    known = {column.attribute: column for column in info.columns if not column.hidden}
    if unknown := sorted(set(_values) - set(known)):
        raise TypeError(f"row({info.title}): {', '.join(unknown)} is no column of it")
    full: dict[str, object] = {}
    missing: list[str] = []
    for attribute, column in known.items():
        if attribute in _values:
            full[attribute] = _values[attribute]
        elif isinstance(column.default, Bind):
            full[attribute] = column.default.value
        elif column.optional:
            full[attribute] = None
        else:
            missing.append(attribute)
    if missing:
        raise TypeError(f"row({info.title}): {', '.join(missing)} must be given")
    return validated_row(full, table)


def replace(row: Named, /, **_changes: object) -> Named:
    """A copy of a row with some fields changed, the changes validated.

    Errors: msgspec.ValidationError for a value of the wrong type, TypeError for an unknown field.

    >>> ada = db.one(select(User).where(User.id == 1)).unwrap()
    >>> replace(ada, nickname="Countess").nickname
    'Countess'
    """
    table = type(row)
    entity = entity_of(table)
    if entity is None:
        raise TypeError(f"replace takes a row of a table or a shape, not {table.__name__}")
    if unknown := sorted(set(_changes) - set(entity.row)):
        raise TypeError(f"replace({table.__name__}): {', '.join(unknown)} is no column of it")
    fields = {name: getattr(row, name) for name in entity.row}
    return validated_row(fields | _changes, table)


def validated_row(values: dict[str, Any], struct: type[T]) -> T:
    """The same as `validated`, with documents of no class beside what msgspec validates: it sees no Raw in a union."""
    names = _raw_or_none(struct)
    kept = {each: values[each] for each in names & values.keys() if isinstance(values[each], msgspec.Raw | None)}
    if not kept:
        return validated(values, struct)
    absent = msgspec.Raw(b"null") if issubclass(struct, _Made) else None
    made: Any = validated(values | dict.fromkeys(kept, absent), struct)
    return cast("T", msgspec.structs.replace(made, **kept))


def _raw_or_none(struct: Any) -> frozenset[str]:
    """The fields of a row that are a document of no class, or None."""
    made: frozenset[str] | None = getattr(struct, "__raw__", None)
    if made is not None:
        return made
    entity = entity_of(struct)
    if entity is None:
        return frozenset()
    return frozenset(name for name, each in entity.row.items() if _is_raw_or_none(each))


def _is_raw_or_none(column: Any) -> bool:
    return column.optional and bare(column.python) is msgspec.Raw


def _struct(table: Any, kind: str, only: tuple[str, ...] = ()) -> type[Any]:
    """The insert or patch Struct of a table, or of some of its columns, made once."""
    if not isinstance(table, TableMeta):
        raise DefinitionError(f"{kind.lower()} takes a table class, not {table!r}")
    made_before = state_of(table).rows
    if (found := made_before.get((kind, only))) is not None:
        return found
    info = describe(cast("Any", table))
    mark = "__inserts__" if kind == "New" else "__patches__"
    for name in only:
        if not next(column for column in info.columns if column.attribute == name).writable:
            raise DefinitionError(f"patch: {info.title}.{name} is generated by PostgreSQL and cannot be set")
    fields = [
        _field(column, kind) for column in info.columns if column.writable and (not only or column.attribute in only)
    ]
    raw = frozenset(column.attribute for column in info.columns if _is_raw_or_none(column))
    namespace = {mark: table, "__qb__": RowState(only), "__module__": table.__module__, **_without_null(raw)}
    made = _written(kind + table.__name__, fields, namespace, state_of(table).rename)
    return made_before.setdefault((kind, only), made)


def _written(name: str, fields: list[Any], namespace: dict[str, Any], rename: str | None) -> type[Any]:
    # Not by defstruct, which loses a metaclass: https://github.com/jcrist/msgspec/issues/974
    base: Any = _NewBase if "__inserts__" in namespace else _PatchBase
    annotations = {field[0]: field[1] for field in fields}
    defaults = {field[0]: field[2] for field in fields if len(field) == 3}
    body = {**namespace, **defaults, "__annotations__": annotations}
    made: type[Any] = type(base)(name, (base,), body, **_STRICT, rename=rename)
    return made


def _field(column: ColumnInfo, kind: str) -> tuple[str, Any] | tuple[str, Any, Any]:
    annotation: Any = column.type.limits(column.python)
    if column.optional and not _is_raw_or_none(column):
        annotation = annotation | None
    if kind == "New" and column.required:
        return (column.attribute, annotation)
    return (column.attribute, annotation | UnsetType, UNSET)


def _without_null(names: frozenset[str]) -> dict[str, Any]:
    """What a Struct with documents of no class has: JSON's null is None, as it is where there is one."""
    if not names:
        return {"__raw__": names}

    def post_init(self: Any) -> None:
        for each in names & set(self.__struct_fields__):
            value = getattr(self, each)
            if isinstance(value, msgspec.Raw) and bytes(value) == b"null":
                msgspec.structs.force_setattr(self, each, None)

    return {"__raw__": names, "__post_init__": post_init}


class RowState(NamedTuple):
    """What a Struct of rows to insert, or of patches, was made from, beside its table."""

    only: tuple[str, ...]
    """The columns that it is limited to; none where it has them all."""
    named: bool = False
    """Whether it is a class of the user's, which is found by its name."""


class _Made(msgspec.Struct, frozen=True, kw_only=True):
    """A row that pickles by its table, as its class has no name of its own to be found by."""

    def __reduce__(self) -> tuple[Any, ...]:
        kind = "New" if hasattr(type(self), "__inserts__") else "Patch"
        table = getattr(type(self), "__inserts__", None) or getattr(type(self), "__patches__")  # noqa: B009
        given = {name: value for name in self.__struct_fields__ if (value := getattr(self, name)) is not UNSET}
        state: RowState = getattr(type(self), "__qb__")  # noqa: B009
        if state.named:
            return (_remade, (type(self), given))
        return (_remake, (table, kind, state.only, given))

    def __copy__(self) -> Self:
        return self


class _NewBase(_Made, frozen=True, kw_only=True):
    """A row to insert."""

    @classmethod
    def of(cls, row: object) -> Self:
        """What inserts a row of the table."""
        table: Any = getattr(cls, "__inserts__")  # noqa: B009
        if not isinstance(row, table):
            raise QueryError(f"new({table.__name__}).of takes a row of {table.__name__}, not {type(row).__name__}")
        hidden: frozenset[str] = table.__entity__.hidden
        needed = sorted(each.name for each in msgspec.structs.fields(cls) if each.name in hidden and each.required)
        if needed:
            raise QueryError(
                f"new({table.__name__}).of: rows do not hold {', '.join(needed)}, which is hidden and must be given: "
                f"write new({table.__name__})(...) with it"
            )
        return cls(**{name: getattr(row, name) for name in cls.__struct_fields__ if name not in hidden})


if TYPE_CHECKING:
    _PatchMeta = msgspec.StructMeta
else:

    class _PatchMeta(msgspec.StructMeta):
        """What makes `class Edit(Patch[Issue], only=...)` a Struct of these fields: a subclass could not drop any."""

        def __new__(mcls, name, bases, namespace, *, only=None, **config):
            if only is None:
                return super().__new__(mcls, name, bases, namespace, **config)
            table = bases[0].__patches__
            columns = (only,) if isinstance(only, Column) else tuple(only)
            limited = _struct(table, "Patch", _attributes(table, columns))
            fields = {key: limited.__annotations__[key] for key in limited.__struct_fields__}
            defaults = dict.fromkeys(fields, UNSET)
            state = RowState(limited.__struct_fields__, named=True)
            body = {**namespace, **defaults, "__annotations__": fields, "__patches__": table, "__qb__": state}
            body |= _without_null(limited.__raw__)
            return super().__new__(mcls, name, (_PatchBase,), body, **_STRICT, rename=state_of(table).rename)


class _PatchBase(_Made, frozen=True, kw_only=True, metaclass=_PatchMeta):
    """Fields to update."""


def _remade(made: type[Any], given: dict[str, Any]) -> Any:
    return made(**given)


def _remake(table: Any, kind: str, only: tuple[str, ...], given: dict[str, Any]) -> Any:
    return _struct(table, kind, only)(**given)
