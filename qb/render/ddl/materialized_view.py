"""Materialized views. https://www.postgresql.org/docs/current/sql-creatematerializedview.html"""

from __future__ import annotations

from msgspec.structs import replace

from qb.ddl.operation import Create, Drop
from qb.model.materialized_view import MaterializedView
from qb.model.target import Requirements
from qb.render.ddl.equal import ANEW, unless_equal
from qb.render.ddl.expression import query
from qb.render.ddl.parts import dropped, guarded, names
from qb.render.ddl.view import facts
from qb.types.identifier import qualified


def create(view: MaterializedView, operation: Create, needs: Requirements) -> str:
    """CREATE MATERIALIZED VIEW. One that stands has to be of this query: its rows would be others."""
    made = _made(view, needs)
    if not operation.if_not_exists:
        return made
    if view.external:
        return guarded(made, "duplicate_table")
    anew = replace(view, name=ANEW, with_data=False)
    seen = facts(view.schema, view.name, "m"), facts(anew.schema, anew.name, "m")
    return unless_equal(made, "duplicate_table", _made(anew, needs), seen, (view.kind, view.identity.title))


def _made(view: MaterializedView, needs: Requirements) -> str:
    columns = f" {names(view.columns)}" if view.columns else ""
    text = query(view.body.node, needs, view.identity.title)
    made = f"CREATE MATERIALIZED VIEW {qualified(view.schema, view.name)}{columns} AS {text}"
    return made if view.with_data else f"{made} WITH NO DATA"


def drop(view: MaterializedView, operation: Drop) -> str:
    """DROP MATERIALIZED VIEW."""
    return dropped(operation, "MATERIALIZED VIEW", qualified(view.schema, view.name))


def subject(view: MaterializedView) -> str:
    """What COMMENT ON calls it."""
    return f"MATERIALIZED VIEW {qualified(view.schema, view.name)}"


def granted(view: MaterializedView) -> tuple[str, str]:
    """What GRANT says: materialized views are tables to it."""
    return "", f"TABLE {qualified(view.schema, view.name)}"
