"""Views and materialized views. https://www.postgresql.org/docs/current/sql-createview.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.view import ViewFact
from qb.kit.planning.ddl.columns import view_column_lines
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rule import Altered, DdlRule, Lines, drop_plainly
from qb.kit.planning.ddl.sql_names import changed_options, dotted, with_options
from qb.model.object import Identity
from qb.types.identifier import quoted


def _create_view(identity: Identity, fact: ViewFact, parts: CatalogParts) -> Lines:
    lines = [_statement(identity, fact)]
    for each, of in parts.columns(identity.schema, identity.name):
        lines += view_column_lines(each, of)
    return lines


def _statement(identity: Identity, fact: ViewFact, *, replace: bool = False) -> str:
    name, query = dotted(identity.schema, identity.name), fact.definition.strip().removesuffix(";")
    if identity.kind == "view":
        return f"CREATE {'OR REPLACE ' if replace else ''}VIEW {name}{with_options(fact.options)} AS\n{query}"
    using = f" USING {quoted(fact.access_method)}" if fact.access_method not in (None, "heap") else ""
    space = f" TABLESPACE {quoted(fact.tablespace)}" if fact.tablespace is not None else ""
    rows = "\nWITH NO DATA" if fact.populated is False else ""
    return f"CREATE MATERIALIZED VIEW {name}{using}{with_options(fact.options)}{space} AS\n{query}{rows}"


def _alter_view(change: Altered[ViewFact]) -> Lines | None:
    identity, one, other = change.identity, change.one, change.other
    if "definition" in change.fields:
        return [_statement(identity, other, replace=True)] if _extends(change) else None
    name = f"{identity.kind.upper()} {dotted(identity.schema, identity.name)}"
    lines: Lines = []
    if "options" in change.fields:
        lines += [f"ALTER {name} {each}" for each in changed_options(one.options, other.options)]
    if "access_method" in change.fields:
        lines.append(f"ALTER {name} SET ACCESS METHOD {quoted(other.access_method or 'heap')}")
    if "tablespace" in change.fields:
        lines.append(f"ALTER {name} SET TABLESPACE {quoted(other.tablespace or 'pg_default')}")
    if "populated" in change.fields:
        lines.append(f"REFRESH {name}{'' if other.populated else ' WITH NO DATA'}")
    return lines


def _extends(change: Altered[ViewFact]) -> bool:
    """Whether OR REPLACE takes it: a view whose columns stay, and others come after them."""
    identity = change.identity
    if identity.kind != "view":
        return False
    one = change.before.columns(identity.schema, identity.name)
    other = change.after.columns(identity.schema, identity.name)
    mine = [(each.name, fact.type, fact.collation) for each, fact in one]
    return mine == [(each.name, fact.type, fact.collation) for each, fact in other][: len(mine)]


VIEW_RULE: Final = DdlRule(_create_view, _alter_view, drop_plainly)
