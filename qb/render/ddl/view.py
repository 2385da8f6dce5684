"""Views. https://www.postgresql.org/docs/current/sql-createview.html"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from qb.ddl.operation import Create, Drop
from qb.model.target import Feature, Requirements
from qb.model.view import View
from qb.render.ddl.equal import ANEW, unless_equal
from qb.render.ddl.expression import query
from qb.render.ddl.parts import dropped, guarded, names
from qb.render.literals import string_literal
from qb.types.identifier import qualified

INVOKER = Feature("security_invoker", 15)


def create(view: View, operation: Create, needs: Requirements) -> str:
    """CREATE VIEW."""
    made = f"CREATE {_rest(view, needs)}"
    if not operation.if_not_exists:
        return made
    if view.external:
        return guarded(made, "duplicate_table")
    anew = replace(view, name=ANEW)
    return unless_equal(
        made,
        "duplicate_table",
        f"CREATE {_rest(anew, needs)}",
        (facts(view.schema, view.name, "v"), facts(anew.schema, anew.name, "v")),
        ("view", view.identity.title),
    )


def facts(schema: str | None, name: str, kind: str) -> str:
    """What the catalog says of a view, or of a materialized one, but its name.

    https://www.postgresql.org/docs/current/view-pg-views.html
    """
    where = "pg_catalog.current_schema()" if schema is None else string_literal(schema)
    return (
        "SELECT pg_catalog.jsonb_build_object('query', pg_catalog.pg_get_viewdef(c.oid), "
        "'options', ARRAY(SELECT unnest(c.reloptions) ORDER BY 1), 'columns', ARRAY(SELECT a.attname::text || ' ' || "
        "pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid "
        "AND a.attnum > 0 ORDER BY a.attnum)) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
        f"ON n.oid = c.relnamespace WHERE c.relkind = {string_literal(kind)} AND n.nspname = {where} "
        f"AND c.relname = {string_literal(name)}"
    )


def alter(before: View, after: View, needs: Requirements) -> Iterator[str]:
    """CREATE OR REPLACE VIEW, which replaces its options, too."""
    yield f"CREATE OR REPLACE {_rest(after, needs)}"


def drop(view: View, operation: Drop) -> str:
    """DROP VIEW."""
    return dropped(operation, "VIEW", qualified(view.schema, view.name))


def subject(view: View) -> str:
    """What COMMENT ON calls it."""
    return f"VIEW {qualified(view.schema, view.name)}"


def granted(view: View) -> tuple[str, str]:
    """What GRANT says: views are tables to it."""
    return "", f"TABLE {qualified(view.schema, view.name)}"


def _rest(view: View, needs: Requirements) -> str:
    where = view.identity.title
    options = [f"check_option='{view.check_option}'"] if view.check_option else []
    if view.security_barrier:
        options.append("security_barrier=true")
    if view.security_invoker:
        needs.add(INVOKER, where)
        options.append("security_invoker=true")
    columns = f" {names(view.columns)}" if view.columns else ""
    behind = f" WITH ({', '.join(options)})" if options else ""
    return f"VIEW {qualified(view.schema, view.name)}{columns}{behind} AS {query(view.body.node, needs, where)}"
