"""One NewType for every key, used by every column that refers to it: what a test asks of a schema."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple, NewType, cast
from uuid import UUID

from qb.declare.constraints import ForeignKey
from qb.declare.description import ColumnInfo
from qb.declare.gather import SchemaItem, gather, relation_of_table
from qb.declare.keys import PrimaryKey
from qb.declare.mistakes import Mistakes
from qb.declare.table import TableMeta, describe
from qb.tree.relations import TableSource
from qb.types.annotation import shown

_BARE = (str, int, UUID)


class _Column(NamedTuple):
    table: TableMeta
    info: ColumnInfo

    @property
    def label(self) -> str:
        return f"{self.table.__name__}.{self.info.attribute}"

    @property
    def python(self) -> Any:
        return self.info.python


def bare_keys(*items: SchemaItem, elsewhere: Collection[object] = ()) -> list[str]:
    """What is wrong with the types of the keys of some tables: an empty list, or a line for each column, with the fix.

    A column of a primary key is a `NewType` of its own, and one that refers to it, by a foreign key, is of the same; a
    bare `str`, `int` or `UUID` in either place would let the checkers take a user's id for a task's. A key that is
    foreign, too, has the type of what it points to. Columns that are unique and are referred to are keys as well;
    labels, dates and the like say enough by themselves. It takes what `schema` takes, modules and tables.

    `elsewhere` are NewTypes of what has its table in another database: `bare_keys(tables, elsewhere=(UserId,))`. Any
    number of tables may have a key of them, and none of these refers to another.

    >>> from qb.testing import bare_keys
    >>> class Shelf(Table, name="shelves"):
    ...     id: Col[int] = column(primary_key=True)
    >>> class Book(Table, name="books"):
    ...     id: Col[NewType("BookId", int)] = column(primary_key=True)
    ...     shelf_id: Col[int] = column(references=Shelf.id)
    >>> for line in bare_keys(Shelf, Book):
    ...     print(line)
    Shelf.id is a bare int: write ShelfId = NewType("ShelfId", int) and Col[ShelfId]
    Book.shelf_id is a bare int, as Shelf.id is, which it refers to: give both the NewType of the key
    """
    mistakes = Mistakes()
    parts = gather(items, mistakes)
    mistakes.end()
    columns = {
        (relation_of_table(table), info.name): _Column(table, info)
        for table in parts.tables
        for info in describe(cast("type[Any]", table)).columns
    }
    references = dict(_references(columns, parts.beside))
    keys = set(_keys(columns, parts.beside)) | set(references.values())
    return [*_wrong_keys(columns, keys, references, elsewhere), *_wrong_references(columns, references)]


_Place = tuple[TableSource, str]


def _keys(columns: dict[_Place, _Column], beside: Iterable[object]) -> Iterator[_Place]:
    for place, column in columns.items():
        if column.info.primary_key:
            yield place
    for each in beside:
        if isinstance(each, PrimaryKey):
            yield from ((each.table, name) for name in each.columns)


def _references(columns: dict[_Place, _Column], beside: Iterable[object]) -> Iterator[tuple[_Place, _Place]]:
    """Each column that refers to another one, and that one."""
    for place, column in columns.items():
        if column.info.references is not None:
            target = column.info.references.column(column.label)
            yield place, (cast("TableSource", target.relation), target.name)
    for each in beside:
        if isinstance(each, ForeignKey):
            table, names = each.target()
            yield from (((each.table, own), (table, name)) for own, name in zip(each.columns, names, strict=True))


def _wrong_keys(
    columns: dict[_Place, _Column],
    keys: set[_Place],
    references: dict[_Place, _Place],
    elsewhere: Collection[object],
) -> Iterator[str]:
    owners: dict[object, _Column] = {}
    for place, column in columns.items():
        if place not in keys or place in references:
            continue
        if column.python in _BARE:
            name = f"{column.table.__name__}{_word(column.info.attribute)}"
            bare = shown(column.python)
            yield f'{column.label} is a bare {bare}: write {name} = NewType("{name}", {bare}) and Col[{name}]'
        elif isinstance(column.python, NewType) and column.python not in elsewhere:
            first = owners.setdefault(column.python, column)
            if first is not column and first.table is not column.table:
                same = f"{column.label} is {shown(column.python)}, as {first.label} is"
                yield f"{same}: give each key a NewType of its own"


def _wrong_references(columns: dict[_Place, _Column], references: dict[_Place, _Place]) -> Iterator[str]:
    for place, target in references.items():
        column, key = columns[place], columns.get(target)
        if key is None or column.python is key.python:
            if column.python in _BARE:
                of = f", as {key.label} is, which it refers to: give both" if key is not None else ": give it"
                yield f"{column.label} is a bare {shown(column.python)}{of} the NewType of the key"
            continue
        if column.python in _BARE or isinstance(column.python, NewType) or isinstance(key.python, NewType):
            yield (
                f"{column.label} is {shown(column.python)} and refers to {key.label}, which is {shown(key.python)}: "
                f"write Col[{shown(key.python)}]"
            )


def _word(attribute: str) -> str:
    return "".join(part.capitalize() for part in attribute.split("_"))
