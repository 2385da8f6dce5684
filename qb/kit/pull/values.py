"""Defaults and other expressions of the server's: a Python value where that certainly says the same, else SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from qb.kit.pull.book import Book
from qb.kit.pull.source import Code, call, code_of, raw, text
from qb.kit.pull.tokens import braced, steady, with_columns
from qb.kit.pull.types import PythonType

_NUMBER: Final = re.compile(r"\d+")
_NEGATIVE: Final = re.compile(r"'(-\d+)'::(smallint|integer|bigint)")
_TEXT: Final = re.compile(r"'((?:[^']|'')*)'::(.+)", re.DOTALL)
_TEXTS: Final = {"text": "text", "varchar": "character varying"}
_BITS: Final = {"int2": 15, "int4": 31, "int8": 63}
_WRITTEN: Final = {"int2": "smallint", "int4": "integer", "int8": "bigint"}
_FUNCTIONS: Final = {
    ("now()", "timestamptz"): "fn.now()",
    ("gen_random_uuid()", "uuid"): "fn.gen_random_uuid()",
}


def default_of(book: Book, sql: str, of: PythonType, brand: str | None, written: str = "") -> Code:
    """The default of a column, a domain or an argument."""
    if (function := _FUNCTIONS.get((sql, of.known))) is not None:
        return Code(function, frozenset(), frozenset(("qb:fn",)))
    value = _value(sql, of, written)
    if value is not None:
        return value if brand is None else code_of((Code(brand, frozenset((brand,))), "(", value, ")"), "")
    return raw_of(braced(steady(sql)), {}, of, brand)


def raw_of(template: str, values: Mapping[str, Code], of: PythonType, brand: str | None) -> Code:
    """An expression in SQL of a type."""
    annotation = of.annotation if brand is None else Code(brand, frozenset((brand,)))
    said = ", type=" if not of.follows else ""
    stated: Code | str = of.expression if said else ""
    return code_of((raw(template, **values), ".as_(", annotation, said, stated, ", not_null=True)"), "")


def _value(sql: str, of: PythonType, written: str) -> Code | None:
    """A plain value that the server writes so again."""
    if of.known in _BITS:
        if _NUMBER.fullmatch(sql) and int(sql) < 2 ** _BITS[of.known] and (of.known != "int8" or int(sql) < 2**31):
            return Code(sql)
        if (found := _NEGATIVE.fullmatch(sql)) and found[2] == "integer" and of.known != "int2":
            return Code(found[1])
        return None
    if of.known == "bool" and sql in ("true", "false"):
        return Code(sql.capitalize())
    found = _TEXT.fullmatch(sql)
    if found is None:
        return None
    value, type_ = found[1].replace("''", "'"), found[2]
    if of.labels:
        said = (written, written.partition("(")[0])  # of varchar(20) a text is one of varchar
        return Code(text(value)) if value in of.labels and type_ in said else None
    if of.known in _TEXTS and type_ == _TEXTS[of.known] and _fits(value, of.expression.text):
        return Code(text(value))
    return None


def _fits(value: str, expression: str) -> bool:
    limit = re.search(r"varchar\((\d+)\)", expression)
    return limit is None or len(value) <= int(limit[1])


def condition_on(table: str, attributes: Mapping[str, str], sql: str, annotation: str = "bool") -> Code | None:
    """A condition, or another expression, over the columns of a table; None where it names none."""
    template, used = with_columns(steady(sql), attributes)
    if not used:
        return None
    values = {each: Code(f"{table}.{each}", frozenset((table,))) for each in used}
    return code_of((call("sql", text(template), **values), f".as_({annotation})"), "")
