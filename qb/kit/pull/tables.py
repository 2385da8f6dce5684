"""Tables as classes: their columns, and what a class statement says beside them."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from qb.kit.facts.column import ColumnFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.table import TableFact
from qb.kit.facts.type import DomainFact
from qb.kit.pull.book import Book, TableNames, named_schema
from qb.kit.pull.carried import carry, carry_column, carry_table
from qb.kit.pull.deparsed import deparsed
from qb.kit.pull.expressions import typed_expression
from qb.kit.pull.inherited import carry_differences
from qb.kit.pull.keys import PlainReference, column_references
from qb.kit.pull.known_columns import LOCAL, columns_above
from qb.kit.pull.sequences import counting_options, default_drawn
from qb.kit.pull.source import Code, attribute_of, call, code_of, literal, text, using
from qb.kit.pull.tokens import braced, steady
from qb.kit.pull.types import PythonType, typed
from qb.kit.pull.values import default_of, raw_of
from qb.kit.pull.words import FreeNames, value_name
from qb.kit.qualified import parts
from qb.model.object import Identity
from qb.model.sequence import Sequence, serial_of
from qb.render.literals import string_literal
from qb.tree.relations import TableSource
from qb.types import pg
from qb.types.identifier import PUBLIC, qualified, quoted

USED: Final = [
    "Any",
    "Col",
    "Decimal",
    "Hidden",
    "Literal",
    "NewType",
    "Range",
    "Table",
    "column",
    "dt",
    "fn",
    "identity",
    "msgspec",
    "pg",
    "qb",
    "references",
    "serial",
    "sql",
    "bool",
    "bytes",
    "dict",
    "float",
    "int",
    "list",
    "object",
    "str",
    "type",
    "tuple",
]
"""Names that a class body uses, and that no attribute is called."""


def python_names(columns: list[str]) -> dict[str, str]:
    """What the columns of a table are called in Python."""
    names = FreeNames(USED)
    plain = [each for each in columns if value_name(each) == each]
    found = {each: names.give(each, f"{each}_") for each in plain}
    return {each: found.get(each) or names.give(value_name(each), f"{value_name(each)}_") for each in columns}


def relation_columns(book: Book, schema: str, table: str) -> list[tuple[Identity, ColumnFact]]:
    """The columns of a relation in their order."""
    return book.columns.get((schema, table), [])


def call_tables(book: Book) -> None:
    """The names of all tables, so that each may name any other."""
    for identity, fact in book.catalog.of(TableFact).items():
        if fact.extension is None and fact.bound is None and in_class(book, identity):
            called_relation(book, identity)


def in_class(book: Book, identity: Identity) -> bool:
    """Whether a table can be a class: one without columns is none."""
    return identity.kind == "table" and bool(relation_columns(book, identity.schema, identity.name))


def called_relation(book: Book, identity: Identity, home: str | None = None) -> TableNames:
    """A relation's name in Python, and those of its columns."""
    found = relation_columns(book, identity.schema, identity.name)
    attributes = python_names([each.name for each, _ in found])
    name = book.class_called(identity.schema, identity.name)
    made = TableNames(name, home or book.home_of(identity.schema, identity.name), attributes)
    book.tables[identity.schema, identity.name] = made
    return made


def write_table(book: Book, identity: Identity, fact: TableFact) -> None:
    """A table's class."""
    names = book.tables[identity.schema, identity.name]
    columns = relation_columns(book, identity.schema, identity.name)
    refers = column_references(book, identity)
    lines: list[Code] = []
    for each, column in columns:
        above = None if column.local or not column.inherited else _above(book, fact, each.name)
        if above is not None:  # said as the one that it inherits, it stays inherited
            carry_differences(book, identity, each, column, above)
        lines.append(_line(book, names, each, above or column, refers.get(each.name)))
        book.said.add(each)
    head = _head(book, identity, fact, names)
    body = code_of([head, *_valued(lines, [names.attributes[each.name] for each, _ in columns])], "")
    book.write(names.name, names.home, Code(body.text, body.uses, body.imports | {"qb:Table"}), 10)
    book.said.add(identity)


def _above(book: Book, table: TableFact, column: str) -> ColumnFact | None:
    """The column that a table inherits; what is said of that is not said of its own."""
    for parent in table.inherits:
        for each, fact in relation_columns(book, *_place(parent)):
            if each.name == column:
                return replace(fact, comment=None)
    return None


def _valued(lines: list[Code], attributes: list[str]) -> list[Code]:
    """The lines of columns: those that others name have a value, and are no annotation alone."""
    local = {each for line in lines for each in line.imports if each.startswith(LOCAL)}
    found: list[Code] = []
    for attribute, line in zip(attributes, lines, strict=True):
        bare = f"{LOCAL}{attribute}" in local and " = column(" not in line.text
        wanted = line.imports - local
        made = Code(f"{line.text} = column()", line.uses, wanted | {"qb:column"})
        found.append(made if bare else Code(line.text, line.uses, wanted))
    return found


def _head(book: Book, identity: Identity, fact: TableFact, names: TableNames) -> Code:
    within = named_schema(identity.schema)
    with_ = {key: value for key, _, value in (each.partition("=") for each in fact.options)}
    parents = [book.tables.get(_place(each)) for each in fact.inherits if fact.bound is None]
    if None in parents:
        book.tell(identity, f"what it inherits, {', '.join(fact.inherits)}")
    said: dict[str, Code | str | None] = {
        "name": text(identity.name),
        "schema": None if within is None else text(within),
        "external": "True" if identity in book.theirs else None,
        "rls": '"force"' if fact.row_security and fact.forced else "True" if fact.row_security else None,
        "unlogged": "True" if fact.persistence == "unlogged" else None,
        "with_": literal(with_) if with_ else None,
        "tablespace": None if fact.tablespace is None else text(fact.tablespace),
        "method": _method(book, identity, fact),
        "inherits": _inherits([using(each.name) for each in parents if each is not None]),
        "comment": None if fact.comment is None else text(fact.comment),
    }
    if fact.forced and not fact.row_security:
        carry_table(book, identity, "FORCE ROW LEVEL SECURITY", "row security that is forced and not enabled")
    given = code_of(["Table", *(code_of((f"{key}=", each), "") for key, each in said.items() if each is not None)])
    return code_of((f"class {names.name}(", given, "):"), "")


def _method(book: Book, identity: Identity, fact: TableFact) -> str | None:
    """How rows are kept, and what a table is of that is not said."""
    if fact.type is not None:
        of = Identity("composite type", *_named(fact.type))
        statement = f"ALTER TABLE {qualified(identity.schema, identity.name)} OF {fact.type}"
        carry(book, "type of a table", identity, [statement], [identity, of])
    if fact.access_method in (None, "heap"):
        return None
    known = Identity("access method", "", "", str(fact.access_method))
    if known in book.absent:
        book.tell(identity, f"it needs the {known}, which is not held")
        return None
    return text(str(fact.access_method))


def _inherits(parents: list[Code]) -> Code | None:
    if len(parents) < 2:
        return parents[0] if parents else None
    return code_of(("(", code_of(parents), ")"), "")


def _place(written: str) -> tuple[str, str]:
    schema, name = parts(written)
    return schema or PUBLIC, name


def _line(
    book: Book, names: TableNames, identity: Identity, fact: ColumnFact, reference: PlainReference | None
) -> Code:
    attribute = names.attributes[identity.name]
    of = typed(book, fact.base, fact.type, fact.collation)
    if (document := book.documents.get(identity)) is not None:
        of = PythonType(document, of.expression, of.follows, of.known)
    if (labels := book.labels.get(identity)) is not None:
        of = PythonType(using(labels.name), of.expression, of.known == "text", of.known, labels.labels)
    brand = book.brands.get(identity)
    keyed = book.keyed.get((identity.schema, identity.table), ())
    plain = of.annotation if brand is None else using(brand)
    options = _options(book, names, identity, fact, of, brand)
    optional = not fact.not_null
    if optional and domain_never_null(book, fact):
        optional = False
        options = {key: value for key, value in options.items() if value != "None"}
        book.tell(identity, "a column that may be NULL, of a domain that is never")
    annotation = code_of((plain, " | None"), "") if optional else plain
    options["primary_key"] = "True" if identity.name in keyed else None
    options["unique"] = "True" if (identity.schema, identity.table, identity.name) in book.alone else None
    options["checked"] = None if labels is None else "True"
    if reference is not None:
        options["references"] = _reference(book, names, reference)
    if identity.name != attribute:
        options["name"] = text(identity.name)
    if fact.comment is not None:
        options["comment"] = text(fact.comment)
    order = ("primary_key", "unique", "references", "generated", "stored", "default", "checked", "name", "comment")
    rest = [each for each in options if each not in order]
    given = {each: options[each] for each in (*order, *rest) if options.get(each) is not None}
    line = code_of((f"\n    {attribute}: Col[", annotation, "]"), "")
    line = Code(line.text, line.uses, line.imports | {"qb:Col"})
    if not given and of.stated is None:
        return line
    return code_of((line, " = ", call("column", of.stated, **given)), "")


def domain_never_null(book: Book, fact: ColumnFact) -> bool:
    """Whether a column's domain keeps it from being NULL."""
    domain = book.catalog.get(Identity("domain", *_named(fact.base)))
    return isinstance(domain, DomainFact) and domain.not_null and not fact.type.endswith("[]")


def _named(base: str) -> tuple[str, str, str]:
    schema, name = parts(base)
    return schema, "", name


def _reference(book: Book, names: TableNames, found: PlainReference) -> Code:
    target = book.tables[found.target]
    column = f"{target.name}.{target.attributes[found.column]}"
    # What is not defined yet stands in a lambda: of the table itself, or of one further down.
    place: Code = attribute_of(target.name, target.attributes[found.column])
    if found.later or target.name == names.name:
        place = Code(f"lambda: {column}", frozenset(), frozenset((f"later:{target.name}",)))
    if not found.actions:
        return place
    return call("references", place, **found.actions)


def _options(
    book: Book, names: TableNames, identity: Identity, fact: ColumnFact, of: PythonType, brand: str | None
) -> dict[str, Code | str | None]:
    found: dict[str, Code | str | None] = {
        "storage": None if fact.storage is None else text(fact.storage),
        "compression": None if fact.compression is None else text(fact.compression),
        "statistics": None if fact.statistics is None else str(fact.statistics),
    }
    if fact.options:
        options = ", ".join(fact.options)
        carry_column(book, identity, f"SET ({options})", "options")
    if fact.identity:
        made = _identity(book, identity, of)
        found["generated" if fact.identity == "always" else "default"] = made
    elif fact.default is not None and book.lacks(identity):
        found["default"] = None if fact.not_null else "None"
    elif fact.generated:
        found["generated"] = _generated(book, identity, fact, of, brand)
        found["stored"] = "False" if fact.generated == "virtual" else None
    elif fact.default is not None:
        found["default"] = default_drawn(book, identity, fact, of) or default_of(
            book, fact.default, of, brand, fact.type, optional=not fact.not_null
        )
    elif not fact.not_null:
        found["default"] = "None"
    return found


def _generated(book: Book, identity: Identity, fact: ColumnFact, of: PythonType, brand: str | None) -> Code | None:
    """What a column is computed from: columns that stand above it, or SQL."""
    node = deparsed(str(fact.default))
    found = None if node is None or brand is not None else typed_expression(node, columns_above(book, identity))
    if found is not None and not (found.kind.optional and fact.not_null):
        same = found.kind.base == fact.base and found.kind.said == of.annotation.text and not fact.type.endswith("[]")
        if same and not found.is_column:
            book.wrote[True] += 1
            return found.code
    book.wrote[False] += 1
    made = raw_of(braced(steady(str(fact.default))), {}, of, brand)
    return made if fact.not_null else _nullable(made)


def _nullable(made: Code | str | None) -> Code | None:
    if not isinstance(made, Code):
        return None
    return Code(made.text.removesuffix(", not_null=True)") + ")", made.uses, made.imports)


def _identity(book: Book, column: Identity, of: PythonType) -> Code:
    """identity(), with how it counts where that is not usual."""
    owned = book.sequences.get((column.schema, column.table, column.name))
    if owned is None:
        return call("identity")
    sequence, fact = owned
    book.said.add(sequence)
    usual = serial_of(TableSource(column.schema, column.table), column.name, pg.bigint)
    _carry_counter(book, column, sequence, fact, usual)
    return call("identity", **counting_options(fact, fact.type))


def _carry_counter(book: Book, column: Identity, sequence: Identity, fact: SequenceFact, usual: Sequence) -> None:
    """What the column does not say of its sequence: how it is kept, its comment, a name of its own."""
    whole = qualified(usual.schema or PUBLIC, usual.name)
    table = book.catalog.get(Identity("table", column.schema, "", column.table))
    said: list[str] = []
    if isinstance(table, TableFact) and table.persistence != fact.persistence:
        said.append(f"ALTER SEQUENCE {whole} SET {'UNLOGGED' if fact.persistence == 'unlogged' else 'LOGGED'}")
    if fact.comment is not None:
        said.append(f"COMMENT ON SEQUENCE {whole} IS {string_literal(fact.comment)}")
    if sequence.name != usual.name:
        said.append(f"ALTER SEQUENCE {whole} RENAME TO {quoted(sequence.name)}")
    if said:
        carry(book, "sequence", sequence, said, [Identity("table", column.schema, "", column.table)])
