"""What qb knows of a table, a shape or a mixin: one record on its class, `__qb__`; any other name is a column's.

A column is made when it is first asked for, as its annotation may name what is defined further down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ForwardRef, get_args, get_origin

from qb.declare.description import TableInfo
from qb.declare.json_names import Rename
from qb.declare.lazy_annotations import Scope, raw_annotations, resolve, unresolved
from qb.declare.marks import ColumnMark, mark_within, unmarked
from qb.declare.spec import Spec
from qb.declare.table_options import NO_OPTIONS, TableOptions
from qb.errors import DefinitionError
from qb.query.entity import Entity
from qb.query.expr.column import Column, column_of
from qb.query.expr.selectable import Selectable
from qb.tree.expressions import ColumnNode
from qb.tree.relations import Relation, TableSource
from qb.types import SqlType
from qb.types.annotation import shown, split_optional
from qb.types.array import Array
from qb.types.builtin import pg
from qb.types.document import Document
from qb.types.infer import DEFAULTS, type_of
from qb.types.text import Text
from qb.types.undecoded import Undecoded
from qb.types.versions import UndecodedDocument, VersionedDocument

_NO_MARKS: Mapping[str, ColumnMark] = {}


class MadeColumns(Mapping[str, Column[Any]]):
    """The columns of a class by attribute, each made when it is first asked for."""

    __slots__ = ("_cls", "_fields", "_made")

    def __init__(self, cls: Any, fields: tuple[str, ...]) -> None:
        self._cls, self._made = cls, dict[str, Column[Any]]()
        self._fields = dict.fromkeys(fields)

    def __getitem__(self, attribute: str) -> Column[Any]:
        made = self._made.get(attribute)
        if made is None:
            if attribute not in self._fields:
                raise KeyError(attribute)
            made = self.make(attribute, _annotation_in_time(self._cls, attribute))
        return made

    def make(self, attribute: str, annotation: Any) -> Column[Any]:
        """A column of an annotation that has been read."""
        made = self._made[attribute] = _made(self._cls, attribute, annotation)
        return made

    def all(self) -> dict[str, Column[Any]]:
        """All of them, in the order in which they are written."""
        made = self._made
        return {each: made[each] if each in made else self[each] for each in self._fields}

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


class TableState:
    """The record of one class: what its body and its bases declare, and what was made of it since."""

    __slots__ = (
        "columns",
        "entity",
        "external",
        "info",
        "is_shape",
        "key",
        "marks",
        "name",
        "options",
        "owners",
        "relation",
        "rename",
        "rows",
        "scope",
        "specs",
        "written",
    )

    def __init__(
        self,
        cls: Any,
        relation: Relation,
        fields: tuple[str, ...],
        owners: Mapping[str, Any],
        specs: Mapping[str, Spec],
        scope: Scope,
        *,
        is_shape: bool,
        external: bool = False,
        options: TableOptions = NO_OPTIONS,
        marks: Mapping[str, ColumnMark] = _NO_MARKS,
        rename: Rename | None = None,
    ) -> None:
        self.name: str = type.__getattribute__(cls, "__name__")
        self.relation: Relation = relation
        self.columns: MadeColumns = MadeColumns(cls, fields)
        self.owners: Mapping[str, Any] = owners
        """The columns by attribute: the class whose body annotates each."""
        self.specs: Mapping[str, Spec] = specs
        """What those are declared with that say more than their annotation."""
        self.scope: Scope = scope
        self.marks: Mapping[str, ColumnMark] = marks
        """The columns whose annotation says more than their type."""
        self.key: tuple[str, ...] = tuple(
            spec.options.name or attribute for attribute, spec in specs.items() if spec.options.primary_key
        )
        """The columns of the primary key, as SQL calls them."""
        self.rename: Rename | None = rename
        """How the fields of its rows are called in JSON; None where as in Python."""
        self.is_shape: bool = is_shape
        self.external: bool = external
        """Whether somebody else owns the table."""
        self.options: TableOptions = options
        self.entity: Entity | None = None
        self.info: TableInfo | None = None
        self.rows: dict[tuple[str, tuple[str, ...]], type[Any]] = {}
        """The Structs of rows to insert and of patches, by their kind and columns."""
        self.written: dict[str, Any] = {}
        """The annotations in whose place msgspec finds another one in the class."""

    @property
    def title(self) -> str:
        """What errors call it: the table as SQL does, or the class."""
        relation = self.relation
        if isinstance(relation, TableSource):
            return relation.name if relation.schema is None else f"{relation.schema}.{relation.name}"
        return self.name


def state_of(cls: Any) -> TableState:
    """The record of a class, past its metaclass, which answers with columns."""
    state: TableState = type.__getattribute__(cls, "__qb__")
    return state


def own_state(cls: Any) -> TableState | None:
    """The same of any class, None where it is no table, shape or mixin."""
    state: object = cls.__dict__.get("__qb__")
    return state if isinstance(state, TableState) else None


def annotation_of(cls: Any, attribute: str) -> Any:
    """A column's annotation, resolved; kept in the class so that msgspec sees it, too."""
    state = state_of(cls)
    owner = state.owners[attribute]
    if owner is not cls and (kept_before := state_of(owner).written.get(attribute)) is not None:
        return kept_before
    written = raw_annotations(owner)[attribute]
    if attribute in state.marks:
        written = unmarked(written)
    elif owner is cls and (type(written) is type or not isinstance(written, (str, ForwardRef))):
        return written  # nothing is left to read
    resolved = resolve(owner, attribute, written, state_of(owner).scope, state.title)
    if attribute in state.marks:
        resolved = unmarked(resolved)
    for each in (owner, cls):
        kept: dict[str, Any] = each.__dict__.get("__annotations__", {})  # noqa: RUF063 - the dict itself
        if isinstance(kept.get(attribute), str):
            kept[attribute] = resolved
    return resolved


def _annotation_in_time(cls: Any, attribute: str) -> Any:
    """A column's annotation, once it is used. DefinitionError where a name in it is still not there."""
    try:
        return annotation_of(cls, attribute)
    except NameError as error:
        state = state_of(cls)
        written = raw_annotations(state.owners[attribute])[attribute]
        raise unresolved(state.title, attribute, written, error) from None


def _made(cls: Any, attribute: str, annotation: Any) -> Column[Any]:
    state = state_of(cls)
    python, optional = split_optional(annotation)
    spec = state.specs.get(attribute)
    if spec is None and type(python) is type and (usual := DEFAULTS.get(python)) is not None:  # most columns
        node = ColumnNode(state.relation, attribute, optional, state.key)
        return column_of(node, usual, python, optional, attribute)
    title = state.title
    if isinstance(kind := get_origin(python) or python, type) and issubclass(kind, Selectable):
        of = shown(get_args(python)[0]) if get_args(python) else "..."
        raise DefinitionError(
            f"{title}.{attribute}: {kind.__name__}[{of}] is what {title}.{attribute} is to a query; in the class body "
            f"write {attribute}: Col[{of}]"
        )
    if type(python) is not type and (mark := mark_within(python)) is not None:
        raise DefinitionError(
            f"{title}.{attribute}: {mark.value} stands around all of an annotation, in the place of Col, and is "
            f"imported where the class is made: write {attribute}: {mark.value}[... | None]"
        )
    stated = spec.options.type if spec is not None else None
    if stated is not None and get_origin(python) is Undecoded and stated == pg.jsonb:
        stated = None  # which says no more
    try:
        type_ = type_of(python) if stated is None else stated.labelled(python) if isinstance(stated, Text) else stated
    except TypeError as error:
        raise DefinitionError(f"{title}.{attribute}: {error}: state its type, as in column(pg.jsonb)") from None
    if (reason := type_.refuses(python)) is not None:
        raise DefinitionError(f"{title}.{attribute}: {reason}: change the annotation or the type")
    if type(python) is not type and _is_several(type_, state.relation):
        # msgspec, which validates rows made by hand, has no place for two classes.
        readable: Any = type_.limits(python)
        state.written[attribute] = annotation
        cls.__dict__.get("__annotations__", {})[attribute] = readable | None if optional else readable  # noqa: RUF063
    name = (spec.options.name if spec is not None else None) or attribute
    if isinstance(type_, UndecodedDocument):
        relation = state.relation
        type_ = type_.of_column(relation.name if isinstance(relation, TableSource) else None, name)
    stored = None
    guard = None if spec is None else spec.options.guard
    if guard is not None:
        if not type_.wire.is_document:
            raise DefinitionError(f"{title}.{attribute}: a guard is for documents, json or jsonb, not {type_.name}")
        stored = Document(type_, python, guard)
    return column_of(ColumnNode(state.relation, name, optional, state.key), type_, python, optional, attribute, stored)


def _is_several(type_: SqlType[Any], relation: Relation) -> bool:
    """Whether an annotation may be a union of two classes."""
    if isinstance(type_, VersionedDocument):
        return type_.undecodable and isinstance(relation, TableSource)
    element: SqlType[Any] = type_.of if isinstance(type_, Array) else type_
    return element.wire.is_address
