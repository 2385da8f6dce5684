"""`pull`: a database as modules of typed descriptors."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from qb.frozen import FrozenStruct
from qb.kit.catalog import Catalog
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.table import TableFact
from qb.kit.pull.book import Book, Unsaid
from qb.kit.pull.brands import write_brands
from qb.kit.pull.carried import write_carried
from qb.kit.pull.checked_labels import write_labels
from qb.kit.pull.data_types import write_types
from qb.kit.pull.document_classes import write_documents
from qb.kit.pull.documents import InferredDocuments
from qb.kit.pull.foreign_tables import write_foreign_tables
from qb.kit.pull.grants import write_default_privileges, write_grants
from qb.kit.pull.groups import group_tables
from qb.kit.pull.indexes import write_indexes, write_statistics
from qb.kit.pull.keys import find_plain_keys, write_constraints
from qb.kit.pull.known_columns import know_columns
from qb.kit.pull.modules import IMPORTED, in_modules, package_files
from qb.kit.pull.partitions import write_partitions
from qb.kit.pull.policies import write_policies
from qb.kit.pull.roles import write_roles
from qb.kit.pull.routines import write_routines
from qb.kit.pull.seldom import write_seldom
from qb.kit.pull.sequences import write_sequences
from qb.kit.pull.standing import (
    write_collations,
    write_others,
    write_publications,
    write_ranges,
    write_replica_identities,
    write_schemas,
)
from qb.kit.pull.tables import USED, call_tables, python_names, write_table
from qb.kit.pull.taken import taken_of
from qb.kit.pull.triggers import write_event_triggers, write_triggers
from qb.kit.pull.views import call_views, write_views
from qb.kit.qualified import parts
from qb.model.filter import Filter
from qb.model.object import Identity
from qb.model.order import in_order
from qb.types.identifier import PUBLIC

_HELD: Final = ("database", "role", "membership", "not null", "grant", "default privileges")
"""Kinds that are judged where they are written, or belong to the server."""


class Pulled(FrozenStruct):
    """A database as modules: their text by the names of their files, and what they do not say, or only as SQL."""

    files: Mapping[str, str]
    unsaid: tuple[Unsaid, ...]
    typed: int = 0
    """How many expressions are typed: defaults, checks, generated columns, conditions, what indexes are on."""
    raw: int = 0
    """How many are SQL."""

    def __repr__(self) -> str:
        return f"<pulled {', '.join(self.files)}>"


def pull(
    catalog: Catalog,
    package: str = "database",
    *,
    title: str = "",
    schemas: Collection[str] = (),
    ours: Filter = Filter(),
    documents: InferredDocuments | None = None,
    most: int = 40,
) -> Pulled:
    """A database as modules of typed descriptors, in a package of that name: a module for each of its schemas, one for
    branded ids, one for types, one for roles, and one for what only SQL says.

    `schemas` are the PostgreSQL schemas that are taken, and `ours` says by patterns which objects are (`matching`);
    without them all are. A table or a type of somebody else's that ours refers to is `external`, with the columns that
    are referred to. What belongs to an extension comes with it, and what another migrator keeps for itself
    (`alembic_version` and the like) is left out and told. `documents` are what `infer_json` found in columns of
    JSON: they become classes. A schema of more tables than `most` is divided by the words that their names begin with.
    `unsaid` of what comes back lists what no descriptor says: carried as SQL, or left out.
    Nothing is run, and nothing is written to a disk: `write_modules` does that.

    >>> from qb.kit import introspect
    >>> found = pull(introspect(db).unwrap(), "shop")
    >>> print(found.files["ids.py"].splitlines()[-1])
    UserId = NewType("UserId", int)
    """
    taken, theirs, kept = taken_of(catalog, schemas, ours)
    book = Book(taken, (*USED, *IMPORTED), _attributes(taken), theirs)
    for identity, keeper in kept.items():
        if identity.kind in ("table", "schema"):
            book.tell(identity, f"{keeper} keeps it for itself")
    write_types(book)
    group_tables(book, most)
    call_tables(book)
    _order(book)
    call_views(book)
    write_brands(book)
    write_labels(book)
    write_documents(book, documents or {})
    find_plain_keys(book)
    know_columns(book)
    write_roles(book)
    write_schemas(book)
    write_collations(book)
    write_ranges(book)
    write_sequences(book)
    write_routines(book)
    for identity, fact in _tables(book):
        write_table(book, identity, fact)
        write_constraints(book, identity)
        write_indexes(book, identity)
    write_partitions(book)
    write_views(book)
    write_triggers(book)
    write_policies(book)
    write_statistics(book)
    write_publications(book)
    write_replica_identities(book)
    write_event_triggers(book)
    write_grants(book)
    write_default_privileges(book)
    write_seldom(book)
    write_foreign_tables(book)
    write_others(book)
    write_carried(book)
    _unheard(book)
    modules = in_modules(book, _homes(book))
    said = title or "A database, as it was pulled."
    return Pulled(
        MappingProxyType(package_files(package, said, modules, book.titles)),
        tuple(book.unsaid),
        book.wrote[True],
        book.wrote[False],
    )


def _attributes(catalog: Catalog) -> set[str]:
    names = {each.name for each in catalog if each.kind in ("column", "attribute")}
    return {attribute for each in names for attribute in python_names([each]).values()}


def _homes(book: Book) -> list[str]:
    """The modules of tables, each behind those that its own refer to."""
    needs: dict[str, dict[str, None]] = {}
    for identity in book.catalog:
        if identity.schema:
            needs.setdefault(book.home(identity.schema), {})
    needs.setdefault(book.home(PUBLIC), {})
    for place, targets in sorted(_references(book.catalog).items()):
        own = needs.setdefault(book.home_of(*place), {})
        own.update({book.home_of(*each): None for each in targets if each in book.tables})
    return in_order({each: [need for need in found if need in needs] for each, found in needs.items()})


def _references(catalog: Catalog) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """The tables that each table refers to, or inherits."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for identity, fact in catalog.of(TableFact).items():
        found[identity.schema, identity.name] = [_place(each) for each in fact.inherits]
    for identity, key in catalog.of(ConstraintFact).items():
        if identity.kind == "foreign key" and key.target is not None:
            found.setdefault((identity.schema, identity.table), []).append(_place(key.target))
    return found


def _place(written: str) -> tuple[str, str]:
    schema, name = parts(written)
    return schema or PUBLIC, name


def _order(book: Book) -> None:
    """Where each table stands: what others refer to comes first, wherever that is possible."""
    references = _references(book.catalog)
    modules = {home: number for number, home in enumerate(_homes(book))}
    known = {place: [each for each in references.get(place, []) if each in book.tables] for place in book.tables}
    for number, place in enumerate(in_order(known)):
        book.order[place] = modules[book.tables[place].home], number


def _tables(book: Book) -> list[tuple[Identity, TableFact]]:
    found = [
        (identity, fact)
        for identity, fact in book.catalog.of(TableFact).items()
        if (identity.schema, identity.name) in book.order
    ]
    return sorted(found, key=lambda item: book.order[item[0].schema, item[0].name])


def _unheard(book: Book) -> None:
    """What nothing was written of, so that nothing is left out in silence."""
    told = {each.identity for each in book.unsaid}
    for identity, fact in book.catalog.items():
        if identity in book.said or identity in told or fact.extension is not None or identity.kind in _HELD:
            continue
        if not _comes_with_another(identity, told):
            book.tell(identity, "nothing is written of it")


def _comes_with_another(identity: Identity, told: set[Identity]) -> bool:
    """Whether an object is part of one that is written, or told of itself."""
    if identity.kind == "schema" and identity.name == PUBLIC:
        return True
    if identity.kind == "extension" or identity.kind == "sequence":
        return True
    kinds = ("table", "view", "materialized view", "foreign table", "composite type", "domain")
    return any(Identity(kind, identity.schema, "", identity.table) in told for kind in kinds if identity.table)
