"""How tables are partitioned, and their partitions."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from qb.kit.facts.column import ColumnFact
from qb.kit.facts.table import TableFact
from qb.kit.pull.book import Book, TableNames, named_schema
from qb.kit.pull.indexes import word, write_indexes
from qb.kit.pull.inherited import carry_differences
from qb.kit.pull.keys import write_constraints
from qb.kit.pull.source import Code, attribute_of, call, code_of, literal, raw, text, using
from qb.kit.pull.tokens import bracketed, items_in, steady, with_columns
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


class _PartitionKey(NamedTuple):
    """What a table is divided by: a column, or an expression in SQL."""

    code: Code
    of: ColumnFact | str
    """The column, or what an expression's values are in Python."""
    operator_class: str | None
    called: str


def _divide(book: Book, whole: Identity, fact: TableFact, root: tuple[str, str]) -> None:
    said = _keys(book, whole, str(fact.partition_key), root)
    if said is None:
        book.tell(whole, f"what it is partitioned by, {fact.partition_key}")
        _leave_out_parts(book, whole)
        return
    strategy, keys = said
    names = book.tables[whole.schema, whole.name]
    called = book.value_called(f"{whole.name}_by_{'_'.join(each.called for each in keys)}", ending="partitions")
    classes = [each.operator_class for each in keys]
    made = call(
        f"partition_by_{strategy.lower()}",
        using(names.name),
        *(each.code for each in keys),
        operator_class=_operator_classes(classes) if any(classes) else None,
    )
    book.write(called, names.home, code_of((f"{called} = ", made), ""), 11)
    for identity, part in book.partitions.get((whole.schema, whole.name), ()):
        _partition(book, identity, part, called, strategy, [each.of for each in keys], root)


def _operator_classes(classes: list[str | None]) -> Code | str:
    return literal(classes) if len(classes) > 1 else text(str(classes[0]))


def _leave_out_parts(book: Book, whole: Identity) -> None:
    for each, _ in book.partitions.get((whole.schema, whole.name), ()):
        book.leave_out(each)
        book.tell(each, f"a partition of {whole.title}, of which it is not held how it is divided")
        _leave_out_parts(book, each)


def _keys(book: Book, whole: Identity, written: str, root: tuple[str, str]) -> tuple[str, list[_PartitionKey]] | None:
    found = _KEY.fullmatch(written)
    names = book.tables.get((whole.schema, whole.name))
    if found is None or names is None or book.lacking(book.catalog.needs(whole)) is not None:
        return None
    facts = {each.name: fact for each, fact in book.columns.get(root, [])}
    inside, rest = bracketed(found["keys"])
    listed = items_in(inside)
    bounds = [str(fact.bound) for _, fact in book.partitions.get((whole.schema, whole.name), ())]
    values = [_values_of(bounds, place) for place in range(len(listed))]
    keys = [_key(names, each, facts, given) for each, given in zip(listed, values, strict=True)]
    made = [each for each in keys if each is not None]
    if rest or len(made) < len(keys) or (found["strategy"] == "LIST" and len(keys) > 1) or len(keys) > 4:
        return None
    return found["strategy"], made


def _key(names: TableNames, written: str, facts: Mapping[str, ColumnFact], values: list[str]) -> _PartitionKey | None:
    """One of what a table is divided by; `values` are those of its bounds."""
    of: ColumnFact | str
    if written.startswith("("):
        expression, rest = bracketed(written)
        called = "expression"
    else:
        expression, rest = word(written)
        called = expression.lower()
        if rest.startswith("("):
            arguments, rest = bracketed(rest)
            expression = f"{expression}({arguments})"
    collation = ""
    if rest.startswith("COLLATE "):
        head, rest = word(rest.removeprefix("COLLATE "))
        schema, name = parts(head)
        within = f", schema={text(schema)}" if schema not in ("", "pg_catalog") else ""
        collation = f".collate({text(name)}{within})"
    if rest and not re.fullmatch(r"\w+", rest):
        return None
    plain = re.fullmatch(r'"(?:[^"]|"")+"|[\w$]+', expression)
    if plain is not None and (name := unquoted(expression)) in facts:
        of, called = facts[name], names.attributes[name]
        made = attribute_of(names.name, called)
    else:
        of = _python_of(values)
        template, used = with_columns(steady(expression), names.attributes)
        if not used:
            return None
        made = code_of((raw(template, **{each: attribute_of(names.name, each) for each in used}), f".as_({of})"), "")
    return _PartitionKey(Code(f"{made.text}{collation}", made.uses, made.imports), of, rest or None, called)


def _values_of(bounds: list[str], place: int) -> list[str]:
    """What bounds say of one of the keys."""
    found: list[str] = []
    for each in bounds:
        if each.startswith("FOR VALUES IN "):
            found += items_in(bracketed(each.removeprefix("FOR VALUES IN "))[0])
        elif each.startswith("FOR VALUES FROM "):
            lower, rest = bracketed(each.removeprefix("FOR VALUES FROM "))
            found += (items_in(end)[place] for end in (lower, bracketed(rest.removeprefix("TO "))[0]))
    return [each for each in found if each not in ("MINVALUE", "MAXVALUE", "NULL")]


def _python_of(values: list[str]) -> str:
    """What is given for an expression, whose type the catalog does not say: a text is read as a value of any."""
    if values and all(re.fullmatch(r"-?\d{1,18}", each) for each in values):
        return "int"
    return "bool" if values and {*values} <= {"true", "false"} else "str"


def _partition(
    book: Book,
    identity: Identity,
    fact: TableFact,
    by: str,
    strategy: str,
    types: Sequence[ColumnFact | str],
    root: tuple[str, str],
) -> None:
    given = _bounds(book, str(fact.bound), strategy, types, root)
    if given is None:
        book.tell(identity, f"a partition {fact.bound}")
        book.leave_out(identity)
        _leave_out_parts(book, identity)
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
    if whole is None:
        book.tell(identity, "a column of its own")
        return
    table = Identity("table", identity.schema, "", identity.table)
    if fact.position != whole.position:
        book.tell(identity, "a place of a partition's column that is not its table's")
    carry_differences(book, table, identity, fact, whole)


def _bounds(
    book: Book, bound: str, strategy: str, types: Sequence[ColumnFact | str], root: tuple[str, str]
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


def _value(book: Book, written: str, of: ColumnFact | str, root: tuple[str, str]) -> Code | None:
    """A bound as a value of Python's; None where that is not certain."""
    if written in ("MINVALUE", "MAXVALUE"):
        return Code(written, frozenset(), frozenset((f"qb:{written}",)))
    if written == "NULL":
        return Code("None")
    if isinstance(of, str):
        return _of_expression(written, of)
    column = next(each for each, fact in book.columns[root] if fact is of)
    made = _plain(written, of, book)
    brand = book.brands.get(column)
    return made if made is None or brand is None else code_of((using(brand), "(", made, ")"), "")


def _of_expression(written: str, python: str) -> Code:
    if python == "str":
        found = _TEXT.fullmatch(written)
        return Code(text(written if found is None else found[1].replace("''", "'")))
    return Code(written.title() if python == "bool" else written)


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
