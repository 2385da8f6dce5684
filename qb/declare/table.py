"""`Table` and `Shape`: one class that is a frozen msgspec Struct for rows and a bag of columns for queries.

The metaclass answers for the class alone: `User.id` is a column, while `row.id` stays a native slot read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, dataclass_transform

import msgspec

from qb.declare import mixins
from qb.declare.column import MISSING, column
from qb.declare.declared import Own, check_description, column_info
from qb.declare.description import TableInfo
from qb.declare.lazy_annotations import Scope, body_annotations, raw_annotations, resolve, unresolved
from qb.declare.spec import ColumnOptions, Spec
from qb.errors import DefinitionError, QueryError
from qb.query.entity import Entity
from qb.query.expr.column import Column, column_of
from qb.tree.nodes import ColumnNode, Relation, TableSource
from qb.types.annotation import split_optional
from qb.types.identifier import identifier
from qb.types.infer import type_of
from qb.types.text import Text


class ShapeSource(Relation, frozen=True):
    """The fields of a shape, or of a mixin: columns of no relation."""

    name: str


class Columns(Mapping[str, Column[Any]]):
    """The columns of a class by attribute, each made when it is first asked for."""

    __slots__ = ("_cls", "_fields", "_made")

    def __init__(self, cls: TableMeta, fields: tuple[str, ...]) -> None:
        self._cls, self._made = cls, dict[str, Column[Any]]()
        self._fields = dict.fromkeys(fields)

    def __getitem__(self, attribute: str) -> Column[Any]:
        made = self._made.get(attribute)
        if made is None:
            if attribute not in self._fields:
                raise KeyError(attribute)
            made = self._made[attribute] = _made(self._cls, attribute)
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


if TYPE_CHECKING:
    _Meta = type
else:
    _Meta = msgspec.StructMeta


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(column,))
class TableMeta(_Meta):
    """What makes a class body a table."""

    if not TYPE_CHECKING:

        def __new__(mcls, class_name, bases, namespace, *, name=None, schema=None, **unknown):
            return _new_table(mcls, class_name, bases, namespace, name, schema, unknown)

        def __getattribute__(cls, attribute):
            if attribute[:2] != "__":
                columns = type.__getattribute__(cls, "__columns__")
                if attribute in columns._fields:
                    return columns[attribute]
            elif attribute == "__entity__":
                return _entity(cls)
            return type.__getattribute__(cls, attribute)

        def __getattr__(cls, attribute):  # only for what is not there
            if attribute[:2] == "__" or "__columns__" not in cls.__dict__:
                raise AttributeError(f"{cls.__name__} has no attribute {attribute!r}", name=attribute, obj=cls)
            columns = ", ".join(type.__getattribute__(cls, "__columns__"))
            raise AttributeError(f"{cls.__name__} has no column {attribute!r}: it has {columns}")

        def __setattr__(cls, attribute, value):
            if attribute[:2] == "__" and attribute not in ("__columns__", "__relation__"):
                return super().__setattr__(attribute, value)
            raise AttributeError(f"{cls.__name__} is a frozen description: {attribute} cannot be assigned")

        def __delattr__(cls, attribute):
            raise AttributeError(f"{cls.__name__} is a frozen description: {attribute} cannot be deleted")

        def __repr__(cls):
            relation = type.__getattribute__(cls, "__relation__")
            if not isinstance(relation, TableSource):
                return f"<{'shape' if isinstance(cls, ShapeMeta) else 'mixin'} {cls.__name__}>"
            return f"<table {_title(cls)}>"


@dataclass_transform(eq_default=False, field_specifiers=(column,))
class ShapeMeta(TableMeta):
    """What makes a class body a shape."""


def _new_table(
    mcls: Any, class_name: str, bases: tuple[Any, ...], namespace: dict[str, Any], name: Any, schema: Any, unknown: Any
) -> Any:
    if unknown:
        raise DefinitionError(f"class {class_name} takes name= and schema=, not {', '.join(unknown)}")
    for base in bases:
        if isinstance(getattr(base, "__relation__", None), TableSource):
            raise DefinitionError(
                f"class {class_name} extends the table {base.__name__}: a table cannot be extended; "
                "move the shared columns into a class without name= and let both extend that"
            )
    title = name or class_name
    mixins.one_layout(title, bases)
    written = mixins.fields_of(namespace)
    owners, specs = mixins.inherited(title, bases, frozenset(written))
    _refuse_plain_defaults(title, owners, namespace)
    own = {attribute: value for attribute, value in namespace.items() if isinstance(value, Spec)}
    for attribute in own:
        del namespace[attribute]
    specs.update(own)
    if "__hash__" not in namespace and any(spec.options.primary_key for spec in specs.values()):
        namespace["__hash__"] = _key_hash(tuple(key for key, spec in specs.items() if spec.options.primary_key))
    namespace["__qualname__"] = namespace.get("__qualname__", class_name)
    cls: Any = mixins.made(mcls, class_name, bases, namespace, owners, name is None and not issubclass(mcls, ShapeMeta))
    fields: tuple[str, ...] = type.__getattribute__(cls, "__struct_fields__") or tuple(
        dict.fromkeys((*owners, *written))
    )
    if name is not None:
        identifier(name, f"the table of class {class_name}")
        if schema is not None:
            identifier(schema, f"the schema of table {name}")
        relation: Relation = TableSource(schema, name)
    else:
        relation = ShapeSource(class_name)
    fix = type.__setattr__
    fix(cls, "__relation__", relation)
    fix(cls, "__specs__", specs)
    fix(cls, "__declared__", mixins.Declared(owners | dict.fromkeys(written, cls), specs))
    fix(cls, "__columns__", Columns(cls, fields))
    # The frame of the class statement, for types that are local to a function.
    frame = sys._getframe(2)  # pyright: ignore[reportPrivateUsage] - documented, and what typing uses, too
    fix(cls, "__scope__", Scope(namespace.get("__module__", ""), frame))
    _check_names(cls, fields, own)
    _resolve_now(cls, fields)
    return cls


def _refuse_plain_defaults(title: str, inherited: dict[str, Any], namespace: dict[str, Any]) -> None:
    """`missing: int = 5` would give every row in Python a 5, and the database nothing."""
    written = body_annotations(namespace)
    for attribute, value in namespace.items():
        if isinstance(value, Spec) or attribute not in inherited.keys() | written.keys():
            continue
        if "ClassVar" not in str(written.get(attribute)):
            raise DefinitionError(
                f"{title}.{attribute} is given a plain value, which PostgreSQL would not know of: "
                f"write {attribute}: Col[...] = column(default=...)"
            )


def _key_hash(key: tuple[str, ...]) -> Any:
    def row_hash(self: object) -> int:
        return hash((type(self), *(getattr(self, name) for name in key)))

    return row_hash


_SYSTEM = frozenset(("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"))
"""https://www.postgresql.org/docs/current/ddl-system-columns.html"""


def _check_names(cls: Any, fields: tuple[str, ...], own: dict[str, Spec]) -> None:
    title = _title(cls)
    for attribute in own:
        if attribute not in fields:
            raise DefinitionError(f"{title}.{attribute} has no annotation: write {attribute}: Col[...] = column(...)")
    names: dict[str, str] = {}
    specs: dict[str, Spec] = type.__getattribute__(cls, "__specs__")
    for attribute in fields:
        if attribute[:2] == "__":
            raise DefinitionError(f"{title}.{attribute}: names that begin with two underscores belong to Python")
        spec = specs.get(attribute)
        given = spec.options.name if spec is not None else None
        name = attribute if given is None else given
        identifier(name, f"the column {title}.{attribute}")
        if name in _SYSTEM:
            raise DefinitionError(f"{title}.{attribute}: every table has a system column {name!r}: choose another name")
        if name in names:
            raise DefinitionError(f"{title}: {names[name]} and {attribute} are both the column {name!r}: rename one")
        names[name] = attribute
    if not fields and isinstance(type.__getattribute__(cls, "__relation__"), TableSource):
        raise DefinitionError(f"{title} has no columns: write a: Col[int] = column(...) in the class body")


def _resolve_now(cls: Any, fields: tuple[str, ...]) -> None:
    """Read what can be read already, so that mistakes show where they are made; leave forward references for later."""
    scope: Scope = type.__getattribute__(cls, "__scope__")
    columns: Columns = type.__getattribute__(cls, "__columns__")
    later = False
    for attribute in fields:
        try:
            _python(cls, attribute)
        except NameError:
            later = True
        else:
            columns[attribute]
    if not later:
        scope.close()
        _info_of(cls)


def _python(cls: Any, attribute: str) -> Any:
    """A column's annotation, resolved; kept in the class so that msgspec sees it, too."""
    owner = type.__getattribute__(cls, "__declared__").owners[attribute]
    annotation = raw_annotations(owner)[attribute]
    scope: Scope = type.__getattribute__(owner, "__scope__")
    resolved = resolve(owner, attribute, annotation, scope, _title(cls))
    for each in (owner, cls):
        kept: dict[str, Any] = each.__dict__.get("__annotations__", {})  # noqa: RUF063 - the dict itself
        if isinstance(kept.get(attribute), str):
            kept[attribute] = resolved
    return resolved


def _made(cls: Any, attribute: str) -> Column[Any]:
    try:
        python, optional = split_optional(_python(cls, attribute))
    except NameError as error:
        raise unresolved(_title(cls), attribute, _raw(cls, attribute), error) from None
    spec: Spec | None = type.__getattribute__(cls, "__specs__").get(attribute)
    stated = spec.options.type if spec is not None else None
    try:
        type_ = type_of(python) if stated is None else stated.labelled(python) if isinstance(stated, Text) else stated
    except TypeError as error:
        raise DefinitionError(f"{_title(cls)}.{attribute}: {error}: state its type, as in column(pg.jsonb)") from None
    if (reason := type_.refuses(python)) is not None:
        raise DefinitionError(f"{_title(cls)}.{attribute}: {reason}: change the annotation or the type")
    name = (spec.options.name if spec is not None else None) or attribute
    relation: Relation = type.__getattribute__(cls, "__relation__")
    return column_of(ColumnNode(relation, name, optional), type_, python, optional, attribute)


def _raw(cls: Any, attribute: str) -> object:
    return raw_annotations(type.__getattribute__(cls, "__declared__").owners[attribute])[attribute]


def _own(cls: Any, columns: dict[str, Column[Any]]) -> Own:
    return Own.of(columns, [each.__dict__.get("__specs__", {}) for each in type.__getattribute__(cls, "__mro__")])


def _title(cls: Any) -> str:
    relation: object = type.__getattribute__(cls, "__relation__")
    if isinstance(relation, TableSource):
        return relation.name if relation.schema is None else f"{relation.schema}.{relation.name}"
    return str(type.__getattribute__(cls, "__name__"))


def _entity(cls: Any) -> Entity:
    found: Entity | None = cls.__dict__.get("__entity__")
    if found is not None:
        return found
    columns = dict(type.__getattribute__(cls, "__columns__"))
    relation: Relation = type.__getattribute__(cls, "__relation__")
    if not isinstance(relation, TableSource) and not isinstance(cls, ShapeMeta):
        raise QueryError(f"{_title(cls)} is a mixin, which has no rows: give its class a name=, or extend Shape")
    scope: Scope = type.__getattribute__(cls, "__scope__")
    scope.close()
    info = _info_of(cls)
    specs: dict[str, Spec] = type.__getattribute__(cls, "__specs__")
    own = _own(cls, columns)
    touched = tuple(
        (attribute, own.value(specs[attribute].options.on_update, columns[attribute]))
        for attribute in columns
        if attribute in specs and specs[attribute].options.on_update is not MISSING
    )
    entity = Entity(
        relation if isinstance(relation, TableSource) else None,
        columns,
        cls,
        tuple(column.attribute for column in info.columns if column.primary_key),
        touched,
        frozenset(column.attribute for column in info.columns if not column.writable),
        frozenset(column.attribute for column in info.columns if column.required and not column.optional),
    )
    type.__setattr__(cls, "__entity__", entity)
    return entity


def describe(table: type[Any]) -> TableInfo:
    """A table class as plain data. Errors: DefinitionError for a class without name=, or a name that is not there."""
    if not isinstance(table, TableMeta) or not isinstance(type.__getattribute__(table, "__relation__"), TableSource):
        raise DefinitionError(f"{table!r} is no table: give its class a name=")
    return _info_of(table)


def _info_of(cls: Any) -> TableInfo:
    found: TableInfo | None = cls.__dict__.get("__info__")
    if found is not None:
        return found
    columns: dict[str, Column[Any]] = dict(type.__getattribute__(cls, "__columns__"))
    specs: dict[str, Spec] = type.__getattribute__(cls, "__specs__")
    own = _own(cls, columns)
    relation: Relation = type.__getattribute__(cls, "__relation__")
    source = relation if isinstance(relation, TableSource) else TableSource(None, _title(cls))
    infos = tuple(
        column_info(column, specs[attribute].options if attribute in specs else ColumnOptions(), own)
        for attribute, column in columns.items()
    )
    info = TableInfo(source, infos)
    check_description(info, relation)
    type.__setattr__(cls, "__info__", info)
    return info


if TYPE_CHECKING:

    class Table(metaclass=TableMeta):
        """With a name, a table. Without one, a mixin of columns, of which a table may have any number.

        >>> from datetime import datetime
        >>> class Timestamps(Table):
        ...     created_at: Col[datetime] = column(default=fn.now())
        >>> class SoftDelete(Table):
        ...     deleted_at: Col[datetime | None] = column(default=None)
        >>> class Note(Timestamps, SoftDelete, name="notes"):
        ...     id: Col[int] = column(primary_key=True, default=identity())
        ...     text: Col[str]
        >>> print(compile(select(Note).where(Note.id == 1)))
        SELECT "notes"."created_at", "notes"."deleted_at", "notes"."id", "notes"."text"
        FROM "notes"
        WHERE "notes"."id" = $1::bigint
        """

        def __init_subclass__(cls, *, name: str = ..., schema: str = ...) -> None: ...

    class Shape(metaclass=ShapeMeta):
        """A named row shape: the columns of a CTE, a subquery, a view, raw SQL.

        >>> class Load(Shape):
        ...     user_id: Col[int]
        ...     tasks: Col[int]
        >>> db.all(select(Task.user_id, fn.count()).group_by(Task.user_id).order_by(Task.user_id).map(Load))
        <Success: [Load(user_id=1, tasks=2), Load(user_id=2, tasks=1)]>
        """

else:

    class Table(msgspec.Struct, metaclass=TableMeta):
        """With a name, a table. Without one, a mixin of columns, of which a table may have any number.

        >>> from datetime import datetime
        >>> class Timestamps(Table):
        ...     created_at: Col[datetime] = column(default=fn.now())
        >>> class SoftDelete(Table):
        ...     deleted_at: Col[datetime | None] = column(default=None)
        >>> class Note(Timestamps, SoftDelete, name="notes"):
        ...     id: Col[int] = column(primary_key=True, default=identity())
        ...     text: Col[str]
        >>> print(compile(select(Note).where(Note.id == 1)))
        SELECT "notes"."created_at", "notes"."deleted_at", "notes"."id", "notes"."text"
        FROM "notes"
        WHERE "notes"."id" = $1::bigint
        """

    class Shape(msgspec.Struct, metaclass=ShapeMeta):
        """A named row shape: the columns of a CTE, a subquery, a view, raw SQL.

        >>> class Load(Shape):
        ...     user_id: Col[int]
        ...     tasks: Col[int]
        >>> db.all(select(Task.user_id, fn.count()).group_by(Task.user_id).order_by(Task.user_id).map(Load))
        <Success: [Load(user_id=1, tasks=2), Load(user_id=2, tasks=1)]>
        """
