"""What rows that are there get in a column that has to have a value, and has none yet.

https://www.postgresql.org/docs/current/sql-altertable.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Self

from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.type import DomainFact, EnumFact
from qb.kit.planning.action import PlanAction
from qb.kit.planning.ddl.columns import inherited_columns
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.sql_names import name_of_table
from qb.kit.planning.ddl.tables import alter_table, is_alone, not_null_of
from qb.kit.qualified import parts as name_parts
from qb.model.object import Identity
from qb.render.literals import string_literal
from qb.types.identifier import quoted

_NO_VALUES: Final[Mapping[Identity, str]] = MappingProxyType({})
_LIMIT: Final = re.compile(r"\([\d,]+\)")
_NEUTRAL: Final = {
    **dict.fromkeys(("smallint", "integer", "bigint", "numeric", "real", "double precision", "money", "oid"), "0"),
    **dict.fromkeys(("text", "character varying", "character", "name", "bytea"), ""),
    **dict.fromkeys(("date", "timestamp without time zone"), "1970-01-01"),
    "timestamp with time zone": "1970-01-01 00:00:00+00",
    "time without time zone": "00:00:00",
    "time with time zone": "00:00:00+00",
    "interval": "0",
    "boolean": "false",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "json": "null",
    "jsonb": "null",
    "inet": "0.0.0.0",
    "cidr": "0.0.0.0/32",
    "bit varying": "",
    "tsvector": "",
    **dict.fromkeys(("int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange"), "empty"),
}
_NAME: Final = r'(?:"(?:[^"]|"")+"|[A-Za-z_]\w*)'
_TYPE: Final = rf"{_NAME}(?:\.{_NAME})?(?: precision| varying)?(?:\([\d, ]+\))?(?: with(?:out)? time zone)?(?:\[\])*"
_CONSTANT: Final = re.compile(
    r"(?:[-+]?\d+(?:\.\d*)?(?:e[-+]?\d+)?|E'(?:[^'\\]|\\.|'')*+'|'(?:[^']|'')*+'"
    r"|true|false|now\(\)|current_(?:date|timestamp))"
    rf"(?:::{_TYPE})*",
    re.IGNORECASE | re.DOTALL,
)


_ASKS_FOR_ONE: Final = (" IS NOT NULL", "num_nonnulls(", "num_nulls(")
"""What a check says that NULL may not fulfil."""


class FillWhere(str):
    """A value, and which rows get it besides those that have none."""

    __slots__ = ("where",)

    where: str

    def __new__(cls, value: str, where: str) -> Self:
        made = super().__new__(cls, value)
        made.where = where
        return made


class ColumnFills:
    """Values for columns: those that somebody said, and on the way back what stands for nothing."""

    def __init__(self, after: CatalogParts, said: Mapping[Identity, str] = _NO_VALUES, *, back: bool = False) -> None:
        self.after: Final = after
        self.said: Final = said
        self.back: Final = back

    def value(self, column: Identity, fact: ColumnFact) -> str | None:
        """An expression for a new column; None where nobody knows one, or none is wanted."""
        if (found := self.said.get(column)) is not None:
            return found
        if self.back and self.wants(column, fact) and not self._is_asked_of(column):
            return neutral_value(fact.type, self.after)
        return None

    def wants(self, column: Identity, fact: ColumnFact) -> bool:
        """Whether a new column cannot be added where rows are, unless it has a value."""
        if fact.of != "table" or fact.default is not None or fact.identity or fact.generated:
            return False
        domain = self.after.get(Identity("domain", *_twice(fact.type)))
        if isinstance(domain, DomainFact) and domain.default is not None:
            return False
        if isinstance(domain, DomainFact) and domain.not_null:
            return True
        return any(self._has_one(each, of) for each, of in ((column, fact), *inherited_columns(column, self.after)))

    def _has_one(self, column: Identity, fact: ColumnFact) -> bool:
        """Whether rows have to have a value in it, in its own table."""
        found = not_null_of(column, self.after)
        if fact.not_null and (found is None or found[1].valid):
            return True
        return any(
            isinstance(check := self.after.get(each), ConstraintFact)
            and each.kind == "check"
            and column.name in check.columns
            and check.valid
            and any(word in check.definition for word in _ASKS_FOR_ONE)
            for each in self.after.within(column.schema, column.table)
        )

    def _is_asked_of(self, column: Identity) -> bool:
        """Whether not every value will do."""
        tables = (column, *(each for each, _ in inherited_columns(column, self.after)))
        for each in (part for table in tables for part in self.after.within(table.schema, table.table)):
            fact = self.after.get(each)
            if isinstance(fact, ConstraintFact) and each.kind != "not null" and column.name in fact.columns:
                return True
        needing = (each for table in tables for each in self.after.needing(table))
        return any(isinstance(fact := self.after.get(each), IndexFact) and fact.unique for each in needing)


def neutral_value(type_: str, parts: CatalogParts) -> str | None:
    """What stands for nothing in a type, as SQL; None where that is not known.

    >>> from qb.kit.catalog import Catalog
    >>> neutral_value("text", CatalogParts(Catalog({}, {})))
    "''::text"
    """
    if type_.endswith("[]"):
        return f"'{{}}'::{type_}"
    plain = " ".join(_LIMIT.sub(" ", type_).split())
    if (found := _NEUTRAL.get(plain)) is not None:
        return f"'{found}'::{type_}"
    match parts.get(Identity("enum", *_twice(type_))):
        case EnumFact(labels=(first, *_)):
            return f"{string_literal(first)}::{type_}"
        case _:
            pass
    domain = Identity("domain", *_twice(type_))
    fact = parts.get(domain)
    if not isinstance(fact, DomainFact) or any(
        each.kind == "check" for each in parts.within(domain.schema, domain.name)
    ):
        return None
    inner = neutral_value(fact.base, parts)
    return None if inner is None else f"{inner}::{type_}"


def set_not_null(column: Identity, fact: ColumnFact, parts: CatalogParts) -> PlanAction:
    """That a column holds no NULL, once it is filled."""
    at = Identity("not null", column.schema, column.table, column.name)
    filled = Identity("filled", column.schema, column.table, column.name)
    head = alter_table(Identity(fact.of, column.schema, "", column.table))
    line = f"{head} ALTER COLUMN {quoted(column.name)} SET NOT NULL"
    found = not_null_of(column, parts)
    makes = frozenset((at, column))
    if found is not None and (is_alone(found[1]) or found[1].comment is not None):
        alone = " NO INHERIT" if is_alone(found[1]) else ""
        line = f"{head} ADD CONSTRAINT {quoted(found[0].name)} NOT NULL {quoted(column.name)}{alone}"
        makes |= {found[0]}
    return PlanAction("alter", at, (line,), makes, needs=frozenset((filled,)))


def sets_not_null(action: PlanAction) -> bool:
    """Whether it says of a column that is there that it holds no NULL, whichever way."""
    line = action.statements[0]
    return action.identity.kind == "not null" and line.startswith("ALTER ") and not line.endswith(" DROP NOT NULL")


def drop_not_null(column: Identity, fact: ColumnFact, gone: Iterable[Identity]) -> PlanAction:
    """That a column may hold NULL, and which constraints are `gone` with that: others may have their names."""
    at = Identity("not null", column.schema, column.table, column.name)
    line = f"{alter_table(Identity(fact.of, column.schema, '', column.table))} ALTER COLUMN {quoted(column.name)}"
    return PlanAction("alter", at, (f"{line} DROP NOT NULL",), frozenset((at,)), frozenset(gone))


def filled_column(
    column: Identity, value: str, makes: frozenset[Identity], *, needs: frozenset[Identity] = frozenset()
) -> PlanAction:
    """What writes a value into each row that has none in a column."""
    at = Identity("filled", column.schema, column.table, column.name)
    name = quoted(column.name)
    more = f" OR {value.where}" if isinstance(value, FillWhere) else ""
    line = f"UPDATE {name_of_table(column)} SET {name} = {value} WHERE {name} IS NULL{more}"
    return PlanAction("alter", at, (line,), makes | {at}, needs=needs)


def is_one_value(expression: str) -> bool:
    """Whether an expression is one value for all rows: then no row is written.

    >>> is_one_value("'it''s'::text"), is_one_value("-1.5"), is_one_value("now()"), is_one_value("lower(name)")
    (True, True, True, False)
    """
    return _CONSTANT.fullmatch(expression.strip()) is not None


def _twice(type_: str) -> tuple[str, str, str]:
    schema, name = name_parts(type_)
    return schema, "", name
