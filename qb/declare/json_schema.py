"""JSON Schema of rows, of what is inserted and of patches, from the columns: nothing is written twice.

Types come from the annotations, lengths and ranges from the types of the columns, texts from their comments.
The dialect is JSON Schema 2020-12, which OpenAPI 3.1 has, too. https://json-schema.org/draft/2020-12
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, cast, get_args

import msgspec

from qb.declare.description import ColumnInfo
from qb.declare.table import TableMeta
from qb.declare.table_entity import info_of_class
from qb.errors import DefinitionError
from qb.tree.expressions import Bind
from qb.types.network import IPInterface, IPNetwork

_FORMATS: dict[object, dict[str, object]] = {
    IPInterface: {"type": "string"},
    IPNetwork: {"type": "string"},
    ipaddress.IPv4Interface: {"type": "string"},
    ipaddress.IPv6Interface: {"type": "string"},
    ipaddress.IPv4Network: {"type": "string"},
    ipaddress.IPv6Network: {"type": "string"},
    ipaddress.IPv4Address: {"type": "string", "format": "ipv4"},
    ipaddress.IPv6Address: {"type": "string", "format": "ipv6"},
}
_ANYTHING: dict[str, object] = {"type": ["object", "array", "string", "number", "boolean", "null"]}
"""Of any JSON value: msgspec takes no empty schema."""
_REF = "#/components/schemas/{name}"


def json_schema(kind: type[object], /) -> dict[str, object]:
    """The JSON Schema of a row (`User`, a Shape), of what is inserted (`New[User]`) or of a patch, complete in itself.

    A row has all of its columns, and those that PostgreSQL alone writes are `readOnly`; of a new row those without a
    default are required. Errors: DefinitionError for what is none of them.

    >>> class Tag(Table, name="tags", rename="camel"):
    ...     short_name: Col[str] = column(pg.varchar(8), comment="as a badge shows it")
    >>> json_schema(New[Tag])["$ref"]
    '#/$defs/NewTag'
    >>> json_schema(New[Tag])["$defs"]
    {'NewTag': {'title': 'NewTag', 'type': 'object',
     'properties': {'shortName': {'type': 'string', 'maxLength': 8, 'description': 'as a badge shows it'}},
     'required': ['shortName'], 'additionalProperties': False}}
    """
    whole, found = _schemas((kind,), "#/$defs/{name}")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole[0], "$defs": found}


def openapi_components(*kinds: type[object]) -> dict[str, object]:
    """The same of several, as `components.schemas` of an OpenAPI 3.1 document, with what they refer to.

    >>> sorted(openapi_components(User, New[User], Patch[User]))
    ['NewUser', 'PatchUser', 'Settings', 'User']
    """
    return _schemas(kinds, _REF)[1]


def json_schemas(*kinds: type[object]) -> dict[str, object]:
    """The JSON Schemas of several in one document, each under its name in `$defs`.

    >>> sorted(json_schemas(User, New[User])["$defs"])
    ['NewUser', 'Settings', 'User']
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": _schemas(kinds, "#/$defs/{name}")[1]}


def _schemas(kinds: Iterable[Any], ref: str) -> tuple[list[dict[str, object]], dict[str, object]]:
    tables: dict[Any, None] = {}
    for kind in kinds:
        if not isinstance(kind, type) or not issubclass(kind, msgspec.Struct):
            raise DefinitionError(f"a JSON Schema is of rows: User, New[User], Patch[User] or a Shape, not {kind!r}")
        tables[kind] = None
    for kind in (each for each in list(tables) if isinstance(each, TableMeta)):
        tables |= dict.fromkeys(_rows_within(kind))
    whole, found = msgspec.json.schema_components(list(tables), schema_hook=_custom, ref_template=ref)
    start = len(ref.partition("{name}")[0])
    for kind, schema in zip(tables, whole, strict=True):
        component: Any = found[str(schema["$ref"])[start:]]
        properties = cast("dict[str, dict[str, object]]", component.get("properties", {}))
        for name, column, limited in _columns(kind):
            if limited is not None:
                (properties[name],), within = msgspec.json.schema_components(
                    [limited], schema_hook=_custom, ref_template=ref
                )
                found |= {each: within[each] for each in within if each not in found}
            properties[name] |= _said(column, kind)
    for component in found.values():
        _without_examples(cast("dict[str, object]", component))
    return [cast("dict[str, object]", each) for each in whole], cast("dict[str, object]", found)


def _without_examples(component: dict[str, object]) -> None:
    """A class's docstring is the description; examples in Python say nothing to who reads JSON."""
    text = component.get("description")
    if isinstance(text, str) and ">>> " in text:
        component["description"] = text.partition("\n\n")[0].partition(">>> ")[0].strip()


def _rows_within(kind: TableMeta) -> Iterator[TableMeta]:
    """The tables and Shapes whose rows the fields of a Shape hold."""
    waiting: list[object] = [column.python for column in info_of_class(kind).columns]
    while waiting:
        each = waiting.pop()
        waiting += get_args(each)
        if isinstance(each, TableMeta):
            yield each


def _columns(kind: Any) -> Iterator[tuple[str, ColumnInfo, object]]:
    """The columns of a class, by their names in JSON, and the annotation where the type of the column says more."""
    table = kind if isinstance(kind, TableMeta) else getattr(kind, "__inserts__", getattr(kind, "__patches__", None))
    if table is None:
        return
    columns = {column.attribute: column for column in info_of_class(table).columns}
    for field in msgspec.structs.fields(cast("Any", kind)):
        column = columns[field.name]
        limited: Any = column.type.limits(column.python) if table is kind else column.python
        said = limited is not column.python
        yield field.encode_name, column, (limited | None if column.optional else limited) if said else None


def _said(column: ColumnInfo, kind: object) -> Mapping[str, object]:
    found: dict[str, object] = {}
    if column.comment:
        found["description"] = column.comment
    if column.deprecated:
        found["deprecated"] = True
    if isinstance(kind, TableMeta) and not column.writable:
        found["readOnly"] = True
    if hasattr(kind, "__inserts__") and isinstance(column.default, Bind):
        with suppress(TypeError, ValueError):  # of a type that JSON has no form for
            found["default"] = msgspec.to_builtins(column.default.value)
    return found


def _custom(kind: type) -> dict[str, Any]:
    """What msgspec does not know, such as the value of a type of one's own, or `object`: nothing is promised of it."""
    return dict(_FORMATS.get(kind, _ANYTHING))
