"""Classes for documents: a Struct for each object with named fields, a union for those that say their kind."""

from __future__ import annotations

from typing import Final

from qb.kit.pull.book import Book
from qb.kit.pull.documents import DocumentShape, InferredColumn, InferredDocuments
from qb.kit.pull.source import Code, code_of, text
from qb.kit.pull.words import FreeNames, class_name, value_name

DOCUMENTS_MODULE: Final = "documents"
"""The module of all of them."""
_DEEP: Final = 6
"""How deep classes are made; what is within is kept as it is."""


def write_documents(book: Book, documents: InferredDocuments) -> None:
    """The classes of all documents, and which columns have them."""
    for column, found in sorted(documents.items()):
        shape = found.shape
        if not found.is_typed:
            continue
        wanted = f"{class_name(column.table)}{class_name(column.name, one=False)}"
        made = _annotation(book, shape, wanted, found, 0)
        book.documents[column] = made


def _said(found: InferredColumn, shape: DocumentShape, deep: int) -> str:
    """What a class was made of."""
    rows = "the first " if not found.complete else "all " if found.rows != 1 else ""
    of = f"{rows}{_several(found.rows, 'row')}"
    have = "has" if shape.objects == 1 else "have"
    if deep:
        objects, documents = _several(shape.objects, "object"), _several(found.looked_at, "document")
        return f"Within {found.column.title}, as {objects} in {documents} of {of} {have} it."
    some = f"{shape.objects:,} of " if shape.objects != found.looked_at else ""
    return f"{found.column.title}, as {some}{_several(found.looked_at, 'document')} in {of} {have} it."


def _several(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _annotation(book: Book, shape: DocumentShape, name: str, of: InferredColumn, deep: int) -> Code:
    """What values of a shape are, without None."""
    members: list[Code] = []
    if shape.booleans:
        members.append(Code("bool"))
    if shape.numbers:
        members.append(Code("float"))
    elif shape.integers:
        members.append(Code("int"))
    if shape.texts:
        members.append(Code("str"))
    if shape.lists:
        inside = _optional(book, shape.items or DocumentShape(), f"{name}Item", of, deep + 1)
        members.append(code_of(("list[", inside, "]"), ""))
    if shape.objects:
        members.append(_objects(book, shape, name, of, deep))
    return code_of(members, " | ") if members else Code("object")


def _optional(book: Book, shape: DocumentShape, name: str, of: InferredColumn, deep: int) -> Code:
    made = _annotation(book, shape, name, of, deep)
    return code_of((made, " | None"), "") if shape.nulls and made.text != "object" else made


def _objects(book: Book, shape: DocumentShape, name: str, of: InferredColumn, deep: int) -> Code:
    if shape.mapping is not None:
        inside = _optional(book, shape.mapping, f"{name}Value", of, deep + 1)
        return code_of(("dict[str, ", inside, "]"), "")
    if shape.tag is not None and deep < _DEEP:
        kinds = [
            _class(book, each, f"{name}{class_name(kind, one=False)}", of, deep, tag=(shape.tag, kind))
            for kind, each in shape.kinds.items()
        ]
        return code_of(kinds, " | ")
    if not shape.fields or deep >= _DEEP:
        return Code("dict[str, object]")
    return _class(book, shape, name, of, deep)


def _class(
    book: Book, shape: DocumentShape, wanted: str, of: InferredColumn, deep: int, tag: tuple[str, str] | None = None
) -> Code:
    name = book.names.give(wanted[:60], f"{wanted[:60]}Document")
    names = FreeNames(("msgspec", "bool", "float", "int", "str", "list", "dict", "object"))
    lines: list[Code] = []
    for key, each in shape.fields.items():
        field = names.give(value_name(key), f"{value_name(key)}_")
        inside = _optional(
            book, each, f"{wanted}{class_name(key, one=each.lists > 0 or each.mapping is not None)}", of, deep + 1
        )
        lines.append(_field(field, key, inside, always=each.seen == shape.objects))
    options = f", tag_field={text(tag[0])}, tag={text(tag[1])}" if tag else ""
    said = _plain(_said(of, shape, deep))
    head = f'class {name}(msgspec.Struct, frozen=True, kw_only=True{options}):\n    """{said}"""\n'
    body = code_of((head, *lines), "")
    book.write(name, DOCUMENTS_MODULE, Code(body.text, body.uses, body.imports | {":msgspec"}), 0)
    return Code(name, frozenset((name,)))


def _field(field: str, key: str, inside: Code, *, always: bool) -> Code:
    given = [] if field == key else [f"name={text(key)}"]
    if always:
        default = f" = msgspec.field({given[0]})" if given else ""
        return code_of((f"\n    {field}: ", inside, default), "")
    if inside.text != "object":
        inside = code_of((inside, " | msgspec.UnsetType"), "")
    default = f"msgspec.field({given[0]}, default=msgspec.UNSET)" if given else "msgspec.UNSET"
    return code_of((f"\n    {field}: ", inside, f" = {default}"), "")


def _plain(said: str) -> str:
    """A text that a docstring holds as it is."""
    return "".join(sign for sign in said if sign.isprintable() and sign not in "\\\"'")
