"""Defaults and other expressions of the server's: a Python value where that certainly says the same, else SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from qb.kit.pull.book import Book
from qb.kit.pull.constants import catalog_array, default_constant
from qb.kit.pull.deparsed import Deparsed, WrittenCast, deparsed
from qb.kit.pull.expressions import typed_condition, typed_expression
from qb.kit.pull.kinds import ValueKind
from qb.kit.pull.known_columns import columns_behind
from qb.kit.pull.saying import Nameable, TypedCode
from qb.kit.pull.source import Code, call, code_of, raw, text
from qb.kit.pull.tokens import braced, steady, with_columns
from qb.kit.pull.types import PythonType

_LIMIT: Final = re.compile(r"(?:varchar|(?P<padded>char))\((?P<most>\d+)\)")
_EXACT: Final = re.compile(r"numeric\((?P<whole>\d+), (?P<behind>-?\d+)\)")
_OF_ANY_BRAND: Final = ("fn.gen_random_uuid()", "fn.now()")


def default_of(
    book: Book, sql: str, of: PythonType, brand: str | None, written: str = "", *, optional: bool = False
) -> Code:
    """The default of a column, a domain or an argument."""
    made = _typed_default(book, sql, of, brand, written, optional=optional)
    book.wrote[made is not None] += 1
    return raw_of(braced(steady(sql)), {}, of, brand) if made is None else made


def _typed_default(
    book: Book, sql: str, of: PythonType, brand: str | None, written: str, *, optional: bool
) -> Code | None:
    node = deparsed(sql)
    base = catalog_array(written) if written else of.known
    if node is None or (not of.known and not of.labels and not base.endswith("[]")):
        return None
    wanted = ValueKind(base, of.annotation, brand, of.labels, optional)
    if (value := default_constant(node, wanted, _limit(of))) is not None:
        return value
    found = typed_expression(node, Nameable({}, book.callables))
    if found is None or found.kind.base != base or found.kind.python.text != of.annotation.text:
        return None
    if (found.kind.optional and not optional) or (brand is not None and found.code.text not in _OF_ANY_BRAND):
        return None
    return found.code


def _limit(of: PythonType) -> tuple[int, int] | None:
    """How long a text is at least and at most; of a number how many digits it has before and behind its point."""
    if (exact := _EXACT.search(of.expression.text)) is not None:
        whole, behind = int(exact["whole"]), int(exact["behind"])
        return whole - behind, max(behind, 0)
    found = _LIMIT.search(of.expression.text)
    return None if found is None else (int(found["most"]) if found["padded"] else 0, int(found["most"]))


def raw_of(template: str, values: Mapping[str, Code], of: PythonType, brand: str | None) -> Code:
    """An expression in SQL of a type."""
    annotation = of.annotation if brand is None else Code(brand, frozenset((brand,)))
    said = ", type=" if not of.follows else ""
    stated: Code | str = of.expression if said else ""
    return code_of((raw(template, **values), ".as_(", annotation, said, stated, ", not_null=True)"), "")


def condition_on(book: Book, place: tuple[str, str], sql: str, annotation: str = "bool") -> Code | None:
    """A condition, or another expression, over the columns of a table; None where it names none.

    An expression that is no condition says of what `annotation` it is where it stays SQL.
    """
    names = book.tables[place]
    scope = columns_behind(book, place)
    if (node := deparsed(sql)) is not None:
        made = typed_condition(node, scope) if annotation == "bool" else _key(node, scope)
        if made is not None and made.code.uses & {names.name}:
            book.wrote[True] += 1
            return made.code
    template, used = with_columns(steady(sql), names.attributes)
    if not used:
        return None
    book.wrote[False] += 1
    values = {each: Code(f"{names.name}.{each}", frozenset((names.name,))) for each in used}
    return code_of((call("sql", text(template), **values), f".as_({annotation})"), "")


def _key(node: Deparsed, scope: Nameable) -> TypedCode | None:
    """What an index is on; not a cast, of which mypy knows no type there."""
    return None if isinstance(node, WrittenCast) else typed_expression(node, scope)


def policy_condition(book: Book, place: tuple[str, str], sql: str) -> TypedCode | None:
    """A condition of a policy, which may name no column."""
    node = deparsed(sql)
    return None if node is None else typed_condition(node, columns_behind(book, place)._replace(is_policy=True))
