"""`schema`: the tables of a database and all that belongs to them, gathered, named, ordered and checked."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, cast

from msgspec.structs import replace

from qb.declare.description import TableInfo
from qb.declare.divided import divided
from qb.declare.gather import SchemaItem, gather, opened, relation_of_table
from qb.declare.mistakes import Mistakes
from qb.declare.ours import our_beside, our_namespaces, our_others, our_tables
from qb.declare.settle import settled
from qb.declare.table import TableMeta, describe
from qb.declare.validate import validate
from qb.errors import DefinitionError
from qb.model.enum import EnumDefinition
from qb.model.external_type import ExternalType
from qb.model.filter import Filter
from qb.model.gathered import Gathered
from qb.model.object import Identity, Standalone
from qb.model.schema import Schema
from qb.tree.relations import TableSource
from qb.types import SqlType
from qb.types.array import Array
from qb.types.collation import collation_object
from qb.types.custom import Custom
from qb.types.enum import Enum
from qb.types.identifier import identifier
from qb.types.text import collation_in


def schema(
    *items: SchemaItem,
    name: str | None = None,
    extensions: Iterable[str] = (),
    checked: bool = False,
    ours: Filter = Filter(),
) -> Schema:
    """The schema in some modules: `schema(shop.tables, shop.audit)`. Tables, constraints and indexes may also be given
    one by one.

    In a module it takes every table, `unique`, `foreign_key`, `check` and `index` that has a name there, or stands in a
    list, a tuple, a set or a dict that has one, imported ones too, each once. Enums and extensions follow from the
    columns' types; `extensions` adds others. `checked` gives Literal and Enum columns a CHECK of their labels, but for
    those with `column(checked=False)`. `ours=matching(...)` says by schemas and names which objects are ours; the rest
    is as `external`. The order of the items decides nothing. Of another schema all is taken that it was made of, its
    `extensions`, `checked` and `ours` too: `schema(shop.database.schema, shop.quiet)` is the first and more.

    Errors: DefinitionError, naming tables and columns, for a name given twice, for references to what is not unique, of
    another type, or not in the schema, and for whatever in a table could not be read until all of them are there.
    https://www.postgresql.org/docs/current/ddl.html

    >>> [table.title for table in schema(Task, User).tables]
    ['users', 'tasks']
    >>> schema(Task)
    Traceback (most recent call last):
    ...
    qb.errors.DefinitionError: tasks.user_id references users...
    """
    if isinstance(extensions, str):
        raise DefinitionError(f"extensions takes a list of names: write extensions=[{extensions!r}]")
    mistakes = Mistakes()
    within = [each for each in items if isinstance(each, Schema)]
    if not isinstance(ours, Filter):  # pyright: ignore[reportUnnecessaryIsInstance] - for those who run no checker
        raise DefinitionError(f"ours takes what matching(...) made, as in ours=matching(schemas=['app']), not {ours!r}")
    ours = _ours_of(within, ours)
    said = *extensions, *(name for each in within for name in each.gathered.extensions)
    checked = checked or any(each.gathered.checked for each in within)
    whole = tuple(opened(items))
    parts = gather(whole, mistakes)
    classes: dict[TableSource, TableMeta] = {}
    for table in parts.tables:
        before = classes.setdefault(relation_of_table(table), table)
        if before is not table:
            twice = f"{before.__module__}.{before.__qualname__} and {table.__module__}.{table.__qualname__} are both "
            mistakes.tell((f"{twice}the table {relation_of_table(table).name!r}: rename one of them, or leave it out",))
    infos: list[TableInfo] = []
    for table in classes.values():
        with mistakes:
            infos.append(describe(cast("type[Any]", table)))
    if len(infos) < len(classes):  # what is said of the others would be of those that are not there
        mistakes.end()
    infos = our_tables(divided(infos, parts.partitionings, parts.partitions, mistakes), ours)
    standing = our_others(_with_types(parts.others, infos, mistakes), ours)
    tables, others, order = settled(infos, our_beside(parts.beside, ours), checked, standing, mistakes)
    by_source = {info.source: info for info in infos}
    types = [  # a partition has those of its table, whoever makes it
        (_element(column.type), table.external)
        for table in tables
        if table.partition_of is None
        for column in by_source[table.source].columns
    ]
    types += [(_element(each), item.external) for item in others for each in item.types]
    types += [(each, each.external) for each in parts.enums]
    enums = tuple(
        each if ours.covers(each.schema, each.type_name) else replace(each, external=True)
        for each in _enums(types, mistakes)
    )
    needed = {identifier(extension, "an extension") for extension in said}
    needed.update(each.name for each in parts.extensions)
    needed.update(each.extension for each, _ in types if isinstance(each, Custom) and each.extension)
    validate(tables, enums, others, mistakes, needed)
    mistakes.end()
    theirs = {
        ExternalType(each.name, external=True)
        for each, _ in types
        if isinstance(each, Custom) and each.external and each.declared is None
    }
    spaces = our_namespaces(parts.namespaces, ours), tuple(sorted(theirs))
    made = Schema(tables, enums, tuple(sorted(needed)), name, others, order, *spaces, ours=ours)
    kept = Gathered(whole, tuple(dict.fromkeys(said)), checked, MappingProxyType(classes))
    return replace(made, installed=parts.extensions, silences=parts.silences, gathered=kept)


def _ours_of(within: Iterable[Schema], said: Filter) -> Filter:
    """Which objects are ours: what is said of the whole, or what the schemas in it say."""
    found = dict.fromkeys(each.ours for each in within if each.ours != Filter())
    if said != Filter() or not found:
        return said
    if len(found) > 1:
        way = "say it of the whole, by ours=matching(...)"
        raise DefinitionError(f"the schemas in it say in different ways which objects are ours: {way}")
    return next(iter(found))


def _with_types(given: Iterable[Standalone], tables: Iterable[TableInfo], mistakes: Mistakes) -> tuple[Standalone, ...]:
    """What is declared by itself, with the domains and the composite types of columns, and what these are made with.
    One that says so is somebody else's, or one that nothing of ours has."""
    found = {each.identity: each for each in given}
    said = frozenset(found)
    whole = [table for table in tables if table.partition_of is None]
    uses = [(column.type, table.external) for table in whole for column in table.columns]
    uses += [(each, item.external) for item in found.values() for each in item.types]
    ours: set[Identity] = set()
    met: set[tuple[Identity, bool]] = set()
    for type_, external in uses:  # which grows
        for made in (_element(type_).declared, collation_object(collation_in(_element(type_)))):
            if not isinstance(made, Standalone):
                continue
            if found.setdefault(made.identity, made) != made:
                mistakes.tell((f"the {made.identity} is declared twice, in two ways: drop or rename one of them",))
            if (made.identity, external) in met:
                continue
            met.add((made.identity, external))
            if not external:
                ours.add(made.identity)
            uses += [(each, external or made.external) for each in made.types]
    return tuple(
        each if identity in said or identity in ours else replace(each, external=True)
        for identity, each in found.items()
    )


def _enums(types: Iterable[tuple[SqlType[Any], bool]], mistakes: Mistakes) -> tuple[EnumDefinition, ...]:
    """The enums. One that says so is somebody else's, or one that nothing of ours has."""
    found: dict[str, list[tuple[Enum[Any], bool]]] = {}
    for plain, external in types:
        if isinstance(plain, Enum) and plain.declared is None:
            (before, _), *_ = found.setdefault(plain.name, [(plain, external)])
            found[plain.name].append((plain, external))
            if before.labels != plain.labels:
                said = f"the enum {plain.type_name} is declared twice, as {before.labels} and as {plain.labels}: "
                mistakes.tell((f"{said}make one pg.enum value and use it in both places",))
    return tuple(
        EnumDefinition(
            uses[0][0].schema,
            uses[0][0].type_name,
            uses[0][0].labels,
            external=any(each.external for each, _ in uses) or all(external for _, external in uses),
            comment=next((each.comment for each, _ in uses if each.comment is not None), None),
            renamed_from=next((each.renamed_from for each, _ in uses if each.renamed_from is not None), None),
        )
        for uses in found.values()
    )


def _element(type_: SqlType[Any]) -> SqlType[Any]:
    return type_.of if isinstance(type_, Array) and type_.declared is None else type_
