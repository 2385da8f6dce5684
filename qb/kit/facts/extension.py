"""Extensions.

https://www.postgresql.org/docs/current/catalog-pg-extension.html
"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.texts import PlainName


class ExtensionFact(Fact, frozen=True):
    """An extension. What it brought says so itself."""

    owner: PlainName
    schema: PlainName
    version: str


EXTENSIONS: Final = Reading(
    ExtensionFact,
    "pg_extension",
    """
SELECT 'extension', '', '', e.extname, e.oid::int8, 0,
  pg_get_userbyid(e.extowner), n.nspname, e.extversion
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
""",
)
