"""Materialized views. https://www.postgresql.org/docs/current/sql-creatematerializedview.html"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.model.materialized_view import MaterializedView
from qb.model.target import Requirements
from qb.render.ddl.expression import query
from qb.render.ddl.parts import dropped, names
from qb.types.identifier import qualified


def create(view: MaterializedView, operation: Create, needs: Requirements) -> str:
    """CREATE MATERIALIZED VIEW."""
    guard = "IF NOT EXISTS " if operation.if_not_exists else ""
    columns = f" {names(view.columns)}" if view.columns else ""
    made = f"CREATE MATERIALIZED VIEW {guard}{qualified(view.schema, view.name)}{columns}"
    text = query(view.body.node, needs, view.identity.title)
    return f"{made} AS {text}{'' if view.with_data else ' WITH NO DATA'}"


def drop(view: MaterializedView, operation: Drop) -> str:
    """DROP MATERIALIZED VIEW."""
    return dropped(operation, "MATERIALIZED VIEW", qualified(view.schema, view.name))


def subject(view: MaterializedView) -> str:
    """What COMMENT ON calls it."""
    return f"MATERIALIZED VIEW {qualified(view.schema, view.name)}"


def granted(view: MaterializedView) -> tuple[str, str]:
    """What GRANT says: materialized views are tables to it."""
    return "", f"TABLE {qualified(view.schema, view.name)}"
