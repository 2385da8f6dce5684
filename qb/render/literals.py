"""Values as SQL text, for where PostgreSQL takes no parameters: DDL. All escaping happens here.

https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-CONSTANTS
"""

from __future__ import annotations

import re

from qb.errors import DefinitionError
from qb.model.target import Feature, Requirements
from qb.model.written import parameter_in_definition
from qb.render.relation_names import Names
from qb.tree.expressions import Bind, Constant, ParamNode
from qb.tree.relations import QuerySource, RecursiveSource, Relation, label
from qb.types.array import Array
from qb.types.builtin import PLAIN

_INTEGERS = frozenset(type_.base for type_ in PLAIN if type_.wire.is_integer)
_BOOLEANS = frozenset(type_.base for type_ in PLAIN if type_.wire.is_boolean)
_PLAIN = re.compile(r"-?\d{1,9}")
"""A number that PostgreSQL takes for an integer; a longer one begins as a numeric."""


def string_literal(text: str) -> str:
    r"""A string constant, the same whatever `standard_conforming_strings` says.

    >>> print(string_literal("it's"), string_literal("a\\b"))
    'it''s' E'a\\b'
    """
    if "\0" in text:
        raise DefinitionError("PostgreSQL text cannot hold NUL (0x00) characters")
    doubled = text.replace("'", "''")
    return "E'" + doubled.replace("\\", "\\\\") + "'" if "\\" in text else f"'{doubled}'"


def value_literal(value: Bind) -> str:
    """A value as people write it where its type follows from its place: small integers are plain, others `typed`."""
    type_ = value.type
    if value.value is not None and not isinstance(type_, Array):
        if type_.wire.is_boolean:
            return "true" if value.value else "false"
        if type_.wire.is_integer and _PLAIN.fullmatch(text := _text(value)):
            return text
    return typed_literal(value)


def typed_literal(value: Bind) -> str:
    """A value with its type: `'2'::bigint`. DefinitionError where it does not fit."""
    if value.value is None:
        return f"NULL::{value.type.base}"
    return f"{string_literal(_text(value))}::{value.type.base}"


def constant_literal(constant: Constant) -> str:
    """A constant, `plain` as `value_literal` writes it."""
    text, base = constant.text, constant.base
    if constant.plain:
        if base in _BOOLEANS:
            return "true" if text in ("t", "true") else "false"
        if base in _INTEGERS and _PLAIN.fullmatch(text):
            return text
    return f"{string_literal(text)}::{base}"


def _text(value: Bind) -> str:
    try:
        return value.type.literal(value.value)
    except (TypeError, ValueError) as error:
        raise DefinitionError(f"{value.column or 'a value'} does not fit {value.type.name}: {error}") from None


def dollar_quoted(text: str) -> str:
    """A body of code between `$qb$`, or a tag that the body does not hold.

    >>> dollar_quoted("SELECT $qb$x$qb$")
    '$qb1$SELECT $qb$x$qb$$qb1$'
    """
    tag, number = "$qb$", 0
    while (text + tag).index(tag) < len(text):  # also where the end of the text and the tag make up a tag
        number += 1
        tag = f"$qb{number}$"
    return f"{tag}{text}{tag}"


class Literals:
    """Writes values into the text while the SQL is put together, where `Dollars` would number parameters.

    `names` are those of a query's relations. In a query every value says its type, as no column does it there.
    """

    __slots__ = ("names", "needs", "where")

    def __init__(self, needs: Requirements, where: str, names: Names | None = None) -> None:
        self.needs: Requirements = needs
        self.where: str = where
        self.names: Names | None = names

    def place(self, value: Bind | ParamNode) -> str:
        """The SQL that stands for a value."""
        if isinstance(value, ParamNode):
            raise parameter_in_definition(value)
        return value_literal(value) if self.names is None else typed_literal(value)

    def require(self, feature: Feature) -> None:
        """Note what the definition needs of its server."""
        self.needs.add(feature, self.where)

    def name(self, relation: Relation) -> str:
        """What the statement calls a relation: in a definition, by its own name."""
        return label(relation) if self.names is None else self.names.of(relation)

    def cte(self, table: QuerySource | RecursiveSource) -> str:
        """What WITH calls a CTE."""
        return label(table) if self.names is None else self.names.of_cte(table)
