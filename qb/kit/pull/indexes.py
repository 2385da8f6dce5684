"""Indexes and statistics next to their table."""

from __future__ import annotations

import re
from typing import Final

from qb.kit.facts.index import IndexFact
from qb.kit.facts.statistics import StatisticsFact, statistics_sql
from qb.kit.planning.making import renamed_index
from qb.kit.pull.book import Book
from qb.kit.pull.carried import carry, carry_clustering, carry_index, clustering
from qb.kit.pull.source import Code, attribute_of, call, code_of, literal, text
from qb.kit.pull.tokens import bracketed, items_in
from qb.kit.pull.values import condition_on
from qb.kit.qualified import parts
from qb.model.object import Identity
from qb.model.sequence import server_name
from qb.types.identifier import PUBLIC, qualified, unquoted

_HEAD: Final = re.compile(r"CREATE (?:UNIQUE )?INDEX .+? ON (?:ONLY )?.+? USING (?P<method>\w+) (?=\()", re.DOTALL)
_CLASS: Final = re.compile(r'(?:(?:"(?:[^"]|"")+"|\w+)\.)?(?P<name>"(?:[^"]|"")+"|\w+)')
_ORDERS: Final = (
    (" DESC NULLS LAST", '.desc(nulls="last")'),
    (" DESC", ".desc()"),
    (" NULLS FIRST", '.asc(nulls="first")'),
)
_KEY_NAME: Final = re.compile(r'"(?:[^"]|"")+"|[\w$]+')


def write_indexes(book: Book, relation: Identity) -> None:
    """The indexes of a table or a materialized view that no constraint has."""
    for identity, fact in book.indexes.get((relation.schema, relation.name), []):
        if fact.parent is not None:
            _of_partition(book, relation, identity, fact)
            continue
        if fact.constraint is not None:
            book.said.add(identity)
            if fact.clustered:
                carry_clustering(book, relation, identity)
            if fact.comment is not None:
                needs = [relation, Identity("exclusion", relation.schema, relation.name, fact.constraint)]
                carry(book, "comment", identity, [], needs, fact.comment, on=f"INDEX {_qualified(identity)}")
            continue
        if book.lacks(identity):
            continue
        made = _index(book, relation, identity, fact) if fact.valid else None
        if made is None:
            carry_index(book, relation, identity, fact)
            continue
        name = book.value_called(identity.name, ending="index")
        home = book.tables[relation.schema, relation.name].home
        book.write(name, home, code_of((f"{name} = ", made), ""), 25)
        book.values[identity] = name
        book.said.add(identity)
        if fact.clustered:
            carry_clustering(book, relation, identity)
        if fact.statistics:
            book.tell(identity, "statistics targets of an index")


def _of_partition(book: Book, relation: Identity, identity: Identity, fact: IndexFact) -> None:
    """What the index of a partition has that the whole one's has not: its name, where it is not the server's."""
    book.said.add(identity)
    schema, name = parts(str(fact.parent))
    place = schema or PUBLIC, name
    whole = book.index_named.get(place)
    if whole is not None and whole.options != fact.options:
        book.tell(identity, "storage parameters of a partition's index that are not the whole one's")
    statements = [] if identity.name in _usual(identity, fact) else [renamed_index(identity, qualified(*place))]
    if fact.clustered:
        statements.append(clustering(relation, identity))
    if statements or fact.comment is not None:
        needs = [relation, Identity("exclusion", relation.schema, relation.name, fact.constraint or "")]
        what = "index of a partition"
        carry(book, what, identity, statements, needs, fact.comment, on=f"INDEX {_qualified(identity)}")


def _usual(identity: Identity, fact: IndexFact) -> frozenset[str]:
    """What the server calls the index of a partition; nothing where that is not easily told."""
    after = _after_method(str(fact.definition))
    if after is None:
        return frozenset()
    inside, rest = bracketed(after[1])
    listed = items_in(inside)
    if rest.startswith("INCLUDE "):
        listed += items_in(bracketed(rest.removeprefix("INCLUDE "))[0])
    found = [_KEY_NAME.match(each) for each in listed]
    if any(each is None or "(" in each.string for each in found):
        return frozenset()
    columns = "_".join(unquoted(each[0]) for each in found if each is not None)
    key = "key" if fact.constraint is not None else "idx"
    made = {
        server_name(identity.table, columns, f"{end}{number}") for end in (key, "excl") for number in ("", *range(1, 9))
    }
    return frozenset((*made, server_name(identity.table, "", "pkey"), f"{identity.table}_pkey"))


def _qualified(index: Identity) -> str:
    return qualified(index.schema, index.name)


def _index(book: Book, relation: Identity, identity: Identity, fact: IndexFact) -> Code | None:
    definition = str(fact.definition)
    after = _after_method(definition)
    if after is None or identity.schema != relation.schema:
        return None
    method, rest = after
    names = book.tables[relation.schema, relation.name]
    keys, classes = list[Code](), list[str | None]()
    try:
        inside, rest = bracketed(rest)
        for each in items_in(inside):
            key = _key(book, relation, each)
            if key is None:
                return None
            keys.append(key[0])
            classes.append(key[1])
        include: list[Code] = []
        if rest.startswith("INCLUDE "):
            inside, rest = bracketed(rest.removeprefix("INCLUDE "))
            along = [parts(f"x.{each}")[1] for each in items_in(inside)]
            include = [attribute_of(names.name, names.attributes[each]) for each in along]
        alike = rest.startswith("NULLS NOT DISTINCT")
        rest = rest.removeprefix("NULLS NOT DISTINCT").strip()
        with_: dict[str, str] = dict(each.split("=", 1) for each in fact.options)
        if rest.startswith("WITH "):
            _, rest = bracketed(rest.removeprefix("WITH "))
        if fact.tablespace is not None and rest.startswith("TABLESPACE "):
            rest = rest.partition(" WHERE ")[1] + rest.partition(" WHERE ")[2]
        where: Code | None = None
        if rest.strip().startswith("WHERE "):
            plain = rest.strip().removeprefix("WHERE ")
            where = condition_on(book, (relation.schema, relation.name), plain)
            if where is None:
                return None
        elif rest:
            return None
    except (KeyError, ValueError):
        return None
    return call(
        "index",
        text(identity.name),
        *keys,
        unique="True" if fact.unique else None,
        method=None if method == "btree" else text(method),
        where=where,
        include=code_of(("[", code_of(include), "]"), "") if include else None,
        nulls_not_distinct="True" if alike else None,
        operator_class=_classes(classes),
        with_=literal(with_) if with_ else None,
        tablespace=None if fact.tablespace is None else text(fact.tablespace),
        comment=None if fact.comment is None else text(fact.comment),
    )


def _after_method(definition: str) -> tuple[str, str] | None:
    """The method, and what comes behind it. A name that holds ` USING ` is not looked into."""
    if definition.count(" USING ") != 1:
        return None
    head, _, rest = definition.partition(" USING ")
    method, _, rest = rest.partition(" ")
    return (method, rest) if head.startswith("CREATE ") and method.isidentifier() else None


def _classes(classes: list[str | None]) -> Code | str | None:
    if not any(classes):
        return None
    if len(set(classes)) == 1:
        return text(str(classes[0]))
    return code_of(["[", code_of(["None" if each is None else text(each) for each in classes]), "]"], "")


def _key(book: Book, relation: Identity, written: str) -> tuple[Code, str | None] | None:
    """A key, and its operator class where it is not the usual one."""
    place = relation.schema, relation.name
    table, attributes = book.tables[place].name, book.tables[place].attributes
    order = ""
    for ending, said in _ORDERS:
        if written.endswith(ending):
            written, order = written.removesuffix(ending), said
            break
    if written.startswith("("):
        inside, rest = bracketed(written)
        made = condition_on(book, place, inside, "str")
    else:
        head, rest = word(written)
        if rest.startswith("("):  # a call
            arguments, rest = bracketed(rest)
            made = condition_on(book, place, f"{head}({arguments})", "str")
        else:
            name = unquoted(head)
            if name not in attributes:
                return None
            made = attribute_of(table, attributes[name])
    if made is None:
        return None
    collation = ""
    if rest.startswith("COLLATE "):
        head, rest = word(rest.removeprefix("COLLATE "))
        schema, name = parts(head)
        within = f", schema={text(schema)}" if schema not in ("", "pg_catalog") else ""
        collation = f".collate({text(name)}{within})"
    found: str | None = None
    if rest:
        class_ = _CLASS.fullmatch(rest)
        if class_ is None or ("." in rest and not rest.startswith("public.")):
            return None
        found = parts(rest)[1] if "." in rest else unquoted(rest)
    plain = " " not in made.text or made.text.startswith("sql(") or not (collation or order)
    whole = made.text if plain else f"({made.text})"
    return Code(f"{whole}{collation}{order}", made.uses, made.imports), found


def word(written: str) -> tuple[str, str]:
    """A name, with its schema, and what comes behind it."""
    found = re.match(r'(?:"(?:[^"]|"")+"|\w+)(?:\.(?:"(?:[^"]|"")+"|\w+))*', written)
    if found is None:
        raise ValueError(f"no name begins {written!r}")
    return found[0], written[found.end() :].strip()


def write_statistics(book: Book) -> None:
    """Statistics of several columns."""
    for identity, fact in book.catalog.of(StatisticsFact).items():
        schema, table = parts(fact.on)
        names = book.tables.get((schema or PUBLIC, table))
        made = None if names is None else _statistics(book, identity, fact, (schema or PUBLIC, table))
        if made is None or names is None or identity.schema != (schema or PUBLIC):
            relation = Identity("table", schema or PUBLIC, "", table)
            carry(book, "statistics", identity, [statistics_sql(identity, fact)], [relation], fact.comment)
            continue
        name = book.value_called(identity.name, ending="statistics")
        book.write(name, names.home, code_of((f"{name} = ", made), ""), 26)
        book.said.add(identity)


def _statistics(book: Book, identity: Identity, fact: StatisticsFact, place: tuple[str, str]) -> Code | None:
    table, attributes = book.tables[place].name, book.tables[place].attributes
    if not attributes.keys() >= set(fact.columns):
        return None
    keys = [attribute_of(table, attributes[each]) for each in fact.columns]
    for each in fact.expressions:
        made = condition_on(book, place, each, "str")
        if made is None:
            return None
        keys.append(made)
    return call(
        "statistics",
        text(identity.name),
        *keys,
        kinds=literal(list(fact.kinds)) if fact.kinds else None,
        target=None if fact.target is None else str(fact.target),
        comment=None if fact.comment is None else text(fact.comment),
    )
