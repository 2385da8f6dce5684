"""Constraints: in the line of a column where that says the same, else as values next to the table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from qb.declare.constraint_names import constraint_name
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import CHECK_DEFINITION, ConstraintFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.table import TableFact
from qb.kit.pull.book import Book
from qb.kit.pull.carried import carry_constraint
from qb.kit.pull.source import Code, attribute_of, call, code_of, literal, text
from qb.kit.pull.tokens import bracketed, items_in
from qb.kit.pull.values import condition_on
from qb.kit.qualified import parts
from qb.model.object import Identity
from qb.model.sequence import server_name
from qb.types.identifier import PUBLIC

_KEY: Final = re.compile(
    r"(?:PRIMARY KEY|UNIQUE(?P<alike> NULLS NOT DISTINCT)?) \(.*?\)"
    r"(?P<include> INCLUDE \(.*\))?(?P<deferrable> DEFERRABLE(?: INITIALLY DEFERRED)?)?",
    re.DOTALL,
)
_FOREIGN: Final = re.compile(
    r"(?P<full> MATCH FULL)?"
    r"(?: ON UPDATE (?P<update>CASCADE|RESTRICT|SET NULL|SET DEFAULT))?"
    r"(?: ON DELETE (?P<delete>CASCADE|RESTRICT|SET NULL|SET DEFAULT)(?P<some> \(.*\))?)?"
    r"(?P<deferrable> DEFERRABLE(?: INITIALLY DEFERRED)?)?(?P<new> NOT VALID)?",
    re.DOTALL,
)
_RANK: Final = {"primary key": 20, "unique": 21, "foreign key": 22, "check": 23, "exclusion": 24}


class PlainReference(NamedTuple):
    """A foreign key of one column that its line says."""

    identity: Identity
    target: tuple[str, str]
    column: str
    later: bool
    actions: Mapping[str, str]


def find_plain_keys(book: Book) -> None:
    """Which primary keys and unique constraints the lines of columns say."""
    for identity, fact in book.catalog.of(ConstraintFact).items():
        if fact.of != "table" or fact.comment is not None or fact.inherited or _kept(book, identity):
            continue
        place = identity.schema, identity.table
        if _tells_rows_apart(book, identity):
            continue
        if identity.kind == "primary key" and identity.name == constraint_name(identity.table, [], "pkey"):
            order = [each.name for each, _ in book.columns.get(place, []) if each.name in fact.columns]
            if fact.definition.endswith(")") and "INCLUDE" not in fact.definition and tuple(order) == fact.columns:
                if "WITHOUT OVERLAPS" not in fact.definition:
                    book.keyed[place] = fact.columns
                    book.said.add(identity)
        elif identity.kind == "unique" and len(fact.columns) == 1 and fact.definition.startswith("UNIQUE ("):
            usual = constraint_name(identity.table, list(fact.columns), "key")
            if identity.name == usual and fact.definition.count("(") == 1 and fact.definition.endswith(")"):
                book.alone.add((*place, fact.columns[0]))
                book.said.add(identity)


def _tells_rows_apart(book: Book, identity: Identity) -> bool:
    """Whether a key is what subscribers are told of a row: then it has a name here."""
    found = book.catalog.get(Identity("index", identity.schema, identity.table, identity.name))
    return isinstance(found, IndexFact) and found.replica_identity


def _kept(book: Book, identity: Identity) -> dict[str, Code | str | None]:
    """How the index of a key is kept."""
    found = book.catalog.get(Identity("index", identity.schema, identity.table, identity.name))
    if not isinstance(found, IndexFact):
        return {}
    with_ = dict(each.split("=", 1) for each in found.options)
    said = {
        "with_": literal(with_) if with_ else None,
        "tablespace": None if found.tablespace is None else text(found.tablespace),
    }
    return {key: value for key, value in said.items() if value is not None}


def column_references(book: Book, table: Identity) -> dict[str, PlainReference]:
    """The foreign keys that the lines of a table's columns say."""
    found: dict[str, PlainReference] = {}
    for identity, fact in book.constraints_of(table, "foreign key"):
        reference = _plain_reference(book, table, identity, fact)
        if fact.triggers != "enabled":
            book.tell(identity, "a foreign key whose triggers are switched off")
        if reference is not None and fact.columns[0] not in found:
            found[fact.columns[0]] = reference
            book.said.add(identity)
    return found


def _plain_reference(book: Book, table: Identity, identity: Identity, fact: ConstraintFact) -> PlainReference | None:
    if len(fact.columns) != 1 or fact.comment is not None or fact.target is None or fact.inherited:
        return None
    schema, name = parts(fact.target)
    target = schema or PUBLIC, name
    said = _foreign(fact.definition)
    if said is None or said["full"] or said["some"] or said["new"] or target not in book.tables:
        return None
    if identity.name != constraint_name(table.name, list(fact.columns), "fkey"):
        return None
    own, there = book.order.get((table.schema, table.name)), book.order.get(target)
    if own is None or there is None or there[0] > own[0] or not _alike(book, table, fact, target):
        return None
    return PlainReference(identity, target, fact.target_columns[0], there >= own, _actions(said))


def _alike(book: Book, table: Identity, fact: ConstraintFact, target: tuple[str, str]) -> bool:
    """Whether the columns on both sides are read as the same: the checkers see no key between others."""
    mine = [book.brands.get(Identity("column", table.schema, table.name, each)) for each in fact.columns]
    theirs = [book.brands.get(Identity("column", *target, each)) for each in fact.target_columns]
    if mine != theirs:
        return False
    if all(each is not None for each in mine):
        return True
    own, other = dict(book.columns[table.schema, table.name]), dict(book.columns[target])
    types = {each.name: column.type for each, column in own.items()}
    others = {each.name: column.type for each, column in other.items()}
    return [types[each] for each in fact.columns] == [others[each] for each in fact.target_columns]


def _foreign(definition: str) -> re.Match[str] | None:
    _, _, rest = definition.partition("FOREIGN KEY ")
    try:
        _, rest = bracketed(rest)
        _, _, rest = rest.partition("REFERENCES ")
        rest = rest[_bracket(rest) :]
        _, rest = bracketed(rest)
    except ValueError:
        return None
    return _FOREIGN.fullmatch(f" {rest}" if rest else "")


def _bracket(text: str) -> int:
    """Where the first bracket stands that is no part of a name."""
    quoted = False
    for place, sign in enumerate(text):
        quoted ^= sign == '"'
        if sign == "(" and not quoted:
            return place
    raise ValueError(f"no bracket in {text!r}")


def _actions(said: re.Match[str]) -> dict[str, str]:
    found = {f"on_{each}": text(said[each].lower()) for each in ("delete", "update") if said[each]}
    return found | _deferral(said["deferrable"])


def _deferral(said: str | None) -> dict[str, str]:
    if not said:
        return {}
    return {"deferrable": "True"} | ({} if "DEFERRED" in said else {"initially": '"immediate"'})


def _comes(book: Book, table: Identity, fact: ConstraintFact) -> bool:
    """Whether a NOT NULL is there by itself, with the column that a table inherits and does not say again."""
    column = book.catalog.get(Identity("column", table.schema, table.name, fact.columns[0]))
    there = book.catalog.get(table)
    if not isinstance(column, ColumnFact) or not isinstance(there, TableFact):
        return False
    return there.bound is None and not column.local and column.comment is None and column.statistics is None


def write_constraints(book: Book, table: Identity) -> None:
    """What the lines of columns do not say, next to the table."""
    for identity, fact in book.constraints_of(table):
        if identity in book.said or (fact.inherited and not fact.local):
            book.said.add(identity)
            if (
                identity.kind == "not null"
                and (table.schema, table.name) in book.order
                and not _comes(book, table, fact)
            ):
                book.tell(identity, "a NOT NULL that is there because the table that it inherits has it")
            continue
        if book.lacks(identity):
            continue
        made: Code | None = None
        match identity.kind:
            case "primary key" | "unique":
                made = _key(book, table, identity, fact)
            case "foreign key":
                made = _foreign_key(book, table, identity, fact)
            case "check":
                made = _check(book, table, identity, fact)
            case "exclusion":
                made = _exclusion(book, table, identity, fact)
            case "not null":
                _not_null(book, table, identity, fact)
                continue
            case _:
                pass
        if made is None or fact.triggers != "enabled":
            carry_constraint(book, table, identity, fact)
            continue
        name = book.value_called(identity.name, f"{identity.table}_{identity.name}", ending=identity.kind)
        home = book.tables[table.schema, table.name].home
        book.write(name, home, code_of((f"{name} = ", made), ""), _RANK[identity.kind])
        book.values[identity] = name
        book.said.add(identity)


def _columns(book: Book, table: Identity, columns: tuple[str, ...] | list[str]) -> list[Code]:
    names = book.tables[table.schema, table.name]
    return [attribute_of(names.name, names.attributes[each]) for each in columns]


def _listed(columns: list[Code]) -> Code:
    return columns[0] if len(columns) == 1 else code_of(("(", code_of(columns), ")"), "")


def _comment(fact: ConstraintFact) -> str | None:
    return None if fact.comment is None else text(fact.comment)


def _named(listed: str) -> list[str]:
    """The names in a list of columns."""
    return [parts(f"x.{each}")[1] for each in items_in(listed)]


def _key(book: Book, table: Identity, identity: Identity, fact: ConstraintFact) -> Code | None:
    overlaps = "WITHOUT OVERLAPS)" in fact.definition
    found = _KEY.fullmatch(fact.definition)
    if found is None:
        return None
    # The columns that travel along are among those of the constraint, behind its own.
    along = _named(bracketed(found["include"].removeprefix(" INCLUDE "))[0]) if found["include"] else []
    own = [each for each in fact.columns if each not in along]
    alike = identity.kind == "unique" and found["alike"]
    return call(
        "unique" if identity.kind == "unique" else "primary_key",
        *_columns(book, table, own),
        name=text(identity.name),
        nulls_not_distinct="True" if alike else None,
        include=_list(_columns(book, table, along)) if along else None,
        without_overlaps="True" if overlaps else None,
        **_deferral(found["deferrable"]),
        **_kept(book, identity),
        comment=_comment(fact),
    )


def _list(columns: list[Code]) -> Code:
    return code_of(("[", code_of(columns), "]"), "")


def _foreign_key(book: Book, table: Identity, identity: Identity, fact: ConstraintFact) -> Code | None:
    said, target = _foreign(fact.definition), parts(str(fact.target))
    place = target[0] or PUBLIC, target[1]
    if said is None or place not in book.tables or len(fact.columns) > 16 or not _alike(book, table, fact, place):
        return None
    there = book.tables[place]
    pointed = _listed([attribute_of(there.name, there.attributes[each]) for each in fact.target_columns])
    delete: Code | str | None = _actions(said).get("on_delete")
    if said["some"]:
        some = _columns(book, table, _named(bracketed(said["some"].strip())[0]))
        delete = call("set_null" if "NULL" in said["delete"] else "set_default", *some)
    return call(
        "foreign_key",
        _listed(_columns(book, table, fact.columns)),
        pointed,
        name=text(identity.name),
        on_delete=delete,
        on_update=_actions(said).get("on_update"),
        match='"full"' if said["full"] else None,
        **_deferral(said["deferrable"]),
        not_valid="True" if said["new"] else None,
        period="True" if ", PERIOD " in fact.definition else None,
        comment=_comment(fact),
    )


def _check(book: Book, table: Identity, identity: Identity, fact: ConstraintFact) -> Code | None:
    found = CHECK_DEFINITION.fullmatch(fact.definition)
    if found is None or (made := condition_on(book, (table.schema, table.name), found["condition"])) is None:
        return None
    return call(
        "check",
        text(identity.name),
        made,
        no_inherit="True" if found["alone"] else None,
        not_valid="True" if found["new"] else None,
        comment=_comment(fact),
    )


def _exclusion(book: Book, table: Identity, identity: Identity, fact: ConstraintFact) -> Code | None:
    head, _, rest = fact.definition.partition(" (")
    method = head.removeprefix("EXCLUDE USING ")
    names = book.tables[table.schema, table.name]
    try:
        inside, rest = bracketed(f"({rest}")
    except ValueError:
        return None
    pairs: list[Code] = []
    for each in items_in(inside):
        key, between, operator = each.rpartition(" WITH ")
        plain = parts(f"x.{key}")[1]
        if not between or "(" in operator or plain not in names.attributes:
            return None
        column = attribute_of(names.name, names.attributes[plain])
        pairs.append(code_of(("(", column, f", {text(operator)})"), ""))
    where: Code | None = None
    if rest.startswith("WHERE "):
        inside, rest = bracketed(rest.removeprefix("WHERE "))
        where = condition_on(book, (table.schema, table.name), inside)
        if where is None:
            return None
    deferral = re.fullmatch(r"(DEFERRABLE(?: INITIALLY DEFERRED)?)?", rest)
    if deferral is None or not method.isidentifier():
        return None
    said: dict[str, Code | str | None] = {"method": None if method == "gist" else text(method), "where": where}
    more = {**_kept(book, identity), **_deferral(deferral[1]), "comment": _comment(fact)}
    return call("exclude", text(identity.name), *pairs, **said, **more)


def _not_null(book: Book, table: Identity, identity: Identity, fact: ConstraintFact) -> None:
    """NOT NULL follows from the annotation, under the name that PostgreSQL gives it."""
    usual = {server_name(table.name, fact.columns[0], f"not_null{number}") for number in ("", 1, 2, 3)}
    plain = re.fullmatch(r"NOT NULL (?:\"(?:[^\"]|\"\")+\"|\S+)", fact.definition) is not None
    if identity.name not in usual or not plain or fact.comment is not None or (fact.inherited and not fact.local):
        book.tell(identity, "a NOT NULL under a name of its own, not valid, not inherited, or with a comment")
    book.said.add(identity)
