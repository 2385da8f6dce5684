"""Annotations of what Python and qb have by themselves, with what they import."""

from __future__ import annotations

import re
from typing import Final

from qb.kit.pull.source import Code

_IMPORTS: Final = {
    "Decimal": "decimal:Decimal",
    "UUID": "uuid:UUID",
    "dt.": "datetime:dt",
    "msgspec.": ":msgspec",
    "IPv4Interface": "ipaddress:IPv4Interface",
    "IPv6Interface": "ipaddress:IPv6Interface",
    "IPv4Network": "ipaddress:IPv4Network",
    "IPv6Network": "ipaddress:IPv6Network",
    "Range[": "qb:Range",
    "Multirange[": "qb:Multirange",
    "RegConfig": "qb.typing:RegConfig",
    "TsVector": "qb.typing:TsVector",
    "TsQuery": "qb.typing:TsQuery",
    "LTree": "qb.typing:LTree",
    "LQuery": "qb.typing:LQuery",
    "LTxtQuery": "qb.typing:LTxtQuery",
}
"""What annotations import."""


def plain_annotation(annotation: str) -> Code:
    """An annotation of nothing that is written here, with what it imports."""
    wanted = [home for start, home in _IMPORTS.items() if re.search(rf"(?<![\w.]){re.escape(start)}", annotation)]
    return Code(annotation, frozenset(), frozenset(wanted))
