"""What stands by itself: schemas, extensions, collations, publications, and what only SQL says."""

from __future__ import annotations

import re
from typing import Final

from qb.kit.facts.collation import CollationFact
from qb.kit.facts.extension import ExtensionFact
from qb.kit.facts.other import LabelFact, OtherFact
from qb.kit.facts.publication import PublicationFact, SubscriptionFact
from qb.kit.facts.rule import RuleFact
from qb.kit.facts.schema import DatabaseFact, SchemaFact
from qb.kit.facts.table import TableFact
from qb.kit.facts.type import BaseTypeFact, RangeFact
from qb.kit.planning.ddl.roles import of_setting, set_database
from qb.kit.planning.ddl.sql_names import setting_value
from qb.kit.pull.book import Book, named_schema
from qb.kit.pull.carried import carry
from qb.kit.pull.source import Code, attribute_of, call, code_of, literal, text, using
from qb.kit.pull.tokens import bracketed, items_in
from qb.kit.pull.values import condition_on
from qb.kit.qualified import parts
from qb.model.object import Identity
from qb.types.identifier import PUBLIC, qualified, quoted, unquoted

ALWAYS: Final = ("plpgsql",)
"""Extensions that every database has."""
HOME: Final = "roles"
_OF_PLPGSQL: Final = "PL/pgSQL procedural language"
_STATES: Final = {"always": "ENABLE ALWAYS", "replica": "ENABLE REPLICA", "disabled": "DISABLE"}


def write_schemas(book: Book) -> None:
    """Schemas that no table says, and extensions."""
    held = {schema for schema, _ in book.tables}
    for identity, fact in book.catalog.of(SchemaFact).items():
        if identity.name == PUBLIC and fact.comment is not None:
            on = f"SCHEMA {qualified(None, PUBLIC)}"
            carry(book, "comment", identity, [], (), fact.comment, on=on)
        if identity.name == PUBLIC or fact.extension is not None:
            continue
        book.said.add(identity)
        if identity.name in held and fact.comment is None:
            continue
        name = book.value_called(identity.name, ending="schema")
        book.values[identity] = name
        made = call("namespace", text(identity.name), comment=None if fact.comment is None else text(fact.comment))
        book.write(name, HOME, code_of((f"{name} = ", made), ""), 3)
    for identity, extension in book.catalog.of(ExtensionFact).items():
        if identity.name in ALWAYS:
            if extension.comment not in (None, _OF_PLPGSQL):
                book.tell(identity, "its comment")
            continue
        name = book.value_called(identity.name, ending="extension")
        book.values[identity] = name
        within = named_schema(extension.schema)
        made = call("extension", text(identity.name), schema=None if within is None else text(within))
        book.write(name, HOME, code_of((f"{name} = ", made), ""), 4)
        book.said.add(identity)


def write_collations(book: Book) -> None:
    """Collations of the database's own."""
    for identity, fact in book.catalog.of(CollationFact).items():
        if fact.extension is not None:
            continue
        name = book.value_called(identity.name, ending="collation")
        book.values[identity] = name
        same = fact.locale is None and fact.collate == fact.character_type
        locale = fact.locale if fact.locale is not None else fact.collate if same else None
        within = named_schema(identity.schema)
        if fact.provider not in ("icu", "libc", "builtin"):
            book.tell(identity, "a collation of no provider that is known")
            continue
        made = call(
            "collation",
            text(identity.name),
            schema=None if within is None else text(within),
            provider=text(fact.provider),
            locale=None if locale is None else text(locale),
            lc_collate=None if locale is not None else text(str(fact.collate)),
            lc_ctype=None if locale is not None else text(str(fact.character_type)),
            deterministic=None if fact.deterministic else "False",
            rules=None if fact.rules is None else text(fact.rules),
            comment=None if fact.comment is None else text(fact.comment),
        )
        book.write(name, "types", code_of((f"{name} = ", made), ""), 0)
        book.said.add(identity)


def write_ranges(book: Book) -> None:
    """Types of ranges as the SQL that makes them."""
    for identity, fact in book.catalog.of(RangeFact).items():
        if fact.extension is not None or identity in book.theirs:
            continue
        said = [f"subtype = {fact.subtype}"]
        said += [] if fact.operator_class is None else [f"subtype_opclass = {fact.operator_class}"]
        said += [] if fact.collation is None else [f"collation = {fact.collation}"]
        said += [] if fact.canonical is None else [f"canonical = {fact.canonical}"]
        said += [] if fact.difference is None else [f"subtype_diff = {fact.difference}"]
        said.append(f"multirange_type_name = {fact.multirange}")
        whole = qualified(identity.schema, identity.name)
        statement = f"CREATE TYPE {whole} AS RANGE ({', '.join(said)})"
        carry(book, "range", identity, [statement], (), fact.comment, on=f"TYPE {whole}")


def write_publications(book: Book) -> None:
    """Publications."""
    for identity, fact in book.catalog.of(PublicationFact).items():
        tables = [_published(book, each) for each in fact.tables]
        if None in tables:
            book.tell(identity, "a publication of what is not written")
            continue
        schemas = [unquoted(each) for each in fact.schemas]
        name = book.value_called(identity.name, ending="publication")
        every = ("insert", "update", "delete", "truncate")
        made = call(
            "publication",
            text(identity.name),
            *(each for each in tables if each is not None),
            schemas=literal(schemas) if schemas else None,
            all_tables="True" if fact.all_tables else None,
            publish=None if set(fact.operations) == set(every) else literal(list(fact.operations)),
            via_partition_root="True" if fact.via_root else None,
            generated="True" if fact.generated_columns == "stored" else None,
            comment=None if fact.comment is None else text(fact.comment),
        )
        book.write(name, HOME, code_of((f"{name} = ", made), ""), 36)
        book.said.add(identity)
    for identity, subscription in book.catalog.of(SubscriptionFact).items():
        book.tell(identity, f"a subscription of {', '.join(subscription.publications)}: its address holds a password")


def _published(book: Book, written: str) -> Code | None:
    whole, _, where = written.partition(" WHERE ")
    head, _, listed = whole.partition(" (")
    schema, name = parts(head)
    names = book.tables.get((schema or PUBLIC, name))
    if names is None or (where and '"' in head):
        return None
    if not listed and not where:
        return using(names.name)
    columns = [unquoted(each) for each in items_in(bracketed(f"({listed}")[0])] if listed else []
    if any(each not in names.attributes for each in columns):
        return None
    found = [attribute_of(names.name, names.attributes[each]) for each in columns]
    condition = condition_on(book, (schema or PUBLIC, name), where) if where else None
    if where and condition is None:
        return None
    return call("published", using(names.name), *found, where=condition)


def write_replica_identities(book: Book) -> None:
    """What tells subscribers which row was changed."""
    for identity, fact in book.catalog.of(TableFact).items():
        names = book.tables.get((identity.schema, identity.name))
        if names is None or fact.replica_identity == "default":
            continue
        made: Code | None = None
        if fact.replica_identity in ("full", "nothing"):
            made = call("replica_identity", using(names.name), text(fact.replica_identity))
        else:
            for index, each in book.indexes.get((identity.schema, identity.name), []):
                key = next((book.values.get(k) for k in _holders(index, each.constraint) if k in book.values), None)
                if each.replica_identity and key is not None:
                    made = call("replica_identity", using(names.name), using=using(key))
        if made is None:
            index = next(each for each, one in book.indexes[identity.schema, identity.name] if one.replica_identity)
            whole = f"ALTER TABLE {qualified(identity.schema, identity.name)}"
            by = f"{whole} REPLICA IDENTITY USING INDEX {quoted(index.name)}"
            carry(book, "replica identity", identity, [by], [identity, index])
            continue
        name = book.value_called(f"{identity.name}_replica_identity", ending="again")
        book.write(name, names.home, code_of((f"{name} = ", made), ""), 31)


def _holders(index: Identity, constraint: str | None) -> list[Identity]:
    if constraint is None:
        return [index]
    return [Identity(kind, index.schema, index.table, constraint) for kind in ("unique", "primary key")]


def write_others(book: Book) -> None:
    """Rules as SQL; and what is of a kind whose SQL is not known, by name."""
    for identity, fact in book.catalog.of(RuleFact).items():
        if fact.extension is not None:
            continue
        whole = qualified(identity.schema, identity.table)
        statements = [fact.definition.removesuffix(";")]
        if fact.enabled != "origin":
            statements.append(f"ALTER TABLE {whole} {_STATES[fact.enabled]} RULE {qualified(None, identity.name)}")
        needs = [Identity(kind, identity.schema, "", identity.table) for kind in ("table", "view")]
        on = f"RULE {qualified(None, identity.name)} ON {whole}"
        carry(book, "rule", identity, statements, needs, fact.comment, on=on)
    for identity, other in book.catalog.items():
        if other.extension is not None or identity in book.said:
            continue
        if isinstance(other, OtherFact) and other.statements:
            carry(book, identity.kind, identity, other.statements, (), other.comment, on=other.target)
        elif isinstance(other, OtherFact | LabelFact | BaseTypeFact):
            book.tell(identity, f"{'an' if re.match('[aeio]', identity.kind) else 'a'} {identity.kind}")


def write_settings(book: Book) -> None:
    """Settings of the database, whichever it is; those of one role are its own."""
    for identity, fact in book.catalog.of(DatabaseFact).items():
        said = [of_setting(each) for each in fact.settings]
        known = [setting for role, _, setting in said if not role and "=" in setting]
        if len(known) < len(said):
            book.tell(identity, "settings of the database for one role, or whose values may be secret")
        statements = [set_database("", f"SET {setting_value(identity, each)}") for each in known]
        if statements:
            carry(book, "settings", identity, statements, name="of the database")
