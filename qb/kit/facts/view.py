"""Views and materialized views. https://www.postgresql.org/docs/current/view-pg-views.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.storage_options import options_in_order
from qb.kit.facts.texts import PlainName, SqlText


class ViewFact(Fact, frozen=True):
    """A view, or a materialized one."""

    owner: PlainName
    definition: SqlText
    options: tuple[str, ...]
    """check_option, security_barrier, security_invoker; of a materialized view storage parameters."""
    access_method: PlainName | None
    tablespace: PlainName | None
    populated: bool | None
    """Whether a materialized view has been filled; None where nobody can say, as of a dump without rows."""


VIEWS: Final = Reading(
    ViewFact,
    "pg_class",
    """
SELECT CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END, n.nspname, '', c.relname, c.oid::int8, 0,
  pg_get_userbyid(c.relowner), pg_get_viewdef(c.oid),
  """
    + options_in_order("c.reloptions")
    + """,
  a.amname, s.spcname, c.relispopulated
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_am a ON a.oid = c.relam
LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
WHERE c.relkind IN ('v', 'm') AND c.oid >= 16384 AND c.relpersistence <> 't'
""",
)
