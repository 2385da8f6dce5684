"""Views and materialized views: their queries as SQL, their rows as shapes."""

from __future__ import annotations

from collections.abc import Mapping

from qb.kit.facts.view import ViewFact
from qb.kit.pull.book import Book, TableNames, named_schema
from qb.kit.pull.carried import carry
from qb.kit.pull.indexes import write_indexes
from qb.kit.pull.source import Code, call, code_of, raw, text, using
from qb.kit.pull.tables import domain_never_null, python_names, relation_columns
from qb.kit.pull.tokens import steady, with_relations
from qb.kit.pull.traced import traced_columns
from qb.kit.pull.types import typed
from qb.model.object import Identity
from qb.types.identifier import qualified

_OPTIONS = ("check_option", "security_barrier", "security_invoker")


def call_views(book: Book) -> None:
    """The names of all views, so that each may name any other."""
    for identity, fact in book.catalog.of(ViewFact).items():
        if fact.extension is None and identity not in book.absent:
            columns = [each.name for each, _ in relation_columns(book, identity.schema, identity.name)]
            name = book.value_called(identity.name, ending="view")
            book.tables[identity.schema, identity.name] = TableNames(
                name, book.home(identity.schema), python_names(columns)
            )


def write_views(book: Book) -> None:
    """All views."""
    sources = traced_columns(book)
    for identity, fact in book.catalog.of(ViewFact).items():
        if identity in book.absent:
            book.tell(identity, f"a view of {_below(book, identity)}, which is not held")
        elif fact.extension is None:
            _view(book, identity, fact, sources)
            if identity.kind == "materialized view":
                write_indexes(book, identity)


def _view(book: Book, identity: Identity, fact: ViewFact, sources: Mapping[Identity, Identity]) -> None:
    names = book.tables[identity.schema, identity.name]
    columns = relation_columns(book, identity.schema, identity.name)
    if not columns:
        book.tell(identity, "a view without columns")
        return
    shape = book.class_called(identity.schema, identity.name, ending="Row")
    lines: list[Code] = []
    for each, column in columns:
        of = typed(book, column.base, column.type, column.collation)
        attribute = names.attributes[each.name]
        named = text(each.name) if each.name != attribute else None
        end = "]" if domain_never_null(book, column) else " | None]"
        line = code_of((f"\n    {attribute}: Col[", _held(book, sources.get(each)) or of.annotation, end), "")
        if named is not None or of.stated is not None:
            line = code_of((line, " = ", call("column", of.stated, name=named)), "")
        lines.append(line)
        book.said.add(each)
        if column.comment is not None:
            on = f"COLUMN {qualified(identity.schema, identity.name)}.{qualified(None, each.name)}"
            carry(book, "comment", each, [], [identity], column.comment, on=on)
        if column.default is not None:
            carry_default(book, identity, each, column.default)
    body = code_of((f"class {shape}(Shape):", *lines), "")
    wanted = body.imports | {"qb:Shape", "qb:Col"}
    book.write(shape, names.home, Code(body.text, body.uses, wanted), 29)
    book.write(names.name, names.home, _made(book, identity, fact, names, shape), 30)
    book.said.add(identity)


def _held(book: Book, source: Identity | None) -> Code | None:
    """What a table's column holds, where that is more than its type."""
    if source is None:
        return None
    if source in book.documents:
        return book.documents[source]
    labels = book.labels.get(source)
    name = book.brands.get(source) if labels is None else labels.name
    return None if name is None else using(name)


def _below(book: Book, view: Identity) -> str:
    return f"the {book.lacking(need for need in book.catalog.needs(view) if need != view)}"


def is_true(written: str) -> bool:
    """Whether PostgreSQL reads an option as true: any beginning of `true` and `yes`, `on` and 1."""
    low = written.lower()
    return bool(low) and ("true".startswith(low) or "yes".startswith(low) or low in ("on", "1"))


def carry_default(book: Book, view: Identity, column: Identity, default: str) -> None:
    """The default of a view's column, which inserts into it take."""
    whole = f"{qualified(view.schema, view.name)} ALTER COLUMN {qualified(None, column.name)}"
    carry(book, "default", column, [f"ALTER VIEW {whole} SET DEFAULT {default}"], [view])


def _made(book: Book, identity: Identity, fact: ViewFact, names: TableNames, shape: str) -> Code:
    template, used = with_relations(steady(fact.definition.strip().removesuffix(";")), book.relation)
    relations = {each: Code(each, frozenset((each,))) for each in used}
    rows = code_of((raw(template, **relations), f".rows({shape})"), "")
    rows = Code(rows.text, rows.uses | {shape}, rows.imports)
    options = dict(each.split("=", 1) for each in fact.options)
    within = named_schema(identity.schema)
    said: dict[str, Code | str | None] = {
        "schema": None if within is None else text(within),
        "comment": None if fact.comment is None else text(fact.comment),
    }
    if identity.kind == "view":
        check = options.get("check_option")
        said["check_option"] = None if check is None else text(check)
        for each in _OPTIONS[1:]:
            said[each] = "True" if is_true(options.get(each, "")) else None
        function = "view"
    else:
        said["with_data"] = None if fact.populated else "False"
        function = "materialized_view"
        if fact.options:
            listed = ", ".join(fact.options)
            statement = f"ALTER MATERIALIZED VIEW {qualified(identity.schema, identity.name)} SET ({listed})"
            carry(book, "storage parameters", identity, [statement], [identity])
        if fact.tablespace is not None or fact.access_method not in (None, "heap"):
            book.tell(identity, "the tablespace or the access method of a materialized view")
    return code_of((f"{names.name} = ", call(function, text(identity.name), rows, **said)), "")
