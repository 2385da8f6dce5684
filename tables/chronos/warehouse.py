"""For the `env.py` of Alembic, which migrates the data warehouse in the same database: what is its own.

Without it `alembic revision --autogenerate` would drop every table that its metadata do not have: ours, and Directus'.
https://alembic.sqlalchemy.org/en/latest/autogenerate.html#omitting-table-names-from-the-autogenerate-process
"""

from collections.abc import Mapping
from typing import Final

ITS_OWN: Final = ("raw_", "staging_")


def include_name(name: str | None, kind: str, parents: Mapping[str, str | None]) -> bool:
    """Whether Alembic is to compare something: `context.configure(..., include_name=include_name)`.

    >>> include_name("staging_deals", "table", {}), include_name("app_deals", "table", {})
    (True, False)
    """
    table = name if kind == "table" else parents.get("table_name")
    return table is None or table.startswith(ITS_OWN)
