"""Aggregates. https://www.postgresql.org/docs/current/sql-createaggregate.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.function import AggregateFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rule import DdlRule, Lines, drop_plainly, never_altered
from qb.kit.planning.ddl.sql_names import dotted
from qb.kit.qualified import routine_parts
from qb.model.object import Identity
from qb.render.literals import string_literal

_MODIFIES: Final = {"r": "READ_ONLY", "s": "SHAREABLE", "w": "READ_WRITE"}


def aggregate_statement(identity: Identity, fact: AggregateFact) -> str:
    """The statement that makes an aggregate as it is.

    >>> from qb.kit import Identity
    >>> parts = ("sfunc=int4pl", "stype=integer", "initcond=0")
    >>> total = AggregateFact(None, None, "postgres", "integer", "integer", "normal", "unsafe", parts)
    >>> aggregate_statement(Identity("aggregate", "app", "", "total(integer)"), total)
    'CREATE AGGREGATE "app"."total"(integer) (sfunc = int4pl, stype = integer, initcond = \\'0\\')'
    """
    name, _ = routine_parts(identity.name)
    said = [_part(*each.partition("=")[::2]) for each in fact.parts]
    said += [f"parallel = {fact.parallel}"] if fact.parallel != "unsafe" else []
    said += ["hypothetical"] if fact.aggregate == "hypothetical-set" else []
    return f"CREATE AGGREGATE {dotted(identity.schema, name)}({fact.arguments or '*'}) ({', '.join(said)})"


def _part(word: str, value: str) -> str:
    if word.endswith("_extra"):
        return word
    if word.endswith("_modify"):
        return f"{word} = {_MODIFIES[value]}"
    if word.endswith("initcond"):
        return f"{word} = {string_literal(value)}"
    if word == "sortop":
        operator, _ = routine_parts(value)
        return f"{word} = OPERATOR({operator})" if "." in operator else f"{word} = {operator}"
    return f"{word} = {value}"


def _create_aggregate(identity: Identity, fact: AggregateFact, parts: CatalogParts) -> Lines:
    return [aggregate_statement(identity, fact)]


AGGREGATE_RULE: Final = DdlRule(_create_aggregate, never_altered, drop_plainly)
