"""`Table` and `Shape`: one class that is a frozen msgspec Struct for rows and a bag of columns for queries.

The metaclass answers for the class alone: `User.id` is a column, while `row.id` stays a native slot read.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast, dataclass_transform

import msgspec
from typing_extensions import TypeIs

from qb.declare import json_names, mixins
from qb.declare.column import column
from qb.declare.description import TableInfo
from qb.declare.json_names import Rename
from qb.declare.lazy_annotations import Scope, body_annotations
from qb.declare.marks import ColumnMark, mark_of
from qb.declare.spec import Spec
from qb.declare.table_entity import entity_of_class, info_of_class
from qb.declare.table_options import NO_OPTIONS, RowSecurityMode, StorageParameters, table_options
from qb.declare.table_state import TableState, annotation_of, own_state, state_of
from qb.errors import DefinitionError
from qb.query.entity import NamedRow, TableRow
from qb.tree.relations import Relation, ShapeSource, TableSource
from qb.types.identifier import identifier, is_plain_name

if TYPE_CHECKING:
    _Meta = type
else:
    _Meta = msgspec.StructMeta


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(column,))
class TableMeta(_Meta):
    """What makes a class body a table."""

    if not TYPE_CHECKING:

        def __new__(
            mcls, class_name, bases, namespace, *, name=None, schema=None, external=False, rename=None, **unknown
        ):
            return _new_table(mcls, class_name, bases, namespace, name, schema, external, rename, unknown)

        def __getattribute__(cls, attribute):
            if attribute[:2] != "__":
                columns = type.__getattribute__(cls, "__qb__").columns
                if (made := columns._made.get(attribute)) is not None:
                    return made
                if attribute in columns._fields:
                    return columns[attribute]
            elif attribute == "__entity__":
                return entity_of_class(cls)
            return type.__getattribute__(cls, attribute)

        def __getattr__(cls, attribute):  # only for what is not there
            if attribute[:2] == "__" or own_state(cls) is None:
                raise AttributeError(f"{cls.__name__} has no attribute {attribute!r}", name=attribute, obj=cls)
            columns = ", ".join(state_of(cls).columns)
            raise AttributeError(f"{cls.__name__} has no column {attribute!r}: it has {columns}")

        def __setattr__(cls, attribute, value):
            if attribute[:2] == "__" and attribute != "__qb__":
                return super().__setattr__(attribute, value)
            raise AttributeError(f"{cls.__name__} is a frozen description: {attribute} cannot be assigned")

        def __delattr__(cls, attribute):
            raise AttributeError(f"{cls.__name__} is a frozen description: {attribute} cannot be deleted")

        def __repr__(cls):
            state = state_of(cls)
            if not isinstance(state.relation, TableSource):
                return f"<{'shape' if state.is_shape else 'mixin'} {cls.__name__}>"
            return f"<table {state.title}>"


@dataclass_transform(eq_default=False, field_specifiers=(column,))
class ShapeMeta(TableMeta):
    """What makes a class body a shape."""


def _new_table(
    mcls: Any,
    class_name: str,
    bases: tuple[Any, ...],
    namespace: dict[str, Any],
    name: Any,
    schema: Any,
    external: Any,
    rename: Any,
    unknown: Any,
) -> Any:
    if "inherits" in unknown:
        unknown["inherits"] = _parents(class_name, unknown["inherits"])
    options = table_options(class_name, name is not None, unknown) if unknown else NO_OPTIONS
    if external and name is None:
        raise DefinitionError(f"class {class_name} is external and no table: give it a name=, or drop external")
    for base in bases:
        if is_table(base):
            raise DefinitionError(
                f"class {class_name} extends the table {base.__name__}: a table cannot be extended; "
                "move the shared columns into a class without name= and let both extend that"
            )
    title = name or class_name
    mixins.one_layout(title, bases)
    written = mixins.declared_fields(namespace)
    owners, specs, marks = mixins.inherited(title, bases, frozenset(written))
    _refuse_plain_defaults(title, owners, namespace)
    own = {attribute: value for attribute, value in namespace.items() if isinstance(value, Spec)}
    for attribute in own:
        del namespace[attribute]
    specs.update(own)
    if "__hash__" not in namespace and any(spec.options.primary_key for spec in specs.values()):
        namespace["__hash__"] = _key_hash(tuple(key for key, spec in specs.items() if spec.options.primary_key))
    namespace["__qualname__"] = namespace.get("__qualname__", class_name)
    # The frame of the class statement, for types that are local to a function.
    frame = sys._getframe(2)  # pyright: ignore[reportPrivateUsage] - documented, and what typing uses, too
    scope = Scope(namespace.get("__module__", ""), frame)
    is_shape = issubclass(mcls, ShapeMeta)
    hidden = _hidden(title, marks, written, namespace, scope, is_shape)
    rename = json_names.said(title, rename, (state_of(base).rename for base in bases if isinstance(base, TableMeta)))
    form = mixins.ClassForm(name is None and not is_shape, hidden, rename)
    cls: Any = mixins.made(mcls, class_name, bases, namespace, owners, form)
    fields: tuple[str, ...] = type.__getattribute__(cls, "__struct_fields__")
    if hidden or not fields:
        fields = tuple(dict.fromkeys((*owners, *written)))
    if name is not None:
        identifier(name, f"the table of class {class_name}")
        if schema is not None:
            identifier(schema, f"the schema of table {name}")
        relation: Relation = TableSource(schema, name)
    else:
        relation = ShapeSource(class_name)
    everyone = owners | dict.fromkeys(written, cls)
    state = TableState(
        cls,
        relation,
        fields,
        everyone,
        specs,
        scope,
        is_shape=is_shape,
        external=bool(external),
        options=options,
        marks=marks,
        rename=rename,
    )
    type.__setattr__(cls, "__qb__", state)
    _check_names(cls, fields, own)
    _resolve_now(cls, fields)
    return cls


def _parents(title: str, given: object) -> tuple[TableSource, ...]:
    """What `inherits` names. DefinitionError for what is no table."""
    found = cast("tuple[object, ...]", given) if isinstance(given, tuple) else (given,)
    sources: list[TableSource] = []
    for each in found:
        relation = state_of(each).relation if is_table(each) else None
        if not isinstance(relation, TableSource):
            raise DefinitionError(f"class {title}: inherits takes a table, or a tuple of tables, not {each!r}")
        if relation in sources:
            raise DefinitionError(f"class {title} inherits {each!r} twice: drop one of them")
        sources.append(relation)
    return tuple(sources)


def _refuse_plain_defaults(title: str, inherited: dict[str, Any], namespace: dict[str, Any]) -> None:
    """`missing: int = 5` would give every row in Python a 5, and the database nothing."""
    written = body_annotations(namespace)
    for attribute, value in namespace.items():
        if isinstance(value, Spec) or (attribute not in written and attribute not in inherited):
            continue
        if "ClassVar" not in str(written.get(attribute)):
            raise DefinitionError(
                f"{title}.{attribute} is given a plain value, which PostgreSQL would not know of: "
                f"write {attribute}: Col[...] = column(default=...)"
            )


def _hidden(
    title: str,
    marks: dict[str, ColumnMark],
    written: tuple[str, ...],
    namespace: dict[str, Any],
    scope: Scope,
    is_shape: bool,
) -> frozenset[str]:
    """The columns that rows leave out, once the marks of the body are added. DefinitionError for those of a shape."""
    annotations = body_annotations(namespace)
    for attribute in [each for each in marks if each in written]:  # the body says anew what they are
        del marks[attribute]
    for attribute in written:
        annotation = annotations[attribute]
        if type(annotation) is type or (type(annotation) is str and annotation[:4] == "Col["):  # nearly always
            continue
        if (mark := mark_of(annotation, scope)) is not None:
            marks[attribute] = mark
    if not marks:
        return frozenset()
    hidden = frozenset(each for each, mark in marks.items() if mark is ColumnMark.HIDDEN)
    if hidden and is_shape:
        raise DefinitionError(
            f"{title}.{min(hidden)} is Hidden, and a shape is what a query reads: leave the column out of it"
        )
    if hidden:
        namespace.setdefault("__getattr__", _not_read)
    return hidden


def _not_read(row: object, attribute: str) -> Any:
    state = state_of(type(row))
    if state.marks.get(attribute) is ColumnMark.HIDDEN:
        raise AttributeError(
            f"rows of {state.title} do not hold {attribute}, which is hidden: "
            f"select({state.name}, {state.name}.{attribute}) reads it"
        )
    raise AttributeError(f"{state.name!r} object has no attribute {attribute!r}", name=attribute, obj=row)


def _key_hash(key: tuple[str, ...]) -> Any:
    def row_hash(self: object) -> int:
        return hash((type(self), *(getattr(self, name) for name in key)))

    return row_hash


_SYSTEM = frozenset(("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"))
"""https://www.postgresql.org/docs/current/ddl-system-columns.html"""


def _check_names(cls: Any, fields: tuple[str, ...], own: dict[str, Spec]) -> None:
    state = state_of(cls)
    title = state.title
    for attribute in own:
        if attribute not in fields:
            raise DefinitionError(f"{title}.{attribute} has no annotation: write {attribute}: Col[...] = column(...)")
    names: dict[str, str] = {}
    for attribute in fields:
        if attribute[:2] == "__":
            raise DefinitionError(f"{title}.{attribute}: names that begin with two underscores belong to Python")
        spec = state.specs.get(attribute)
        given = spec.options.name if spec is not None else None
        name = attribute if given is None else given
        if not is_plain_name(name):
            identifier(name, f"the column {title}.{attribute}")
        if name in _SYSTEM:
            raise DefinitionError(f"{title}.{attribute}: every table has a system column {name!r}: choose another name")
        if name in names:
            raise DefinitionError(f"{title}: {names[name]} and {attribute} are both the column {name!r}: rename one")
        names[name] = attribute


def _resolve_now(cls: Any, fields: tuple[str, ...]) -> None:
    """Read what can be read already, so that mistakes show where they are made; leave forward references for later."""
    state = state_of(cls)
    columns = state.columns
    later = False
    for attribute in fields:
        try:
            annotation = annotation_of(cls, attribute)
        except NameError:
            later = True
        else:
            columns.make(attribute, annotation)
    if not later:
        state.scope.close()
        info_of_class(cls)


def is_table(value: object) -> TypeIs[TableMeta]:
    """Whether a value is a table class, one with name=; a mixin and a shape are none."""
    return isinstance(value, TableMeta) and isinstance(state_of(value).relation, TableSource)


def describe(table: type[Any]) -> TableInfo:
    """A table class as plain data. Errors: DefinitionError for a class without name=, or a name that is not there."""
    if not is_table(table):
        raise DefinitionError(f"{table!r} is no table: give its class a name=")
    return info_of_class(table)


if TYPE_CHECKING:  # which see no Struct: rows are made of columns
    _TableRow = TableRow
    _NamedRow = NamedRow
else:
    _TableRow = _NamedRow = msgspec.Struct


class Table(_TableRow, metaclass=TableMeta):
    """With a name, a table. Without one, a mixin of columns, of which a table may have any number. One that is
    `external` is somebody else's: it is queried and pointed to, and never created, changed or dropped. With `rename`
    the rows of it, and of what extends it, have other names in JSON: "camel", "kebab" or "pascal".

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

    if TYPE_CHECKING:

        def __init_subclass__(
            cls,
            *,
            name: str = ...,
            schema: str = ...,
            external: bool = ...,
            rls: RowSecurityMode = ...,
            inherits: type[TableRow] | tuple[type[TableRow], ...] = ...,
            unlogged: bool = ...,
            with_: StorageParameters = ...,
            tablespace: str = ...,
            method: str = ...,
            rename: Rename = ...,
            comment: str = ...,
            renamed_from: str = ...,
        ) -> None: ...


class Shape(_NamedRow, metaclass=ShapeMeta):
    """A named row shape: the columns of a CTE, a subquery, a view, raw SQL.

    >>> class Load(Shape):
    ...     user_id: Col[int]
    ...     tasks: Col[int]
    >>> db.all(select(Task.user_id, fn.count()).group_by(Task.user_id).order_by(Task.user_id).map(Load))
    <Success: [Load(user_id=1, tasks=2), Load(user_id=2, tasks=1)]>
    """

    if TYPE_CHECKING:

        def __init_subclass__(cls, *, rename: Rename = ...) -> None: ...
