"""All tables of a schema as JSON Schema, and as the components of an OpenAPI document."""

from __future__ import annotations

import json
from typing import Any, Final

from qb.declare.json_schema import json_schemas, openapi_components
from qb.declare.new import New, Patch
from qb.kit.table_classes import classes_of
from qb.model.filter import Filter
from qb.model.schema import Schema

_MADE: Final = "Written by `qb types`: change the tables instead, and run it again."


def json_schema_document(schema: Schema, *, of: Filter = Filter()) -> str:
    """JSON Schema 2020-12 of each table: its row, what is inserted (`NewUser`) and what an update says (`PatchUser`).

    What a document holds is its class, lengths and ranges are those of the columns' types, texts their comments. The
    same schema gives the same text. https://json-schema.org/draft/2020-12

    >>> import json
    >>> from qb.kit import json_schema_document
    >>> sorted(json.loads(json_schema_document(schema(User)))["$defs"])
    ['NewUser', 'PatchUser', 'Settings', 'User']
    """
    return _text({"$comment": _MADE, **json_schemas(*_kinds(schema, of))})


def openapi_document(schema: Schema, *, title: str | None = None, of: Filter = Filter()) -> str:
    """The same as an OpenAPI 3.1 document without paths, for those of a program to refer to:
    `#/components/schemas/User`. https://spec.openapis.org/oas/v3.1.0

    >>> import json
    >>> from qb.kit import openapi_document
    >>> sorted(json.loads(openapi_document(schema(User)))["components"]["schemas"])
    ['NewUser', 'PatchUser', 'Settings', 'User']
    """
    info = {"title": title or schema.name or "Tables", "version": "0", "description": _MADE}
    components = {"schemas": openapi_components(*_kinds(schema, of))}
    return _text({"openapi": "3.1.0", "info": info, "paths": {}, "components": components})


def _kinds(schema: Schema, of: Filter) -> list[type[Any]]:
    found: list[type[Any]] = []
    for table, cls in classes_of(schema).items():
        if of.covers(table.source.schema, table.source.name):
            made: Any = cls
            found += (made, New[made], Patch[made])
    return found


def _text(document: dict[str, object]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
