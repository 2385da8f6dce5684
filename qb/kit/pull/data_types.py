"""Enums, domains, composite types and ranges, as values that columns name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from qb.kit.column_types import catalog_name
from qb.kit.facts.base import Fact
from qb.kit.facts.constraint import CHECK_DEFINITION, ConstraintFact
from qb.kit.facts.type import CompositeFact, DomainFact, EnumFact, RangeFact
from qb.kit.pull.book import Book, TypeNames, named_schema
from qb.kit.pull.carried import carry
from qb.kit.pull.source import Code, call, code_of, literal, plain_raw, text
from qb.kit.pull.tokens import braced, steady
from qb.kit.pull.types import PythonType, typed
from qb.kit.pull.values import default_of
from qb.kit.pull.words import FreeNames, value_name
from qb.model.object import Identity
from qb.model.order import in_order
from qb.types.identifier import qualified, quoted

TYPES: Final = "types"
"""The module of all of them."""
_KINDS: Final = ("enum", "domain", "composite type", "range")


def write_types(book: Book) -> None:
    """All types of the database's own, what each is made of before it."""
    kept = {
        identity: [each for each in book.catalog.needs(identity) if each.kind in _KINDS]
        for identity, fact in book.catalog.items()
        if identity.kind in _KINDS and fact.extension is None
    }
    for identity, needs in _of_attributes(book).items():
        kept[identity] = [*kept[identity], *needs]
    order = in_order({each: [need for need in needs if need in kept] for each, needs in kept.items()})
    for identity in order:
        fact = book.catalog[identity]
        match fact:
            case EnumFact():
                _enum(book, identity, fact)
            case DomainFact():
                _domain(book, identity, fact)
            case CompositeFact():
                _composite(book, identity, fact)
            case RangeFact():
                _range(book, identity, fact)
            case _:
                pass


def _of_attributes(book: Book) -> dict[Identity, list[Identity]]:
    """The types that composite types are made of."""
    found: dict[Identity, list[Identity]] = {}
    for identity in book.catalog:
        whole = Identity("composite type", identity.schema, "", identity.table)
        if identity.kind == "attribute" and whole in book.catalog and book.catalog[whole].extension is None:
            needs = (each for each in book.catalog.needs(identity) if each.kind in _KINDS and each != whole)
            found.setdefault(whole, []).extend(needs)
    return found


def said_options(book: Book, identity: Identity, fact: Fact) -> dict[str, Code | str | None]:
    """What most of qb's functions take: a schema that is not the public one, and a comment."""
    within = named_schema(identity.schema)
    return {
        "schema": None if within is None else text(within),
        "external": "True" if identity in book.theirs else None,
        "comment": None if fact.comment is None else text(fact.comment),
    }


def _known(book: Book, identity: Identity, value: str, of: PythonType | str, annotation: Code) -> None:
    key = identity.schema, identity.name
    book.types[key] = TypeNames(value, annotation.text, annotation.uses, annotation.imports)
    book.said.add(identity)


def _enum(book: Book, identity: Identity, fact: EnumFact) -> None:
    if not fact.labels:
        book.tell(identity, "an enum without labels")
        return
    name = book.class_called(identity.schema, identity.name, ending="Label")
    labels = ", ".join(map(text, fact.labels))
    definition = Code(f"{name} = Literal[{labels}]", frozenset(), frozenset(("typing:Literal",)))
    book.write(name, TYPES, definition, 0)
    value = book.value_called(identity.name, ending="type")
    annotation = Code(name, frozenset((name,)))
    made = call("pg.enum", text(identity.name), annotation, **said_options(book, identity, fact))
    book.write(value, TYPES, code_of((f"{value} = ", made), ""), 1)
    _known(book, identity, value, name, annotation)


def _domain(book: Book, identity: Identity, fact: DomainFact) -> None:
    of = typed(book, *_base_of(fact.base), fact.collation)
    value = book.value_called(identity.name, ending="type")
    checks: dict[str, Code] = {}
    for each, constraint in _checks(book, identity):
        found = CHECK_DEFINITION.fullmatch(constraint.definition)
        if found is None or found["new"] or constraint.comment is not None or _comes_later(book, each):
            _carried_check(book, identity, each, constraint)
        else:
            checks[each.name] = call("sql", text(braced(steady(found["condition"]))))
            book.said.add(each)
    pairs = [code_of((f"{text(name)}: lambda _: ", each, ".as_(bool)"), "") for name, each in checks.items()]
    said = None if not pairs else code_of(("{", code_of(pairs), "}"), "")
    later = fact.default is not None and _comes_later(book, identity)
    if later:
        statement = f"ALTER DOMAIN {qualified(identity.schema, identity.name)} SET DEFAULT {fact.default}"
        carry(book, "default", identity, [statement])
    default = None if fact.default is None or later else default_of(book, fact.default, of, None)
    made = call(
        "domain",
        text(identity.name),
        of.expression,
        check=said,
        default=default,
        not_null="True" if fact.not_null else None,
        **said_options(book, identity, fact),
    )
    book.write(value, TYPES, code_of((f"{value} = ", made), ""), 1)
    _known(book, identity, value, of, of.annotation)


def _comes_later(book: Book, identity: Identity) -> bool:
    """Whether what a domain says calls a function over types of the database's own, which have to be there first."""
    calls = (need for need in book.catalog.needs(identity) if need in book.called_by_domains)
    return any(book.catalog.needs(each) for each in calls)


def _carried_check(book: Book, domain: Identity, identity: Identity, fact: ConstraintFact) -> None:
    whole = qualified(domain.schema, domain.name)
    statement = f"ALTER DOMAIN {whole} ADD CONSTRAINT {quoted(identity.name)} {fact.definition}"
    on = f"CONSTRAINT {quoted(identity.name)} ON DOMAIN {whole}"
    carry(book, "check", identity, [statement], [domain], fact.comment, on=on)


def _checks(book: Book, domain: Identity) -> Iterable[tuple[Identity, ConstraintFact]]:
    for identity, fact in book.rules.get((domain.schema, domain.name), ()):
        if identity.kind == "check":
            yield identity, fact
        elif identity.kind == "not null":
            book.said.add(identity)


def _base_of(written: str) -> tuple[str, str]:
    """A type as the catalog calls it, and as the server writes it."""

    return catalog_name(written), written


def _composite(book: Book, identity: Identity, fact: CompositeFact) -> None:
    attributes = book.fields.get((identity.schema, identity.name), [])
    if not attributes:
        _empty(book, identity, fact)
        return
    name = book.class_called(identity.schema, identity.name, ending="Row")
    names, lines = FreeNames(), list[Code | str]()
    called: dict[str, str] = {}
    types: list[Code] = []
    for each, attribute in attributes:
        field = names.give(_field_name(each.name))
        of = typed(book, attribute.base, attribute.type, attribute.collation)
        lines.append(code_of((f"\n    {field}: ", of.annotation, " | None = None"), ""))
        if not of.follows:
            types.append(code_of((f"{text(field)}: ", of.expression), ""))
        if field != each.name:
            called[field] = each.name
        if attribute.comment is not None:
            on = f"COLUMN {qualified(identity.schema, identity.name)}.{quoted(each.name)}"
            carry(book, "comment", each, [], [identity], attribute.comment, on=on)
        book.said.add(each)
    body = code_of((f"class {name}(msgspec.Struct, frozen=True):", *lines), "")
    book.write(name, TYPES, Code(body.text, body.uses, body.imports | {":msgspec"}), 0)
    value = book.value_called(identity.name, ending="type")
    annotation = Code(name, frozenset((name,)))
    made = call(
        "composite",
        text(identity.name),
        annotation,
        types=code_of(("{", code_of(types), "}"), "") if types else None,
        names=literal(called) if called else None,
        **said_options(book, identity, fact),
    )
    book.write(value, TYPES, code_of((f"{value} = ", made), ""), 1)
    _known(book, identity, value, name, annotation)


def _empty(book: Book, identity: Identity, fact: CompositeFact) -> None:
    """A type without attributes, which Python has no class for."""
    whole = qualified(identity.schema, identity.name)
    carry(book, "composite type", identity, [f"CREATE TYPE {whole} AS ()"], (), fact.comment, on=f"TYPE {whole}")


def _field_name(name: str) -> str:
    return value_name(name)


def _range(book: Book, identity: Identity, fact: RangeFact) -> None:
    """A range has no descriptor that creates it: a column names it."""
    of = typed(book, *_base_of(fact.subtype))
    value = book.value_called(identity.name, ending="type")
    said = ".".join(quoted(each) for each in (identity.schema, identity.name))
    made = call("pg.range", text(said), of.expression)
    inside = of.annotation
    annotation = Code(f"Range[{inside.text}]", inside.uses, inside.imports | {"qb:Range"})
    line = code_of((f"{value}: SqlType[", annotation, " | None] = ", made), "")  # what a bound is says no None
    book.write(value, TYPES, Code(line.text, line.uses, line.imports | {"qb.typing:SqlType"}), 1)
    key = identity.schema, identity.name
    book.types[key] = TypeNames(value, annotation.text, annotation.uses, annotation.imports)


__all__ = ["TYPES", "plain_raw", "said_options", "write_types"]
