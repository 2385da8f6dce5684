"""PostgreSQL's types as SQLAlchemy has them. https://docs.sqlalchemy.org/en/20/dialects/postgresql.html"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from qb.kit.catalog import Catalog
from qb.kit.facts.type import DomainFact, EnumFact
from qb.kit.qualified import parts
from qb.model.object import Identity

_LIMITS: Final = re.compile(r"\(([\d,\s-]+)\)")


class ModelType(NamedTuple):
    """How a column is typed."""

    sql: str
    """What makes SQLAlchemy's type."""
    python: str
    """The annotation, without None."""


_PLAIN: Final[Mapping[str, ModelType]] = {
    "smallint": ModelType("sa.SmallInteger()", "int"),
    "integer": ModelType("sa.Integer()", "int"),
    "bigint": ModelType("sa.BigInteger()", "int"),
    "real": ModelType("sa.REAL()", "float"),
    "double precision": ModelType("sa.Double()", "float"),
    "boolean": ModelType("sa.Boolean()", "bool"),
    "text": ModelType("sa.Text()", "str"),
    "bytea": ModelType("sa.LargeBinary()", "bytes"),
    "uuid": ModelType("sa.Uuid()", "UUID"),
    "date": ModelType("sa.Date()", "dt.date"),
    "json": ModelType("pg.JSON()", "Any"),
    "jsonb": ModelType("pg.JSONB()", "Any"),
    "jsonpath": ModelType("pg.JSONPATH()", "str"),
    "inet": ModelType("pg.INET()", "Any"),
    "cidr": ModelType("pg.CIDR()", "Any"),
    "macaddr": ModelType("pg.MACADDR()", "str"),
    "macaddr8": ModelType("pg.MACADDR8()", "str"),
    "money": ModelType("pg.MONEY()", "str"),
    "oid": ModelType("pg.OID()", "int"),
    "tsvector": ModelType("pg.TSVECTOR()", "str"),
    "tsquery": ModelType("pg.TSQUERY()", "str"),
    "interval": ModelType("pg.INTERVAL()", "dt.timedelta"),
    "citext": ModelType("pg.CITEXT()", "str"),
}
_RANGES: Final = {
    "int4range": "int",
    "int8range": "int",
    "numrange": "Decimal",
    "daterange": "dt.date",
    "tsrange": "dt.datetime",
    "tstzrange": "dt.datetime",
}
_TIMES: Final = {
    "timestamp without time zone": ("pg.TIMESTAMP", "", "dt.datetime"),
    "timestamp with time zone": ("pg.TIMESTAMP", "timezone=True", "dt.datetime"),
    "time without time zone": ("pg.TIME", "", "dt.time"),
    "time with time zone": ("pg.TIME", "timezone=True", "dt.time"),
}
_SIZED: Final = {
    "character varying": "sa.String",
    "character": "sa.CHAR",
    "bit": "pg.BIT",
    "bit varying": "pg.BIT",
}


class ModelTypes:
    """The types of one catalog; `names` are the variables of enums and domains."""

    def __init__(self, catalog: Catalog, names: Mapping[Identity, str]) -> None:
        self.catalog: Catalog = catalog
        self.names: Mapping[Identity, str] = names

    def of(self, type_: str, collation: str | None = None) -> ModelType:
        """A type as the server writes it, `numeric(6,2)[]`."""
        if type_.endswith("[]"):
            inner = self.of(type_[:-2])
            return ModelType(f"pg.ARRAY({inner.sql})", f"list[{inner.python}]")
        limits = _LIMITS.search(type_)
        plain = " ".join(_LIMITS.sub(" ", type_).split())
        sizes = [each.strip() for each in limits[1].split(",")] if limits else []
        if collation is not None and plain in ("text", "character varying", "character"):
            return ModelType(
                _sized({"text": "sa.Text"}.get(plain) or _SIZED[plain], [*sizes, *_said(collation)]), "str"
            )
        if plain in _PLAIN and not sizes:
            return _PLAIN[plain]
        if plain == "numeric":
            return ModelType(_sized("sa.Numeric", sizes), "Decimal")
        if plain in _TIMES:
            name, zone, python = _TIMES[plain]
            given = [each for each in (zone, f"precision={sizes[0]}" if sizes else "") if each]
            return ModelType(f"{name}({', '.join(given)})", python)
        if plain in _SIZED:
            given = [*sizes, "varying=True"] if plain == "bit varying" else sizes
            return ModelType(_sized(_SIZED[plain], given), "str")
        if plain in _RANGES:
            return ModelType(f"pg.{plain.upper()}()", f"pg.Range[{_RANGES[plain]}]")
        schema, name = parts(plain)
        for kind in ("enum", "domain"):
            identity = Identity(kind, schema, "", name)
            if identity in self.names:
                return ModelType(self.names[identity], self.python(identity))
        return ModelType(f"Named({type_!r})", "Any")

    def python(self, identity: Identity) -> str:
        """The annotation of an enum or a domain."""
        match self.catalog[identity]:
            case EnumFact():
                return "str"
            case DomainFact(base=base):
                return self.of(base).python
            case _:
                return "Any"


def _sized(name: str, given: list[str]) -> str:
    return f"{name}({', '.join(given)})"


def _said(collation: str) -> list[str]:
    return [f"collation={parts(collation)[1]!r}"]
