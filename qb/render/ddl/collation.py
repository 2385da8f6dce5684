"""Collations. https://www.postgresql.org/docs/current/sql-createcollation.html"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.model.collation import Collation
from qb.model.target import Feature, Requirements
from qb.render.ddl.parts import dropped
from qb.render.literals import string_literal
from qb.types.identifier import qualified, quoted

PROVIDER = Feature("the provider of a collation", 10)
BUILTIN = Feature("the provider builtin", 17)
NONDETERMINISTIC = Feature("a collation that is not deterministic", 12)
OF_RULES = Feature("the rules of a collation", 16)


def create(item: Collation, operation: Create, needs: Requirements) -> str:
    """CREATE COLLATION."""
    where = item.identity.title
    begin = f"CREATE COLLATION {'IF NOT EXISTS ' if operation.if_not_exists else ''}{qualified(item.schema, item.name)}"
    if item.copy or not (item.locale or item.lc_collate):
        return f"{begin} FROM {quoted(item.copy or 'C')}"
    parts: list[str] = []
    if item.provider:
        needs.add(BUILTIN if item.provider == "builtin" else PROVIDER, where)
        parts.append(f"provider = {item.provider}")
    said = {"locale": item.locale, "lc_collate": item.lc_collate, "lc_ctype": item.lc_ctype}
    parts += (f"{clause} = {string_literal(text)}" for clause, text in said.items() if text)
    if not item.deterministic:
        needs.add(NONDETERMINISTIC, where)
        parts.append("deterministic = false")
    if item.rules:
        needs.add(OF_RULES, where)
        parts.append(f"rules = {string_literal(item.rules)}")
    return f"{begin} ({', '.join(parts)})"


def drop(item: Collation, operation: Drop) -> str:
    """DROP COLLATION."""
    return dropped(operation, "COLLATION", qualified(item.schema, item.name))


def subject(item: Collation) -> str:
    """What COMMENT ON calls it."""
    return f"COLLATION {qualified(item.schema, item.name)}"
