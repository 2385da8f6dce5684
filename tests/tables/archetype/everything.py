"""All tables of the builder database as classes, and a row of each for those that refer to it."""

import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

import msgspec

from archetype.ids import CategoryId
from archetype.labels import VersionStatus
from qb import Db, Table, insert, unwrap
from qb.declare.constraints import ForeignKey
from qb.declare.description import TableInfo
from qb.declare.table import describe, is_table
from qb.testing import factory
from tables.archetype import modules, organization, schema
from tables.archetype.builder.catalog import Category
from tables.archetype.builder.workspaces import WorkspaceVersion

DOCUMENT = msgspec.Raw(b'{"prompt": "Why?", "context": {"n": [1, 2.5, null, "\xc3\xbc"]}}')


def classes(*of: ModuleType) -> dict[str, type[Any]]:
    """The tables of some modules by their names in SQL."""
    found: dict[str, type[Any]] = {}
    for module in of:
        for each in vars(module).values():
            if is_table(each) and each.__module__ == module.__name__:
                found[info(each).title] = each
    return found


def info(table: Any) -> TableInfo:
    return describe(table)


def beside(table: type[Any]) -> Iterator[ForeignKey]:
    """The foreign keys that stand next to a table."""
    for each in vars(sys.modules[table.__module__]).values():
        if isinstance(each, ForeignKey) and each.table == info(table).source:
            yield each


TABLES = classes(*modules)
"""All 77, by their names in SQL."""
ORDER = [table.source for table in schema.tables]
"""Those that are referred to come first."""
GIVEN: Mapping[type[Any], Mapping[str, object]] = {
    WorkspaceVersion: {"status": VersionStatus.DRAFT, "published_at": None},
    Category: {"parent_category_id": None, "category_id": CategoryId("heading")},
}
"""What checks say that the drawing of rows does not read: a label of an enum, a key that the server makes."""


def given(table: type[Any]) -> dict[str, Any]:
    """Values that nobody draws: documents that are kept as they came, where there has to be one."""
    if table in GIVEN:
        return dict(GIVEN[table])
    return {each.attribute: DOCUMENT for each in info(table).columns if each.python is msgspec.Raw and each.required}


def references(table: type[Any]) -> set[str]:
    """The names of the tables that a table refers to, but for itself."""
    found: set[Any] = {each.target()[0] for each in beside(table)}
    for each in info(table).columns:
        if each.references is not None:
            found.add(each.references.column(each.name).relation)
    return {f"{each.schema}.{each.name}" for each in found} - {info(table).title}


def ancestors(table: type[Any]) -> list[type[Any]]:
    """What has to be there before a row of a table, in an order in which it can be made."""
    wanted, waiting = set[str](), [*references(table)]
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting += references(TABLES[name])
    return [TABLES[f"{each.schema}.{each.name}"] for each in ORDER if f"{each.schema}.{each.name}" in wanted]


def made(db: Db, table: type[Any], parents: Mapping[type[Any], Any], **columns: object) -> Any:
    """A row of a table, as it is read back."""
    make = factory(table, parents=parents.values(), seed=len(parents))
    return unwrap(db.one(insert(make(**given(table), **columns)).returning()))


def parents_of(db: Db, table: type[Any]) -> dict[type[Any], Any]:
    """A row of each table that a row of a table may refer to, in the database."""
    found: dict[type[Any], Any] = {}
    for each in ancestors(table):
        found[each] = made(db, each, found)
    return found


ORGANIZATION: dict[str, type[Table]] = classes(organization)
