"""xml, as text. PostgreSQL keeps a document as it is written, and has no = for it.

https://www.postgresql.org/docs/current/datatype-xml.html
"""

from __future__ import annotations

from typing import Final

from qb.types.base import SqlType
from qb.types.facts import Wire
from qb.types.textual import Plain

XML: Final = Wire(
    name="xml", oid=142, array_oid=143, kind="xml", takes=(str,), equality=False, extremes=False, texted=True
)


class XmlTypes:
    """xml in `pg`."""

    __slots__ = ()
    xml: SqlType[str | None] = Plain("xml", "xml", XML)
