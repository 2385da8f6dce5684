"""What a database must have and has not: a schema beside a catalog, of which more may be there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from qb.errors import DefinitionError
from qb.kit.catalog import Catalog
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.kinds import READ_AS_TABLES
from qb.kit.facts.type import EnumFact
from qb.kit.needed_grants import Privileges, is_servers_own
from qb.kit.needed_guards import not_in_force
from qb.kit.qualified import parts, routine_parts
from qb.kit.sought import sought
from qb.model.enum import EnumDefinition
from qb.model.grant import DefaultPrivileges, GrantDefinition
from qb.model.object import Identity
from qb.model.routine import Routine
from qb.model.schema import Schema
from qb.model.table import ColumnDefinition, TableDefinition
from qb.model.type import NamedType
from qb.tree.relations import TableSource

_DEFAULT: Final = "public"
"""Where that is looked for which is declared in no schema."""


def lacking(schema: Schema, catalog: Catalog) -> tuple[str, ...]:
    """What of a schema a database has not, in words; nothing where all is there, whatever else is.

    Looked at are tables and their columns, types, what may not be NULL, keys and foreign keys, labels of enums; row
    security, policies, triggers and checks, which have to be in force; what roles may do in the end, granted to them or
    to those they are members of; and that what else is declared is there: not its body, nor defaults and indexes. Of a
    policy the condition is not looked at, but for one that is true of every row. A column of a type that is read as the
    declared one, such as varchar as text, is as good, and so is a check on the same columns under another name.
    `drift` compares all of it.

    >>> from qb.kit import introspect, lacking
    >>> class Invoice(Table, name="invoices"):
    ...     id: Col[int] = column(primary_key=True)
    >>> lacking(schema(User, Invoice), introspect(db).unwrap())
    ('table public.invoices',)
    """
    for each, kind in ((schema, Schema), (catalog, Catalog)):
        _check_kind(each, kind)
    return tuple(_lacking(schema, catalog))


def _check_kind(given: object, kind: type) -> None:
    if not isinstance(given, kind):
        raise DefinitionError(
            f"lacking takes a schema, then a catalog, not {given!r}: lacking(schema(User), introspect(db).unwrap())"
        )


def _lacking(schema: Schema, catalog: Catalog) -> Iterator[str]:
    keys = _keys(catalog)
    privileges: Privileges | None = None
    for each in schema.roots:
        if isinstance(each, TableDefinition):
            yield from _of_table(each, catalog, keys)
        elif isinstance(each, EnumDefinition):
            yield from _of_enum(each, catalog)
        elif isinstance(each, Routine):
            name = routine_parts(each.identity.name)[0]
            if not any(_called(found, each.identity, name) for found in catalog):
                yield str(sought(each.identity))
        elif isinstance(each, GrantDefinition | DefaultPrivileges):
            privileges = privileges or Privileges(catalog)
            yield from privileges.lacks(each) if isinstance(each, GrantDefinition) else privileges.lacks_later(each)
        elif not _is_there(each.identity, catalog):
            yield str(sought(each.identity))


def _of_table(table: TableDefinition, catalog: Catalog, keys: set[tuple[object, ...]]) -> Iterator[str]:
    identity = sought(table.identity)
    kinds = (table.identity.kind, *READ_AS_TABLES)
    if not any(Identity(kind, identity.schema, "", identity.name) in catalog for kind in kinds):
        yield str(identity)
        return
    where = identity.schema, identity.name
    for column in table.columns:
        yield from _of_column(column, Identity("column", *where, column.name), catalog)
    uniques = [("unique", each.columns) for each in table.uniques]
    if table.primary_key is not None:
        uniques.insert(0, ("primary key", table.primary_key.columns))
    for kind, columns in uniques:
        if (kind, *where, frozenset(columns)) not in keys:
            yield f"{kind} of {identity.title} ({', '.join(columns)})"
    for key in table.foreign_keys:
        target = _title(key.target)
        pairs = frozenset(zip(key.columns, key.target_columns, strict=True))
        if ("foreign key", *where, target, pairs) not in keys:
            yield f"foreign key of {identity.title} ({', '.join(key.columns)}) to {'.'.join(target)}"
    yield from not_in_force(table, identity, catalog)


def _of_column(column: ColumnDefinition, identity: Identity, catalog: Catalog) -> Iterator[str]:
    found = catalog.get(identity)
    if not isinstance(found, ColumnFact):
        yield f"{identity} of type {column.type.name}"
        return
    if not _fits(column.type, found):
        yield f"{identity} of type {column.type.name}: it is {found.type}"
    if not column.optional and not found.not_null and found.of == "table":
        yield f"NOT NULL of {identity}"


def _fits(declared: NamedType, found: ColumnFact) -> bool:
    """Whether the values of a column can be read as the declared type."""
    if (declared.of is not None) != found.type.endswith("[]"):
        return False
    one = declared if declared.of is None else declared.of
    if one.made is not None:
        schema, name = parts(found.base)
        return name == one.made.name and schema == (one.made.schema or _DEFAULT)
    name = parts(found.base)[1]
    if one.wire.name:
        return name == one.wire.name or name in one.wire.reads
    written = one.base.partition("(")[0].strip()  # a type that is known by its SQL alone
    return written in (name, found.base, found.type.partition("(")[0].removesuffix("[]"))


def _of_enum(enum: EnumDefinition, catalog: Catalog) -> Iterator[str]:
    identity = sought(enum.identity)
    found = catalog.get(identity)
    if not isinstance(found, EnumFact):
        yield str(identity)
        return
    if absent := [label for label in enum.labels if label not in found.labels]:
        yield f"labels of {identity}: {', '.join(absent)}"


def _keys(catalog: Catalog) -> set[tuple[object, ...]]:
    """The keys of all tables, by what they are of."""
    found: set[tuple[object, ...]] = set()
    for identity, fact in catalog.of(ConstraintFact).items():
        where = identity.schema, identity.table
        if identity.kind == "foreign key" and fact.target is not None:
            pairs = frozenset(zip(fact.columns, fact.target_columns, strict=True))
            found.add(("foreign key", *where, parts(fact.target), pairs))
        else:
            found.add((identity.kind, *where, frozenset(fact.columns)))
            if identity.kind == "primary key":
                found.add(("unique", *where, frozenset(fact.columns)))
    return found


def _is_there(identity: Identity, catalog: Catalog) -> bool:
    return is_servers_own(identity) or any(each in catalog for each in (identity, sought(identity)))


def _called(found: Identity, due: Identity, name: str) -> bool:
    same = found.kind == due.kind and found.schema == (due.schema or _DEFAULT)
    return same and routine_parts(found.name)[0] == name


def _title(source: TableSource) -> tuple[str, str]:
    return source.schema or _DEFAULT, source.name
