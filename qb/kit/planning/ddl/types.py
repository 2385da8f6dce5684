"""Enums, domains, composite types and ranges. https://www.postgresql.org/docs/current/sql-createtype.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.column import ColumnFact
from qb.kit.facts.type import CompositeFact, DomainFact, EnumFact, RangeFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rule import Altered, DdlRule, Lines, drop_plainly, never_altered
from qb.kit.planning.ddl.sql_names import dotted, name_of_table
from qb.model.object import Identity
from qb.render.literals import string_literal
from qb.types.identifier import quoted


def _create_enum(identity: Identity, fact: EnumFact, parts: CatalogParts) -> Lines:
    labels = ", ".join(map(string_literal, fact.labels))
    return [f"CREATE TYPE {dotted(identity.schema, identity.name)} AS ENUM ({labels})"]


def _alter_enum(change: Altered[EnumFact]) -> Lines | None:
    """Labels that are added, where those that were there stay in their order; nothing else can be."""
    one, other = change.one.labels, change.other.labels
    if not change.only("labels") or [each for each in other if each in one] != [*one]:
        return None
    name = dotted(change.identity.schema, change.identity.name)
    lines: Lines = []
    for place, label in enumerate(other):
        if label in one:
            continue
        where = ""
        if place < len(other) - 1 or not one:
            after = other[place - 1] if place else None
            first = next((each for each in other if each in one), None)
            where = f" AFTER {string_literal(after)}" if after is not None else ""
            if after is None and first is not None:
                where = f" BEFORE {string_literal(first)}"
        lines.append(f"ALTER TYPE {name} ADD VALUE {string_literal(label)}{where}")
    return lines


def _create_domain(identity: Identity, fact: DomainFact, parts: CatalogParts) -> Lines:
    collate = f" COLLATE {fact.collation}" if fact.collation is not None else ""
    default = f" DEFAULT {fact.default}" if fact.default is not None else ""
    named = [each for each in parts.within(identity.schema, identity.name) if each.kind == "not null"]
    not_null = " NOT NULL" if fact.not_null else ""
    if named and named[0].name != f"{identity.name}_not_null":
        not_null = f" CONSTRAINT {quoted(named[0].name)} NOT NULL"
    return [f"CREATE DOMAIN {dotted(identity.schema, identity.name)} AS {fact.base}{collate}{default}{not_null}"]


def _alter_domain(change: Altered[DomainFact]) -> Lines | None:
    if not change.only("default", "not_null"):
        return None
    name, other = dotted(change.identity.schema, change.identity.name), change.other
    lines: Lines = []
    if "default" in change.fields:
        said = "DROP DEFAULT" if other.default is None else f"SET DEFAULT {other.default}"
        lines.append(f"ALTER DOMAIN {name} {said}")
    if "not_null" in change.fields:
        lines.append(f"ALTER DOMAIN {name} {'SET' if other.not_null else 'DROP'} NOT NULL")
    return lines


def _create_composite(identity: Identity, fact: CompositeFact, parts: CatalogParts) -> Lines:
    inside = ", ".join(attribute_words(each.name, of) for each, of in parts.columns(identity.schema, identity.name))
    return [f"CREATE TYPE {dotted(identity.schema, identity.name)} AS ({inside})"]


def attribute_words(name: str, fact: ColumnFact) -> str:
    """An attribute as CREATE TYPE says it."""
    return f"{quoted(name)} {fact.type}{'' if fact.collation is None else f' COLLATE {fact.collation}'}"


def _create_attribute(identity: Identity, fact: ColumnFact, parts: CatalogParts) -> Lines:
    return [f"ALTER TYPE {name_of_table(identity)} ADD ATTRIBUTE {attribute_words(identity.name, fact)} CASCADE"]


def drop_attribute(identity: Identity, fact: ColumnFact, parts: CatalogParts) -> Lines:
    """ALTER TYPE DROP ATTRIBUTE."""
    return [f"ALTER TYPE {name_of_table(identity)} DROP ATTRIBUTE {quoted(identity.name)} CASCADE"]


def _create_range(identity: Identity, fact: RangeFact, parts: CatalogParts) -> Lines:
    said = [f"subtype = {fact.subtype}"]
    for word, value in (
        ("subtype_opclass", fact.operator_class),
        ("collation", fact.collation),
        ("canonical", fact.canonical),
        ("subtype_diff", fact.difference),
        ("multirange_type_name", fact.multirange),
    ):
        if value is not None:
            said.append(f"{word} = {value}")
    return [f"CREATE TYPE {dotted(identity.schema, identity.name)} AS RANGE ({', '.join(said)})"]


ENUM_RULE: Final = DdlRule(_create_enum, _alter_enum, drop_plainly)
DOMAIN_RULE: Final = DdlRule(_create_domain, _alter_domain, drop_plainly)
COMPOSITE_RULE: Final = DdlRule(_create_composite, never_altered, drop_plainly)
ATTRIBUTE_RULE: Final = DdlRule(_create_attribute, never_altered, drop_attribute)
RANGE_RULE: Final = DdlRule(_create_range, never_altered, drop_plainly)
