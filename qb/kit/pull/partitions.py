"""How tables are partitioned, and their partitions."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Final
from uuid import UUID

from qb.kit.facts.column import ColumnFact
from qb.kit.facts.table import TableFact
from qb.kit.pull.book import Book, TableNames, named_schema
from qb.kit.pull.indexes import write_indexes
from qb.kit.pull.keys import write_constraints
from qb.kit.pull.source import Code, attribute_of, call, code_of, literal, text, using
from qb.kit.pull.tokens import bracketed, items_in
from qb.kit.qualified import parts
from qb.model.object import Identity
from qb.types.identifier import PUBLIC, unquoted

_KEY: Final = re.compile(r"(?P<strategy>RANGE|LIST|HASH) (?P<keys>\(.*\))", re.DOTALL)
_HASH: Final = re.compile(r"FOR VALUES WITH \(modulus (\d+), remainder (\d+)\)")
_TEXT: Final = re.compile(r"'((?:[^']|'')*)'")


def write_partitions(book: Book) -> None:
    """The partitions of all partitioned tables, from the whole to its parts."""
    for identity, fact in book.catalog.of(TableFact).items():
        if (identity.schema, identity.name) in book.order and fact.partition_key is not None:
            _divide(book, identity, fact, (identity.schema, identity.name))


def _divide(book: Book, whole: Identity, fact: TableFact, root: tuple[str, str]) -> None:
    keys = _keys(book, whole, str(fact.partition_key), root)
    if keys is None:
        book.tell(whole, f"what it is partitioned by, {fact.partition_key}")
        return
    strategy, columns, types, classes = keys
    names = book.tables[whole.schema, whole.name]
    called = book.value_called(f"{whole.name}_by_{'_'.join(columns)}", ending="partitions")
    of = [attribute_of(names.name, each) for each in columns]
    made = call(f"partition_by_{strategy.lower()}", using(names.name), *of, operator_class=classes)
    book.write(called, names.home, code_of((f"{called} = ", made), ""), 11)
    for identity, part in book.partitions.get((whole.schema, whole.name), ()):
        _partition(book, identity, part, called, strategy, types, root)


def _keys(
    book: Book, whole: Identity, written: str, root: tuple[str, str]
) -> tuple[str, list[str], list[ColumnFact], Code | str | None] | None:
    found = _KEY.fullmatch(written)
    names = book.tables.get((whole.schema, whole.name))
    if found is None or names is None:
        return None
    columns: list[str] = []
    types: list[ColumnFact] = []
    classes: list[str | None] = []
    facts = {each.name: fact for each, fact in book.columns.get(root, [])}
    inside, rest = bracketed(found["keys"])
    for each in items_in(inside):
        head = re.match(r'("(?:[^"]|"")+"|[\w$]+)(?: (\w+))?$', each)
        if head is None or (name := unquoted(head[1])) not in facts:
            return None
        columns.append(names.attributes[name])
        types.append(facts[name])
        classes.append(head[2])
    if rest or (found["strategy"] == "LIST" and len(columns) > 1) or len(columns) > 4:
        return None
    said: Code | str | None = None
    if any(classes):
        said = literal(classes) if len(classes) > 1 else text(str(classes[0]))
    return found["strategy"], columns, types, said


def _partition(
    book: Book,
    identity: Identity,
    fact: TableFact,
    by: str,
    strategy: str,
    types: list[ColumnFact],
    root: tuple[str, str],
) -> None:
    given = _bounds(book, str(fact.bound), strategy, types, root)
    if given is None:
        book.tell(identity, f"a partition {fact.bound}")
        return
    name = book.value_called(identity.name, ending="partition")
    home = book.tables[root].home
    attributes = book.tables[root].attributes
    book.tables[identity.schema, identity.name] = TableNames(name, home, attributes)
    method, values = given
    whole = book.catalog[Identity("table", root[0], "", root[1])]
    assert isinstance(whole, TableFact)
    within = None if identity.schema == root[0] else named_schema(identity.schema) or PUBLIC
    with_ = dict(each.split("=", 1) for each in fact.options)
    rls: str | None = '"force"' if fact.row_security and fact.forced else str(fact.row_security)
    if (fact.row_security, fact.forced) == (whole.row_security, whole.forced):
        rls = None
    options: dict[str, Code | str | None] = {
        "schema": None if within is None else text(within),
        "rls": rls,
        "unlogged": "True" if fact.persistence == "unlogged" else None,
        "with_": literal(with_) if with_ else None,
        "tablespace": None if fact.tablespace is None else text(fact.tablespace),
        "comment": None if fact.comment is None else text(fact.comment),
    }
    made = call(f"{by}.{method}", text(identity.name), *values, **options)
    made = Code(made.text, made.uses | {by}, frozenset(each for each in made.imports if each != f"qb:{by}"))
    book.write(name, home, code_of((f"{name} = ", made), ""), 12)
    book.said.add(identity)
    for each, column in book.columns.get((identity.schema, identity.name), []):
        book.said.add(each)
        _own(book, each, column, root)
    write_constraints(book, identity)
    write_indexes(book, identity)
    if fact.partition_key is not None:
        _divide(book, identity, fact, root)


def _own(book: Book, identity: Identity, fact: ColumnFact, root: tuple[str, str]) -> None:
    """What a column of a partition has of its own."""
    whole = next((other for each, other in book.columns.get(root, []) if each.name == identity.name), None)
    if whole is None or fact.comment is not None:
        book.tell(identity, "a comment on a column of a partition" if whole is not None else "a column of its own")
    elif (fact.default, fact.storage, fact.position) != (whole.default, whole.storage, whole.position):
        book.tell(identity, "a default, a storage or a place of a partition's column that is not its table's")


def _bounds(
    book: Book, bound: str, strategy: str, types: list[ColumnFact], root: tuple[str, str]
) -> tuple[str, list[Code]] | None:
    if bound == "DEFAULT":
        return "default", []
    if strategy == "HASH":
        found = _HASH.fullmatch(bound)
        return None if found is None else ("partition", [Code(f"modulus={found[1]}"), Code(f"remainder={found[2]}")])
    if strategy == "LIST":
        inside, rest = bracketed(bound.removeprefix("FOR VALUES IN "))
        values = [_value(book, each, types[0], root) for each in items_in(inside)]
        made = [each for each in values if each is not None]
        return None if rest or len(made) < len(values) else ("partition", made)
    lower, rest = bracketed(bound.removeprefix("FOR VALUES FROM "))
    upper, rest = bracketed(rest.removeprefix("TO "))
    ends: list[Code] = []
    for end in (lower, upper):
        found_values = [_value(book, each, of, root) for each, of in zip(items_in(end), types, strict=True)]
        made = [each for each in found_values if each is not None]
        if len(made) < len(types):
            return None
        ends.append(made[0] if len(made) == 1 else code_of(("(", code_of(made), ")"), ""))
    return None if rest else ("partition", ends)


def _value(book: Book, written: str, of: ColumnFact, root: tuple[str, str]) -> Code | None:
    """A bound as a value of Python's; None where that is not certain."""
    if written in ("MINVALUE", "MAXVALUE"):
        return Code(written, frozenset(), frozenset((f"qb:{written}",)))
    if written == "NULL":
        return Code("None")
    column = next(each for each, fact in book.columns[root] if fact is of)
    made = _plain(written, of, book)
    brand = book.brands.get(column)
    return made if made is None or brand is None else code_of((using(brand), "(", made, ")"), "")


def _plain(written: str, of: ColumnFact, book: Book) -> Code | None:
    found = _TEXT.fullmatch(written)
    value = written if found is None else found[1].replace("''", "'")
    schema, name = parts(of.base)
    try:
        match of.base:
            case "int2" | "int4" | "int8":
                return Code(str(int(value)))
            case "text" | "varchar":
                return Code(text(value)) if found is not None else None
            case "bool":
                return Code(str(value in ("true", "t")))
            case "numeric":
                return Code(f'Decimal("{Decimal(value)}")', frozenset(), frozenset(("decimal:Decimal",)))
            case "uuid":
                return Code(f'UUID("{UUID(value)}")', frozenset(), frozenset(("uuid:UUID",)))
            case "date":
                day = dt.date.fromisoformat(value)
                said = f"dt.date({day.year}, {day.month}, {day.day})"
                return Code(said, frozenset(), frozenset(("datetime:dt",)))
            case "timestamp" | "timestamptz":
                return _moment(value, zoned=of.base == "timestamptz")
            case _:
                own = (schema, name) in book.types and book.types[schema, name].uses
                labelled = Identity("enum", schema, "", name) in book.catalog
                return Code(text(value)) if own and labelled and found is not None else None
    except (ValueError, ArithmeticError):
        return None


def _moment(value: str, *, zoned: bool) -> Code | None:
    moment = dt.datetime.fromisoformat(value)
    if zoned != (moment.tzinfo is not None):
        return None
    name_words = [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.microsecond]
    while len(name_words) > 3 and name_words[-1] == 0:
        name_words.pop()
    if zoned and moment.utcoffset() != dt.timedelta(0):
        return None
    said = ", ".join(map(str, name_words)) + (", tzinfo=dt.UTC" if zoned else "")
    return Code(f"dt.datetime({said})", frozenset(), frozenset(("datetime:dt",)))
